"""The inputs of the case: values that a caller may put in place of the building's own control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from emulators.plants.cells import Cells, Table
from emulators.plants.multizone_office import layout
from emulators.plants.multizone_office.bench import layout as bench
from emulators.plants.multizone_office.interface.points import bench_points, points
from emulators.plants.multizone_office.layout import BOXES
from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.multizone_office.parts import boxes
from emulators.plants.override import ACTIVE, IN_FORCE, STORED

VALUE = "_u"
ACTIVATE = "_activate"

_OF_THE_AIR_HANDLER = {
    "TSupSet": layout.SUPPLY_TEMPERATURE_OVERRIDE,
    "dpSet": layout.PRESSURE_OVERRIDE,
    "yCoo": layout.COOLING_VALVE_OVERRIDE,
    "yFan": layout.FAN_OVERRIDE,
    "yHea": layout.HEATING_VALVE_OVERRIDE,
    "yOA": layout.OUTDOOR_DAMPER_OVERRIDE,
    "yPumCoo": layout.COOLING_PUMP_OVERRIDE,
    "yPumHea": layout.HEATING_PUMP_OVERRIDE,
    "yRet": layout.RETURN_DAMPER_OVERRIDE,
}


def _places() -> Iterator[tuple[str, int]]:
    for name, cell in _OF_THE_AIR_HANDLER.items():
        yield f"hvac_oveAhu_{name}", cell
    for number, zone in enumerate(ZONES):
        box, name = BOXES + number * boxes.CELLS, zone.name.capitalize()
        yield f"hvac_oveZonAct{name}_yDam", box + boxes.DAMPER_OVERRIDE
        yield f"hvac_oveZonAct{name}_yReaHea", box + boxes.REHEAT_OVERRIDE
        yield f"hvac_oveZonSup{name}_TZonCooSet", box + boxes.COOLING_SET
        yield f"hvac_oveZonSup{name}_TZonHeaSet", box + boxes.HEATING_SET


def _places_beyond() -> Iterator[tuple[str, int]]:
    yield "hvac_oveAhu_VOutMinSet", bench.OUTDOOR_AIR_SET
    for number, zone in enumerate(ZONES):
        first = bench.ZONES_BEYOND + number * bench.CELLS
        yield f"hvac_oveZonSup{zone.name.capitalize()}_VMinSet", first + bench.MINIMUM_SET


OVERRIDES = dict(_places())
"""Where each override stands, by its name without suffix."""
BENCH_OVERRIDES = {**OVERRIDES, **dict(_places_beyond())}
"""The same of the bench's case, which has some more."""


class Input(NamedTuple):
    """An input: the cell that it is written to, the one that tells what is in force, and its limits."""

    written: int
    told: int
    low: float
    high: float


def _input(name: str) -> Input:
    if name.endswith(ACTIVATE):
        cell = BENCH_OVERRIDES[name.removesuffix(ACTIVATE)] + ACTIVE
        return Input(cell, cell, 0.0, 1.0)
    meta, cell = bench_points().inputs[name], BENCH_OVERRIDES[name.removesuffix(VALUE)]
    if meta.minimum is None or meta.maximum is None:
        raise ValueError(f"points.json: {name} has no limits")
    return Input(cell + STORED, cell + IN_FORCE, meta.minimum, meta.maximum)


INPUTS: dict[str, Input] = {name: _input(name) for name in points().inputs}
"""All inputs, ``x_activate`` and ``x_u``, in the order of the case."""
BENCH_INPUTS: dict[str, Input] = {name: _input(name) for name in bench_points().inputs}
"""The same of the bench's case: first those of the standard case."""
INPUT_NAMES = tuple(INPUTS)
INPUT_COUNT, BENCH_INPUT_COUNT = len(INPUTS), len(BENCH_INPUTS)
_NAMES = tuple(BENCH_INPUTS)
_WRITTEN = tuple(each.written for each in BENCH_INPUTS.values())
_TOLD = tuple(each.told for each in BENCH_INPUTS.values())
_LOWS = tuple(float(each.low) for each in BENCH_INPUTS.values())
_HIGHS = tuple(float(each.high) for each in BENCH_INPUTS.values())


def fit_overrides(b: Cells) -> None:
    """Nothing is overridden. Until a value is given, the stored one is the smallest allowed: 0 for a signal."""
    _fit(b, INPUTS)


def fit_beyond(b: Cells) -> None:
    """The same for what only the bench has."""
    _fit(b, {name: each for name, each in BENCH_INPUTS.items() if name not in INPUTS})


def _fit(b: Cells, inputs: Mapping[str, Input]) -> None:
    for name, (written, told, low, _) in inputs.items():
        b[written] = b[told] = low if name.endswith(VALUE) else 0.0


def give(b: Cells, inputs: Mapping[str, float], known: Mapping[str, Input] = INPUTS) -> None:
    """Take over what the caller changed: all of it, or nothing when something is wrong.

    Overrides are sticky: what was given stays until it is given anew (boptest-api section 5). Raises KeyError for a
    name that is no input, ValueError for a number that is outside its limits (the server clips before) or NaN.
    """
    given = [(name, known[name], value) for name, value in inputs.items()]
    for name, (_, _, low, high), value in given:
        if not low <= value <= high:
            raise ValueError(_refusal(name, value))
    for name, (written, *_), value in given:
        b[written] = (1.0 if value >= 0.5 else 0.0) if name.endswith(ACTIVATE) else float(value)


def refusal(place: int, value: float) -> str:
    """What is wrong with an input, by its place among all."""
    return _refusal(_NAMES[place], value)


def _refusal(name: str, value: float) -> str:
    _, _, low, high = BENCH_INPUTS[name]
    return f"{name.removesuffix(VALUE).removesuffix(ACTIVATE)}: {value} is not within {low} to {high}"


def first_wrong(inputs: Sequence[Table]) -> int:
    """Which of the inputs of all buildings is outside its limits or NaN, counted through; -1 when none is."""
    for number in range(len(inputs)):
        row = inputs[number]
        for place in range(len(row)):
            if not _LOWS[place] <= row[place] <= _HIGHS[place]:
                return number * len(row) + place
    return -1


def give_all(b: Cells, inputs: Table, count: int) -> None:
    """Take over all inputs, as many as the case has, in their order."""
    for number in range(0, count, 2):
        b[_WRITTEN[number]] = 1.0 if inputs[number] >= 0.5 else 0.0
        b[_WRITTEN[number + 1]] = inputs[number + 1]


def tell_inputs(b: Table, out: Cells, first: int) -> None:
    """Write all inputs to ``out`` from cell ``first`` on: whether each is active, and the value in force."""
    for number in range(INPUT_COUNT):
        out[first + number] = b[_TOLD[number]]


def tell_inputs_beyond(b: Table, out: Cells, first: int) -> None:
    """The same of those that only the bench has."""
    for number in range(INPUT_COUNT, BENCH_INPUT_COUNT):
        out[first + number - INPUT_COUNT] = b[_TOLD[number]]
