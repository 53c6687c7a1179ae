"""In which units a report is: those of the controllers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_ZERO_C_IN_K = 273.15
_SIGNS = (
    *(("**3", "³"), ("**2", "²"), ("degC", "°C"), ("degF", "°F")),
    *(("percent", "%"), ("pascal", "Pa"), ("dimensionless", "1")),
)


@dataclass(frozen=True, slots=True)
class ReportUnits:
    """Temperatures are kelvin in a recording; ``factor`` and ``offset`` make of them what is shown."""

    temperature: str
    difference: str
    factor: float
    offset: float
    pressure: str
    pressure_factor: float

    def temperatures(self, values_k: Sequence[float]) -> list[float]:
        """Of kelvin."""
        return [value * self.factor + self.offset for value in values_k]

    def degrees(self, value_k: float) -> float:
        """Of kelvin."""
        return value_k * self.factor + self.offset

    def of(self, unit: str) -> tuple[str, Callable[[float], float]]:
        """In what, and how, a value in a unit of the simulation is shown."""
        if unit == "K":
            return self.temperature, self.degrees
        if unit == "Pa":
            return self.pressure, lambda value: value * self.pressure_factor
        return ("" if unit == "1" else unit), lambda value: value

    def differences(self, value_k: float) -> float:
        """Of a difference in kelvin, also over time."""
        return value_k * self.factor


def written(unit: str) -> str:
    """A unit of a program's, or of a config's, as people write it."""
    for spelled, sign in _SIGNS:
        unit = unit.replace(spelled, sign)
    return unit


SI = ReportUnits("°C", "K", 1.0, -_ZERO_C_IN_K, "Pa", 1.0)
US = ReportUnits("°F", "°F", 1.8, 32.0 - 1.8 * _ZERO_C_IN_K, "inH₂O", 1.0 / 249.089)


def units_of(unit_system: object) -> ReportUnits:
    """``US`` or ``SI``, which is taken for whatever else a recording says."""
    return US if unit_system == "US" else SI
