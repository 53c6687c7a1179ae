"""The command line. ``verbs/`` has a module for each verb, with a row in ``VERBS``; only here are emulators composed.

Every one has ``add_arguments(parser)``, ``EXAMPLES`` for its help, and ``run(options, console)``, which returns the
exit code: 0 done, 1 failed or not released, 2 settings or configs. A verb's own modules are imported when it is called,
so that the small ones start at once. ``line.py`` finds the verb and maps errors to exit codes.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

__all__ = ["BRIDGE", "EXAMPLES", "VERBS", "WITH_VALUE", "Verb"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. One that is not ``rich`` gets None for a console, and starts the sooner.

    What a ``lister`` prints is all that it is for: it waits for its reader, whom the others leave behind.
    """

    module: str
    help: str
    rich: bool = True
    lister: bool = False

    def load(self) -> ModuleType:
        """Import the verb's module."""
        return importlib.import_module(f"commands.verbs.{self.module}")


EXAMPLES = ("demo", "check", "", "help release")
"""Of the whole: to see it, to look before, to run, to read on."""
BRIDGE = Verb("run", "run the bridge")
WITH_VALUE = ("--steps", "--configs", "--env", "--from-state")
"""The bridge's options that take a value, which may be spelled like a verb."""
VERBS: Mapping[str, Verb] = {
    "init": Verb("init", "write an .env and a config to begin with, to be filled in"),
    "check": Verb("check", "connect to both peers, check everything, write nothing", lister=True),
    "points": Verb("points", "list what both peers have on offer, to write a config from", lister=True),
    "map": Verb("map", "propose which point of the simulation belongs to which object, as drafts of configs"),
    "checkout": Verb("checkout", "prove the mapping of points to objects, point by point"),
    "demo": Verb("demo", "run the bridge against embedded emulators of both peers"),
    "emulate": Verb("emulate", "run only the emulators, for other people's clients"),
    "runs": Verb("runs", "list the recordings of runs", lister=True),
    "export": Verb("export", "write a recording as CSV or Parquet", lister=True),
    "replay": Verb("replay", "show controllers a recording again, and compare what they say"),
    "report": Verb("report", "tell what happened in a recorded run, as a page that prints"),
    "release": Verb("release", "give back what a run that died left in controllers"),
    "supervise": Verb("supervise", "run supervisory programs on controllers or the simulation"),
    "campaign": Verb("campaign", "run many days of the building, each a row of a table"),
    "bacnet": Verb("bacnet", "explore a BACnet site: find, read, write, audit"),
    "expand": Verb("expand", "expand the HVACTemplate objects of an EnergyPlus model", rich=False, lister=True),
    "units": Verb("units", "say how units are written, and list them", lister=True),
}
"""All but the bridge itself, which is what runs without a verb."""
