"""``python -m learning.example.controllers``: trained policies on the emulated controllers of the demo, for a day."""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emulators.door import STEP_S, DemoPlan, demo_peers
from learning.embedded.buildings import known_points
from learning.embedded.world import EmbeddedWorld
from learning.environment import BuildingEnv
from learning.example.comparing import FELT, SAVED
from learning.example.kept import Policies, kept
from learning.example.policy import Floats, Policy
from learning.example.single import EpisodeLog, episode
from learning.example.weeks import HELD_OUT, WEEK_DAYS
from learning.in_the_loop import LoopBench
from learning.making import loop_env
from learning.observing import Actor
from learning.spaces import SpacesFile, read_spaces, shipped_spaces
from learning.world import FloatArray
from utils.arguments import ordinal, seconds
from utils.clocks import DAY_S
from utils.errors import BridgeError
from utils.home import COMMAND, DEMO_CONFIGS
from utils.settings import SettingsSource

_log = logging.getLogger("learning.example.controllers")
OWN = "own set-points"
_DAY = HELD_OUT[4] * WEEK_DAYS + 3
"""A Wednesday in July of a week that nobody has learned from."""
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Translated:
    """A policy that was trained in other spaces: it commands the same values, as far as these bounds let it."""

    policy: Policy
    trained: SpacesFile
    here: SpacesFile

    @property
    def size(self) -> int:
        """Parameters of the policy."""
        return self.policy.size

    def act(self, parameters: FloatArray, observations: Floats) -> Floats:
        """``(n, size)`` and ``(n, observation)`` to actions ``(n, a)`` of the spaces here, by the actions' names."""
        there, here = Actor(self.trained), Actor(self.here)
        values = there.values(self.policy.act(parameters, observations), len(parameters))
        order = [there.names.index(name) for name in here.names]
        return np.clip(here.answers(values[:, order]), -1.0, 1.0).astype(np.float32)


def day_of_each(env: BuildingEnv, policies: Policies, trained: SpacesFile, day: int) -> dict[str, EpisodeLog]:
    """An episode from that day on by each policy's first seed, and one in which nobody acts."""
    options = {"start": float(day * DAY_S)}
    some = next(iter(policies.values()))[0]
    gone = {OWN: episode(env, some, None, options)}
    for name, (policy, parameters) in policies.items():
        gone[name] = episode(env, Translated(policy, trained, env.spaces), parameters[0], options)
        _log.info("%s: %g h", name, gone[name].hours[-1])
    return gone


@contextmanager
def on_emulated_controllers(days: float, step_s: float = STEP_S, runs: Path | None = None) -> Iterator[BuildingEnv]:
    """The demo's controllers and building on free ports, as an environment; ``runs`` keeps the recording."""
    with tempfile.TemporaryDirectory(prefix="example-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with demo_peers(COMMAND, DEMO_CONFIGS, folder, DemoPlan(step_s=step_s)) as peers:
            keeps = {} if runs is None else {"BRIDGE_RUNS_DIR": str(runs.absolute())}
            source = SettingsSource.read(None, {**peers.variables, **keeps}, folder)
            bench = LoopBench(source, peers.configs, _PATIENCE_S, agreed=True, scan_with_simulation=True)
            with closing(loop_env(bench, days=days)) as env:
                yield env


def rows(gone: Mapping[str, EpisodeLog]) -> list[list[str]]:
    """A row per way of control: what is saved beside own set-points in percent, then comfort and air as they were."""
    own = gone[OWN].kpis
    return [
        [
            name,
            *(f"{100.0 * (1.0 - one.kpis[kpi] / own[kpi]) if own[kpi] else 0.0:.1f} %" for kpi in SAVED),
            *(f"{one.kpis[kpi]:.2f}" for kpi in FELT),
            one.reason,
        ]
        for name, one in gone.items()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the line, and do it."""
    parser = argparse.ArgumentParser(prog="python -m learning.example.controllers", description=__doc__)
    told = "the policies, as python -m learning.example --parameters FILE has kept them"
    parser.add_argument("--parameters", type=Path, metavar="FILE", required=True, help=told)
    parser.add_argument("--day", type=ordinal, default=_DAY, metavar="N", help=f"day of the year, from 0 ({_DAY})")
    parser.add_argument(
        "--hours", type=seconds, default=24.0, metavar="N", help="how many of it, from midnight on (24)"
    )
    told = f"seconds of a step of the run ({STEP_S:g}); longer ones are faster, and coarser for the controllers' loops"
    parser.add_argument("--step", type=seconds, default=STEP_S, metavar="N", help=told)
    parser.add_argument("--runs", type=Path, metavar="DIR", help="keep the recording in this folder")
    given = parser.parse_args(arguments)
    if not given.parameters.is_file():
        parser.error(f"there is no {given.parameters}; python -m learning.example --parameters {given.parameters}")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    trained = read_spaces(shipped_spaces(), known_points())
    if given.hours * 3600.0 % trained.step_s:
        parser.error(f"--hours is {given.hours:g}; write a multiple of {trained.step_s / 3600.0:g}, which is a step")
    try:
        _compare(given, trained)
    except BridgeError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        parser.exit(130, "stopped; what was taken in the controllers was given back\n")


def _compare(given: argparse.Namespace, trained: SpacesFile) -> None:
    days = given.hours / 24.0
    with on_emulated_controllers(days, given.step, given.runs) as env:
        policies = kept(given.parameters, env.observation_names, len(trained.actions))
        _tell("the controllers of the demo", day_of_each(env, policies, trained, given.day))
    spaces = trained.model_copy(update={"days": days})
    alone = BuildingEnv(EmbeddedWorld(spaces), spaces)
    policies = kept(given.parameters, alone.observation_names, len(trained.actions))
    _tell("the building by itself", day_of_each(alone, policies, trained, given.day))


def _tell(where: str, gone: Mapping[str, EpisodeLog]) -> None:
    _log.info("%s | energy, cost and peak saved | K h | ppm h", where)
    for row in rows(gone):
        _log.info("%s", " | ".join(filter(None, row)))


if __name__ == "__main__":
    main()
