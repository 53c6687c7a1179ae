"""Modes and stages: state numbers in the controller, counted from 1, and any numbers in the simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from points.base_point import READ_KEYS, VALUE_KEYS, WRITTEN_KEYS, KeyProblem, Point
from points.bounds import BadValue
from points.config import PointConfig, UnitSystem
from utils.unit_conversion import UnitConverter
from utils.values import ObjectType, PointValue, Role, is_finite_number

_REACH = 0.5
"""How far a number of the simulation may be from a state's."""

_LAST = 2**32 - 1
"""The highest state number that an Unsigned has room for."""

_KEYS = frozenset({"states"})
_NO_MEANING = frozenset({"reverse"})


class MultiStatePoint(Point):
    """A state. Without ``states`` the simulation's number is the state number."""

    def __init__(self, config: PointConfig, unit_system: UnitSystem, converter: UnitConverter) -> None:
        super().__init__(config, unit_system, converter)
        self._numbers = {int(state): number for state, number in (config.states or {}).items()}

    @classmethod
    def problems(cls, config: PointConfig, converter: UnitConverter) -> Iterator[KeyProblem]:
        """As in :class:`Point`; also numbers that leave open which state to write."""
        yield from super().problems(config, converter)
        if cls.role is not Role.READ:
            for number, count in Counter((config.states or {}).values()).items():
                if count > 1:
                    yield "states", f"{number:g} stands for {count} states: which one to write is open"

    def reach_of(self, raw: float) -> float:
        """As in :class:`Point`."""
        return self._numbers.get(round(raw), float(raw))

    def accept(self, typed: PointValue | str) -> PointValue:
        """As in :class:`Point`: the number of a state."""
        if isinstance(typed, bool | str) or not is_finite_number(typed):
            raise BadValue(f"{typed!r} is not the number of a state")
        self._to_simulation(typed)
        return int(typed)

    def _to_device(self, value: float, previous: PointValue | None) -> PointValue:
        state, number = self._nearest(value)
        if not 1 <= state <= _LAST or abs(number - value) > _REACH:
            raise BadValue(f"{value:g} stands for no state")
        return state

    def _to_simulation(self, value: float) -> float:
        state = round(value)
        if state != value or not 1 <= state <= _LAST or (self._numbers and state not in self._numbers):
            raise BadValue(f"{value:g} is none of the states")
        return self._numbers.get(state, float(state))

    def _nearest(self, value: float) -> tuple[int, float]:
        if not self._numbers:
            return round(value), value
        return min(self._numbers.items(), key=lambda item: abs(item[1] - value))


class MultiStateInputPoint(MultiStatePoint):
    """A multi-state input: forced, out of service and then present-value."""

    object_type = ObjectType.MULTI_STATE_INPUT
    role = Role.FORCED
    keys = (WRITTEN_KEYS | _KEYS) - _NO_MEANING


class MultiStateOutputPoint(MultiStatePoint):
    """A multi-state output: read."""

    object_type = ObjectType.MULTI_STATE_OUTPUT
    role = Role.READ
    keys = (READ_KEYS | _KEYS) - _NO_MEANING


class MultiStateValuePoint(MultiStatePoint):
    """A multi-state value: commanded at a priority."""

    object_type = ObjectType.MULTI_STATE_VALUE
    role = Role.COMMANDED
    keys = (VALUE_KEYS | _KEYS) - _NO_MEANING
