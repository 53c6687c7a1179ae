"""Days of the embedded building: left alone, with inputs held, or with a shipped program in the ordinary runtime.

The program runs as ``python main.py supervise`` runs it with the simulation: over the BOPTEST API, its writes through
the gate, its config from ``configs/supervisory``. Only the building is looked at from inside, for the figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TypeAlias

from emulators.boptest.server import BoptestServer
from emulators.plant import PointMeta, RestorablePlant, TestCaseMeta
from emulators.plants.multizone_office import MultizoneOffice
from emulators.states import Memory
from supervisory.runtime.context import StepRecord
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from utils.state_folder import StateFolder

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGS = ROOT / "configs" / "supervisory"
STEP_S = 30.0
DAY_S = 86_400.0
HOUR_S = 3600.0
YEAR = 2025

State: TypeAlias = Mapping[str, float]
Hours: TypeAlias = tuple[float, float]
WHOLE_DAY: Hours = (0.0, 24.0)
_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Day:
    """The building after every half minute of a day, and what a program said at the beginning of each."""

    states: tuple[State, ...]
    records: tuple[StepRecord, ...] = ()
    from_h: float = 0.0

    @property
    def alarms(self) -> tuple[str, ...]:
        """What people were told to look at, each once and in order."""
        return tuple(dict.fromkeys(alarm for record in self.records for alarm in record.alarms))

    @property
    def hours(self) -> list[float]:
        """Hour of the day at the end of each half minute."""
        return [self.from_h + (number + 1) * STEP_S / 3600.0 for number in range(len(self.states))]

    def column(self, point: str) -> list[float]:
        """One point over the day, as the building has it."""
        return [state[point] for state in self.states]

    def whole_days(self) -> Iterator[Day]:
        """The days of a run from midnight on that is longer than one."""
        count = round(DAY_S / STEP_S)
        for first in range(0, len(self.states), count):
            part = slice(first, first + count)
            yield Day(self.states[part], self.records[part])

    def between(self, from_h: float, to_h: float) -> Iterator[State]:
        """The states of some hours."""
        return (state for hour, state in zip(self.hours, self.states, strict=True) if from_h < hour <= to_h)


PlantFactory: TypeAlias = Callable[[], RestorablePlant]


class WatchedPlant:
    """A plant, and every state that it was in since it last began."""

    def __init__(self, plant: RestorablePlant) -> None:
        self._plant = plant
        self.states: list[State] = []

    @property
    def meta(self) -> TestCaseMeta:
        """The plant's."""
        return self._plant.meta

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """The plant's."""
        return self._plant.inputs

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """The plant's."""
        return self._plant.measurements

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """The plant's."""
        return self._plant.forecast_points

    @property
    def identity(self) -> str:
        """The plant's."""
        return self._plant.identity

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Begin anew."""
        self.states.clear()
        return self._plant.initialize(start_time_s)

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Advance and remember."""
        state = self._plant.advance(step_s, inputs)
        self.states.append(state)
        return state

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """The plant's."""
        return self._plant.forecast(names, times_s)

    def remember(self) -> Memory:
        """The plant's."""
        return self._plant.remember()

    def prepare(self, memory: Mapping[str, object]) -> Callable[[], None]:
        """The plant's."""
        return self._plant.prepare(memory)

    def own_control(self) -> Mapping[str, float]:
        """The plant's."""
        return self._plant.own_control()


def day_alone(
    number: int,
    held: Mapping[str, float] = _NOTHING,
    hours: Hours = WHOLE_DAY,
    plant: PlantFactory = MultizoneOffice,
) -> Day:
    """Day ``number`` (0 is 1 January) with the building's own control; ``held`` are inputs that are overridden."""
    watched = WatchedPlant(plant())
    watched.initialize(number * DAY_S + hours[0] * HOUR_S)
    inputs = {f"{base}_u": value for base, value in held.items()} | {f"{base}_activate": 1.0 for base in held}
    for _ in range(_steps(hours)):
        watched.advance(STEP_S, inputs)
    return Day(tuple(watched.states), from_h=hours[0])


def day_with(
    number: int,
    program: str,
    parameters: Mapping[str, object] = MappingProxyType({}),
    hours: Hours = WHOLE_DAY,
    plant: PlantFactory = MultizoneOffice,
    beside: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
) -> Day:
    """The same day under a shipped program with its shipped config; ``parameters`` replace some of its own.

    ``beside`` are other shipped programs with parameters of theirs. Records and alarms are the first one's.
    """
    watched = WatchedPlant(plant())
    with TemporaryDirectory(prefix="study-") as name, BoptestServer({watched.meta.name: lambda: watched}) as server:
        folder = Path(name)
        programs = {program: parameters, **beside}
        config = _changed(folder, programs)
        records: list[StepRecord] = []
        start = datetime(YEAR, 1, 1) + timedelta(days=number, hours=hours[0])
        _supervise(tuple(programs), config, _environment(server.url, start), _steps(hours), records)
        return Day(tuple(watched.states), tuple(records), hours[0])


def _changed(folder: Path, programs: Mapping[str, Mapping[str, object]]) -> Path:
    configs = {name: json.loads((CONFIGS / f"{name}.simulation.json").read_text(encoding="utf-8")) for name in programs}
    together = next(iter(configs.values()))
    together.pop("interface", None)  # studies may run side by side: the switch takes a free port
    together["programs"] = {name: config["programs"][name] for name, config in configs.items()}
    for name, parameters in programs.items():
        together["programs"][name].setdefault("parameters", {}).update(parameters)
    file = folder / "config.json"
    file.write_text(json.dumps(together), encoding="utf-8")
    return file


def _steps(hours: Hours) -> int:
    return round((hours[1] - hours[0]) * HOUR_S / STEP_S)


def _environment(url: str, start: datetime) -> dict[str, str]:
    return {
        "BOP_SERVER_URL": url,
        "BOP_START_TIME": f"{start:%Y-%m-%d %H:%M:%S}",
        "BOP_WARMUP_PERIOD": "0",
        "BOP_TIME_SCALE": "0",
    }


def _supervise(
    programs: Sequence[str],
    config: Path,
    environment: Mapping[str, str],
    steps: int,
    records: list[StepRecord],
) -> None:
    first = programs[0]
    plan = plan_run(programs, config, ROOT)
    supervision = Supervision(
        plan,
        settings_for(plan.config, None, environment, config.parent),
        StateFolder(config.parent / "state"),
        steps=steps + 1,  # the last round only looks at the end of the day
        on_record=lambda record: records.append(record) if record.program == first else None,
    )
    summary = supervision.execute()
    if summary.exit_code:
        raise RuntimeError(f"{' and '.join(programs)}: failed: {summary}")


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value."""
    return sum(values) / len(values)
