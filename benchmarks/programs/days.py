"""Days of the embedded building: left alone, with inputs held, or with a shipped program in the ordinary runtime.

The program runs as ``python main.py supervise`` runs it with the simulation: over the BOPTEST API, its writes through
the gate, its config from ``configs/supervisory``. Only the building is looked at from inside, for the figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, TypeAlias

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

    def of(self, program: str) -> Day:
        """The same with what one of several programs said."""
        return replace(self, records=tuple(record for record in self.records if record.program == program))

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
Sensors: TypeAlias = Callable[[State], State]
"""What is shown of a state."""


def honest(state: State) -> State:
    """Sensors without a fault."""
    return state


class WatchedPlant:
    """A plant, and every state that it was in since it last began; ``sensors`` show others something else."""

    def __init__(self, plant: RestorablePlant, sensors: Sensors = honest) -> None:
        self._plant = plant
        self._sensors = sensors
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
        return self._sensors(self._plant.initialize(start_time_s))

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Advance and remember."""
        state = self._plant.advance(step_s, inputs)
        self.states.append(state)
        return self._sensors(state)

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
    held_h: Hours | None = None,
) -> Day:
    """Day ``number`` (0 is 1 January) with the building's own control; ``held`` are inputs that are overridden.

    They are for all ``hours``, or for ``held_h``. A run may go on into the next day: its hours count on after 24.
    """
    watched = WatchedPlant(plant())
    watched.initialize(number * DAY_S + hours[0] * HOUR_S)
    from_h, to_h = held_h or hours
    for step in range(_steps(hours)):
        active = from_h <= hours[0] + step * STEP_S / HOUR_S < to_h
        inputs = {f"{base}_u": value for base, value in held.items()} if active else {}
        watched.advance(STEP_S, inputs | {f"{base}_activate": float(active) for base in held})
    return Day(tuple(watched.states), from_h=hours[0])


def day_with(
    number: int,
    program: str,
    parameters: Mapping[str, object] = MappingProxyType({}),
    hours: Hours = WHOLE_DAY,
    plant: PlantFactory = MultizoneOffice,
) -> Day:
    """The same day under a shipped program with its shipped config; ``parameters`` replace some of its own."""
    return day_with_all(number, {program: parameters}, hours, plant)


def day_with_all(
    number: int,
    programs: Mapping[str, Mapping[str, object]],
    hours: Hours = WHOLE_DAY,
    plant: PlantFactory = MultizoneOffice,
    sensors: Sensors = honest,
) -> Day:
    """The same day under several shipped programs, each with what replaces some of its parameters."""
    watched = WatchedPlant(plant(), sensors)
    with TemporaryDirectory(prefix="study-") as name, BoptestServer({watched.meta.name: lambda: watched}) as server:
        folder = Path(name)
        config = _changed(folder, programs)
        records: list[StepRecord] = []
        start = datetime(YEAR, 1, 1) + timedelta(days=number, hours=hours[0])
        _supervise(list(programs), config, _environment(server.url, start), _steps(hours), records)
        return Day(tuple(watched.states), tuple(records), hours[0])


def _changed(folder: Path, programs: Mapping[str, Mapping[str, object]]) -> Path:
    """One config for all of them."""
    together: dict[str, Any] = {"programs": {}}
    for program, parameters in programs.items():
        config = json.loads((CONFIGS / f"{program}.simulation.json").read_text(encoding="utf-8"))
        config.pop("interface", None)  # studies may run side by side: the switch takes a free port
        config["programs"][program].setdefault("parameters", {}).update(parameters)
        together = {**config, "programs": {**together["programs"], **config["programs"]}}
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
    plan = plan_run(programs, config, ROOT)
    supervision = Supervision(
        plan,
        settings_for(plan.config, None, environment, config.parent),
        StateFolder(config.parent / "state"),
        steps=steps + 1,  # the last round only looks at the end of the day
        on_record=records.append,
    )
    summary = supervision.execute()
    if summary.exit_code:
        raise RuntimeError(f"{', '.join(programs)}: {summary}")


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value."""
    return sum(values) / len(values)
