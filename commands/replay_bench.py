"""The controllers that a recording is played to: those of the configs, or emulated ones as it was recorded on."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bridge.replay import RecordedStates, recorded_pace
from commands.common import Equipped, equip, equip_from
from commands.recordings import recordings
from emulators.door import DemoPlan, demo_controllers
from points import UnitSystem
from recording.columns import RunData
from recording.finding import REPLAY
from utils.errors import ConfigError, Problem
from utils.for_each import each_in
from utils.home import COMMAND
from utils.logging_config import end_logging
from utils.settings import load_settings


@dataclass(frozen=True, slots=True)
class ReplayBench:
    """The controllers that are played to."""

    equipped: Equipped
    is_emulated: bool


@contextmanager
def replay_bench(options: argparse.Namespace, console: Console, states: RecordedStates) -> Iterator[ReplayBench]:
    """Raises :class:`ConfigError` where there are none."""
    if not options.embedded:
        yield ReplayBench(equip_from(options.env, options.configs, console, options.loudness), is_emulated=False)
        return
    with tempfile.TemporaryDirectory(prefix="bench-replay-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shipped = _recorded_configs(states.run, folder / "recorded")
        plan = _plan(states, shipped)
        with demo_controllers(COMMAND, shipped, folder, plan) as peers:
            variables = {**peers.variables, **_without_simulation(options.env)}
            try:
                settings = load_settings(None, variables, folder)
                yield ReplayBench(equip(settings, peers.configs, console, options.loudness), is_emulated=True)
            finally:
                end_logging()  # its file is in the folder that goes now


def _recorded_configs(recorded: RunData, folder: Path) -> Path:
    """The configs of a demo, in a folder. Raises :class:`ConfigError` for a recording of real controllers."""
    configs = recorded.facts.get("configs")
    is_emulated = recorded.fact("kind") == "demo" or recorded.fact(REPLAY, "is_emulated") is True
    if not is_emulated or not isinstance(configs, dict):
        what = "was not recorded on a demo's controllers; leave --embedded out to play it to those of your configs"
        raise ConfigError([Problem(recorded.name, what)])
    folder.mkdir()
    for name, text in configs.items():
        (folder / Path(name).name).write_text(str(text), encoding="utf-8")
    return folder


def _plan(states: RecordedStates, shipped: Path) -> DemoPlan:
    unit_system: UnitSystem = "US" if states.run.fact("unit_system") == "US" else "SI"
    return DemoPlan(
        unit_system=unit_system,
        time_scale=recorded_pace(states),
        step_s=states.step_s,
        over_bacnet=any(one.get("protocol") == "bacnet" for file in shipped.glob("*.json") for one in each_in(file)),
    )


def _without_simulation(env: Path) -> dict[str, str]:
    """What the settings of a run have to say all the same, and where its recording goes."""
    nowhere = {"BOP_SERVER_URL": "http://127.0.0.1:9", "BOP_START_TIME": "2023-01-01 00:00:00"}
    return {
        **nowhere,
        "BOP_WARMUP_PERIOD": "0",
        "BOP_STEP_TIME": "1",
        "BRIDGE_RUNS_DIR": str(recordings(env).path.absolute()),
    }
