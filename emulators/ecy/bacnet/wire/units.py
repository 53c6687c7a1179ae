"""Engineering units by their BACnet names, and the change of value that is worth telling in each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import MappingProxyType

from bacpypes3.basetypes import EngineeringUnits

from emulators.ecy.objects.objects import BacnetObject
from emulators.process import EmulatorError

_NO_UNITS = "no-units"
_USUAL_INCREMENT = 0.1
_INCREMENTS = MappingProxyType(
    {
        "cubic-meters-per-second": 0.001,
        "kilograms-per-second": 0.001,
        "pascals": 1.0,
        "watts": 1.0,
        "parts-per-million": 1.0,
        "cubic-feet-per-minute": 1.0,
        "inches-of-water": 0.01,
    }
)


def increment_of(target: BacnetObject) -> float:
    """What was written to ``cov-increment``, or the usual one of the object's unit, in that unit."""
    if target.cov_increment is not None:
        return target.cov_increment
    return _INCREMENTS.get(target.units or _NO_UNITS, _USUAL_INCREMENT)


@cache
def units_of(name: str | None) -> EngineeringUnits:
    """The enumeration's value; ``no-units`` for none, and for an object that was added later with an unknown one."""
    try:
        return EngineeringUnits(name or _NO_UNITS)
    except ValueError:
        return EngineeringUnits(_NO_UNITS)


def check_units(targets: Iterable[BacnetObject]) -> None:
    """Raises EmulatorError with every object whose unit BACnet does not know."""
    unknown = [f"{one.name} ({one.units})" for one in targets if one.units and _is_unknown(one.units)]
    if unknown:
        raise EmulatorError(f"BACnet has no unit for {', '.join(unknown)}: choose units that it knows")


def _is_unknown(name: str) -> bool:
    return name != _NO_UNITS and units_of(name) == units_of(None)
