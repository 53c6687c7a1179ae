"""A draft of a config: the points with their units in both systems, and what puts an override in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from equipment.config_model import Protocol
from mapping.results.ties import NOWHERE, Reached, Tie
from points import UnitSystem
from points.activation_point import ActivationPoint
from utils.quantities import quantity_of
from utils.unit_conversion import same_unit

Content: TypeAlias = "Mapping[str, Content] | list[Content] | str | int | float | bool | None"
Point: TypeAlias = dict[str, str | float]

_BOTH: tuple[tuple[str, str], ...] = (
    # SI, US; the first with a unit tells what it is in the other system
    ("degC", "degF"),
    ("delta_degC", "delta_degF"),
    ("pascal", "inH2O"),
    ("kPa", "psi"),
    ("L/s", "ft**3/min"),
    ("m**3/s", "ft**3/min"),
    ("m**3/hour", "ft**3/min"),
    ("L/s", "gal/min"),
    ("W", "Btu/hour"),
    ("m/s", "ft/min"),
)
_USUAL: Mapping[str, str] = {"temperature": "degC", "fraction": "percent"}
"""What an object is likely in that tells no unit."""
_RUNS_ABOVE_W = 3.0
"""A pump that stands draws less."""


def draft(equipment: str, reached: Reached, ties: Iterable[Tie]) -> dict[str, Content]:
    """The config of one controller. One that cannot be found yet is switched off, at nobody's address.

    The ties are such as have no objection.
    """
    told = list(ties)
    system = unit_system(told)
    head: dict[str, Content] = {"equipment_name": equipment}
    if reached.protocol is Protocol.BACNET:
        head["protocol"] = str(Protocol.BACNET)
    if reached.device_instance is not None:
        head["device_instance"] = reached.device_instance
    if reached.device_ip is not None or not reached.is_known:
        head["device_ip"] = reached.device_ip or NOWHERE
    if not reached.is_known:
        head["enabled"] = False
    return {**head, "unit_system": system, "points": [draft_point(tie, system) for tie in told]}


def unit_system(ties: Sequence[Tie]) -> UnitSystem:
    """What the controller's objects are in, by the first that is in one system only."""
    for tie in ties:
        unit = tie.controller.unit
        if unit is not None and _paired(unit, 0) is None and _paired(unit, 1) is not None:
            return "US"
        if unit is not None and _paired(unit, 0) is not None:
            return "SI"
    return "SI"


def draft_point(tie: Tie, system: UnitSystem) -> Point:
    """A line of a config, in a controller of that system."""
    kind = tie.controller.object_type
    assert kind is not None  # noqa: S101 - an objection otherwise
    point: Point = {"bop_point": tie.bop_point, "ecy_point": tie.controller.name, "object_type": str(kind)}
    if tie.is_input:
        point["bop_override_point"] = ActivationPoint.of(tie.bop_point).name
    if kind.is_analog:
        return point | _units(tie, system)
    if kind.is_binary and tie.unit is not None and quantity_of(tie.unit) == "power":
        point["threshold"] = _RUNS_ABOVE_W
    return point


def _units(tie: Tie, system: UnitSystem) -> Point:
    """None for an output in percent: that is what an output is in where nothing is told."""
    if tie.unit is None:
        return {}
    own = tie.controller.unit or _USUAL.get(quantity_of(tie.unit), tie.unit)
    if tie.is_input and same_unit(own, "percent") and same_unit(tie.unit, "dimensionless"):
        return {}
    own = next((unit for pair in _BOTH for unit in pair if same_unit(unit, own)), own)
    other = _paired(own, 0 if system == "SI" else 1) or own
    si_unit, us_unit = (own, other) if system == "SI" else (other, own)
    return {"unit": tie.unit, "si_unit": si_unit, "us_unit": us_unit}


def _paired(unit: str, side: int) -> str | None:
    """The same in the other system; None for a unit that is not of that side."""
    return next((pair[1 - side] for pair in _BOTH if same_unit(pair[side], unit)), None)
