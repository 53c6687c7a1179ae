"""The inputs of the case: values that a caller may put in place of the building's own control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from emulators.plants.cells import Cells, Table
from emulators.plants.multizone_office import layout
from emulators.plants.multizone_office.interface.points import points
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


OVERRIDES = dict(_places())
"""Where each override stands, by its name without suffix."""


class Input(NamedTuple):
    """An input: the cell that it is written to, the one that tells what is in force, and its limits."""

    written: int
    told: int
    low: float
    high: float


def _input(name: str) -> Input:
    if name.endswith(ACTIVATE):
        cell = OVERRIDES[name.removesuffix(ACTIVATE)] + ACTIVE
        return Input(cell, cell, 0.0, 1.0)
    meta, cell = points().inputs[name], OVERRIDES[name.removesuffix(VALUE)]
    if meta.minimum is None or meta.maximum is None:
        raise ValueError(f"points.json: {name} has no limits")
    return Input(cell + STORED, cell + IN_FORCE, meta.minimum, meta.maximum)


INPUTS: dict[str, Input] = {name: _input(name) for name in points().inputs}
"""All inputs, ``x_activate`` and ``x_u``, in the order of the case."""
INPUT_NAMES = tuple(INPUTS)
_WRITTEN = tuple(each.written for each in INPUTS.values())
_TOLD = tuple(each.told for each in INPUTS.values())
_LOWS = tuple(float(each.low) for each in INPUTS.values())
_HIGHS = tuple(float(each.high) for each in INPUTS.values())
INPUT_COUNT = len(_WRITTEN)


def fit_overrides(b: Cells) -> None:
    """Nothing is overridden. Until a value is given, the stored one is the smallest allowed: 0 for a signal."""
    for name, (written, told, low, _) in INPUTS.items():
        b[written] = b[told] = low if name.endswith(VALUE) else 0.0


def give(b: Cells, inputs: Mapping[str, float]) -> None:
    """Take over what the caller changed: all of it, or nothing when something is wrong.

    Overrides are sticky: what was given stays until it is given anew (boptest-api section 5). Raises KeyError for a
    name that is no input, ValueError for a number that is outside its limits (the server clips before) or NaN.
    """
    given = [(name, INPUTS[name], value) for name, value in inputs.items()]
    for name, (_, _, low, high), value in given:
        if not low <= value <= high:
            raise ValueError(_refusal(name, value))
    for name, (written, *_), value in given:
        b[written] = (1.0 if value >= 0.5 else 0.0) if name.endswith(ACTIVATE) else float(value)


def refusal(place: int, value: float) -> str:
    """What is wrong with an input, by its place among all."""
    return _refusal(INPUT_NAMES[place], value)


def _refusal(name: str, value: float) -> str:
    _, _, low, high = INPUTS[name]
    return f"{name.removesuffix(VALUE).removesuffix(ACTIVATE)}: {value} is not within {low} to {high}"


def first_wrong(inputs: Sequence[Table]) -> int:
    """Which of the inputs of all buildings is outside its limits or NaN, counted through; -1 when none is."""
    for number in range(len(inputs)):
        row = inputs[number]
        for place in range(len(row)):
            if not _LOWS[place] <= row[place] <= _HIGHS[place]:
                return number * INPUT_COUNT + place
    return -1


def give_all(b: Cells, inputs: Table) -> None:
    """Take over all inputs, in the order of the case."""
    for number in range(0, INPUT_COUNT, 2):
        b[_WRITTEN[number]] = 1.0 if inputs[number] >= 0.5 else 0.0
        b[_WRITTEN[number + 1]] = inputs[number + 1]


def tell_inputs(b: Table, out: Cells, first: int) -> None:
    """Write all inputs to ``out`` from cell ``first`` on: whether each is active, and the value in force."""
    for number in range(INPUT_COUNT):
        out[first + number] = b[_TOLD[number]]
