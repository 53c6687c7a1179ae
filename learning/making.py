"""What ``gymnasium.make`` calls: worlds and their environments from a few words."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from emulators.door import OfficeFiles, OfficeVariant, read_variant
from equipment.config import beside_configs
from equipment.set_points import OperatorSwitch
from learning.embedded.buildings import Buildings, known_points
from learning.embedded.world import EmbeddedWorld
from learning.environment import BuildingBatch, BuildingEnv
from learning.in_the_loop import LoopBench, LoopWorld, points_acted_on, set_points_of, shipped_loop_spaces
from learning.in_the_loop import known_points as loop_points
from learning.server import ServerWorld, connected
from learning.server import known_points as server_points
from learning.spaces import SpacesFile, read_spaces, shipped_spaces
from utils.errors import ConfigError, Problem
from utils.home import HOME
from utils.settings import Settings, SettingsSource

OFFICE_CASE = "multizone_office_simple_air"


def office_env(
    plant: str,
    spaces: str | Path | None = None,
    files: OfficeFiles | None = None,
    server: str | None = None,
    render_mode: str | None = None,
) -> BuildingEnv:
    """The embedded office in this process: ``plant`` is the identity of the usual one, that of the environment's id.

    ``spaces`` is a file; what ships when None. ``files`` are a user's weather, parameters and prices. With a
    ``server`` (a URL) its test case of the same points takes the office's place. Raises :class:`ConfigError`, also
    where this is another building than the id stands for.
    """
    if server is not None:
        if files is not None:
            what = "are of the embedded building, and a server has its own; leave one of both out"
            raise ConfigError([Problem("files", what)])
        return server_env(server, _file(spaces, shipped_spaces()), OFFICE_CASE, render_mode)
    office, checked = office_and_spaces(plant, spaces, files)
    return BuildingEnv(EmbeddedWorld(checked, office), checked, render_mode)


def office_batch(
    plant: str,
    num_envs: int = 1,
    spaces: str | Path | None = None,
    files: OfficeFiles | None = None,
    threads: int = 1,
) -> BuildingBatch:
    """``num_envs`` embedded offices side by side, on ``threads`` threads where they are machine code; else as one."""
    counts = {"num_envs": num_envs, "threads": threads}
    wrong = [
        Problem(name, f"is {count!r}; write a number from 1 on")
        for name, count in counts.items()
        if not _is_whole(count) or count < 1
    ]
    if wrong:
        raise ConfigError(wrong)
    office, checked = office_and_spaces(plant, spaces, files)
    return BuildingBatch(Buildings(checked, num_envs, office, threads), checked)


def office_and_spaces(
    plant: str, spaces: str | Path | None, files: OfficeFiles | None
) -> tuple[OfficeVariant, SpacesFile]:
    """The building and the checked spaces of an id. Raises :class:`ConfigError`."""
    usual = OfficeVariant()().identity
    if usual != plant:
        raise ConfigError([Problem("plant", f"the id stands for {plant!a}, and this is {usual}; make a newer version")])
    if not isinstance(files, OfficeFiles | None):
        what = f"are {files!r}; write an OfficeFiles of emulators.door, with weather, parameters or prices"
        raise ConfigError([Problem("files", what)])
    office = read_variant(files or OfficeFiles())
    return office, read_spaces(_file(spaces, shipped_spaces()), known_points(office))


def server_env(
    url: str,
    spaces: str | Path,
    testcase: str | None = None,
    render_mode: str | None = None,
) -> BuildingEnv:
    """A test of its own on any BOPTEST server. Raises :class:`utils.errors.BridgeError`."""
    file = _file(spaces, shipped_spaces())
    client = connected(url, testcase)
    try:
        checked = read_spaces(file, server_points(client))
        return BuildingEnv(ServerWorld(checked, client), checked, render_mode)
    except BaseException:
        client.__exit__()
        raise


def controllers_env(
    configs: str | Path,
    spaces: str | Path | None = None,
    env_file: str | Path = ".env",
    switch: str | None = None,
    patience_s: float = 10.0,
    agreed: bool = False,
    scan_with_simulation: bool = False,
    render_mode: str | None = None,
) -> BuildingEnv:
    """Controllers in the loop: those of a folder of ``configs``, on the building of the settings in ``env_file``.

    ``spaces`` is a file; that of the demo's controllers when None. ``switch`` is ``EQUIPMENT.Object``: nobody acts
    while it is off. ``agreed`` is the ``--yes`` of ``python main.py``. The building is asked what it has; controllers
    are contacted with the first ``reset``. Raises :class:`utils.errors.BridgeError`.
    """
    source = beside_configs(SettingsSource.read(Path(env_file), os.environ, HOME), Path(configs))
    operators = None
    if switch is not None:
        owner, _, name = switch.partition(".")
        if not (owner and name):
            raise ConfigError([Problem("switch", f"is {switch!a}; write EQUIPMENT.Object, as in AHU.MayAct")])
        operators = OperatorSwitch(owner, name)
    bench = LoopBench(source, Path(configs), patience_s, operators, agreed, scan_with_simulation)
    return loop_env(bench, spaces, render_mode)


def loop_env(
    bench: LoopBench, spaces: str | Path | None = None, render_mode: str | None = None, days: float | None = None
) -> BuildingEnv:
    """The same on a bench; with ``days`` episodes are that long, whatever the spaces say."""
    checked, identity = _checked_for_the_loop(bench, _file(spaces, shipped_loop_spaces()))
    if days is not None:
        checked = checked.model_copy(update={"days": days})
    return BuildingEnv(LoopWorld(checked, bench, identity), checked, render_mode)


def _checked_for_the_loop(bench: LoopBench, spaces: Path) -> tuple[SpacesFile, str]:
    """The spaces, held against the building and the configs, and what both are."""
    settings = bench.source.part(Settings)
    equipments = tuple(bench.manager(settings).equipment.values())
    with bench.simulation(settings) as client:
        client.connect(settings.testcase)
        checked = read_spaces(spaces, loop_points(client.get_metadata(), equipments, points_acted_on(spaces)))
        told = f"{client.testcase} {client.server_version}".strip()
    bench.settings(checked)
    set_points_of(checked)
    return checked, f"{told} run by {', '.join(one.name for one in equipments)}"


def _file(spaces: object, shipped: Path) -> Path:
    """The file that somebody names, who may have written what would be in it. Raises :class:`ConfigError`."""
    if spaces is None:
        return shipped
    if not isinstance(spaces, str | os.PathLike):
        raise ConfigError([Problem("spaces", f"are a {type(spaces).__name__}; write them to a file, and name that")])
    return Path(spaces)


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)
