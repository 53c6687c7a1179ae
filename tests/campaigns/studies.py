"""Campaigns of short cells, and what tests ask of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from campaigns.beginning import begun, store_of
from campaigns.campaign import Campaign, tasks_of
from campaigns.cell import CellParameters, CellResult, Hashes, Task
from campaigns.engines import Engine, Outcome
from campaigns.engines.work import work
from campaigns.reading import plan_campaign
from campaigns.results import results_table
from campaigns.store import CampaignStore
from tests.supervisory.files import config, program
from utils.errors import ConfigError

SHORT: dict[str, Any] = {"days": 0.02, "step_s": 600}
"""Three steps: half a second, most of which is the building's own start."""
Said: TypeAlias = Any
"""Whatever a cell or a file may say."""
CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "supervisory"
DEMO = str(CONFIGS.with_name("demo"))
"""A folder of equipment configs."""


def study(folder: Path, **content: Said) -> Path:
    """A campaign's file. JSON is YAML."""
    file = folder / "study.yaml"
    file.write_text(json.dumps({"base": SHORT, **content}), encoding="utf-8")
    return file


def four_cells(folder: Path, **more: Said) -> Path:
    return study(folder, grid={"day": [10, 186], "plant.envelope.window_w_m2k": [1.5, 2.2]}, **more)


HELD_CELLS = 8
_HELD = """
    import time
    from pathlib import Path
    from supervisory import Program

    class Held(Program):
        period_s = 60

        def on_step(self, ctx):
            waited = 0
            while ctx.now.month > 6 and waited < 100 and not Path("{gate}").exists():
                waited += 1
                time.sleep(0.01)
"""


def held_cells(folder: Path, gate: Path) -> Path:
    """Eight cells, of which the first four end by themselves and the others not before there is a file at the gate.

    So somebody has cells that are done and cells that run for as long as a test needs them, however fast cells are. A
    step waits a second at most: a cell that is told to end does.
    """
    folder.mkdir(exist_ok=True)
    program(folder, "held", _HELD.format(gate=gate.as_posix()))
    config(folder, programs={"held": {"program": "held.py"}})
    grid = {"day": [10, 100, 186, 280], "plant.envelope.window_w_m2k": [1.5, 2.2]}
    return study(folder, base={"days": 0.02, "supervise": "config.json"}, grid=grid)


def undisturbed(folder: Path, gate: Path) -> bytes:
    """The table of those cells when nobody disturbs them."""
    closed = not gate.exists()
    gate.touch()
    store = begin(held_cells(folder, gate))
    go_through(store, Here())
    if closed:
        gate.unlink()
    return results_table(store.rows())


def problems_of(file: Path) -> list[str]:
    """What is wrong with a campaign's file."""
    with pytest.raises(ConfigError) as raised:
        plan_campaign(file)
    return [str(problem) for problem in raised.value.problems]


def says(file: Path) -> list[Mapping[str, Any]]:
    """What each cell of a file says."""
    return [cell.parameters.model_dump(exclude_defaults=True) for cell in plan_campaign(file).cells]


def begin(file: Path) -> CampaignStore:
    return begun(file, store_of(file))


def go_through(store: CampaignStore, engine: Engine) -> Campaign:
    """Run all that is due."""
    campaign = Campaign(store, lambda: engine, tasks_of(store, store.file.with_name("absent.env")))
    campaign.execute()
    return campaign


def task(folder: Path, hashes: Hashes | None = None, recording: Path | None = None, **parameters: Said) -> Task:
    """A short cell for whoever runs it."""
    told = CellParameters.model_validate({**SHORT, "day": 10, **parameters})
    env = str(folder / "absent.env")
    return Task(1, told, hashes or Hashes(), str(folder), env, None if recording is None else str(recording))


class Here:
    """An engine in this process. ``told`` are outcomes in the place of running a cell, by number, first come first."""

    name = "here"
    workers = 1

    def __init__(self, told: Mapping[int, Sequence[Outcome]] | None = None, room: int = 1) -> None:
        self.begun: list[int] = []
        self.at_once = 0
        self.is_closed = False
        self._told = {number: [*outcomes] for number, outcomes in (told or {}).items()}
        self._room = room
        self._running: list[Task] = []

    def room(self) -> int:
        return self._room - len(self._running)

    def begin(self, task: Task) -> None:
        self.begun.append(task.number)
        self._running.append(task)
        self.at_once = max(self.at_once, len(self._running))

    def wait(self, seconds: float) -> Sequence[Outcome]:
        task = self._running.pop(0)
        told = self._told.get(task.number)
        return [told.pop(0) if told else work(task)]

    def close(self) -> None:
        self.is_closed = True


def result(number: int, **kpis: float) -> CellResult:
    """What an engine tells of a cell."""
    return CellResult(number, kpis, "a building", {"python": "3"}, "somebody:1", 0.0, 1.0)
