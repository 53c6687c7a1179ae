"""What all points share, and the two ways in which most of them turn values: analog and binary.

Points are pure: values in, values out. What happens on the controller's side of the unit conversion is the same in
both directions and in this order: reverse, scale, offset, limits. So a value for a controller is converted and then
shaped; a value from a controller is shaped and then converted. Whether a value is bad is judged before limits cut it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar, TypeAlias

from points.activation_point import VALUE_SUFFIX, ActivationPoint
from points.bounds import BadValue, BeyondBounds, Bounds
from points.config import PointConfig, UnitSystem
from utils.unit_conversion import UnitConverter, UnitError, same_unit
from utils.values import ObjectType, PointMetadata, PointValue, Role, is_finite_number, is_real32

KeyProblem: TypeAlias = tuple[str, str]
"""A key of a point's config, and what is wrong with it."""

KPI_NAMES = frozenset(f"{name}_tot" for name in ("cost", "ener", "emis", "tdis", "idis", "pele", "pgas", "pdih")) | {
    "time_rat"
}
"""The indicators that a test case computes (boptest-api §9)."""

COMMON_KEYS = frozenset({"bop_point", "ecy_point", "object_type", "enabled", "unit", "reverse"})
VALID_KEYS = frozenset({"valid_min", "valid_max"})
WRITTEN_KEYS = COMMON_KEYS | VALID_KEYS | {"priority", "take_occupied"}
VALUE_KEYS = WRITTEN_KEYS | {"in_place_of"}
READ_KEYS = COMMON_KEYS | {"bop_override_point"}
ANALOG_KEYS = VALID_KEYS | {"si_unit", "us_unit", "convert_to_us", "scale", "offset", "minimum", "maximum"}
FRACTION = "dimensionless"
_LONGEST = 40
_STATES = {"active": True, "inactive": False}
_ROUNDING = 1e-6
"""How far, relatively, a value may be beyond a bound: a controller keeps a bound itself in single precision."""


class Point(ABC):
    """One object of a controller and the simulation's value that it is tied to.

    ``unit`` is the simulation's unit and ``device_unit`` the object's; None where the config names none.
    """

    object_type: ClassVar[ObjectType]
    role: ClassVar[Role]
    keys: ClassVar[frozenset[str]]
    """The config keys that mean something for this kind of point."""

    def __init__(self, config: PointConfig, unit_system: UnitSystem, converter: UnitConverter) -> None:
        self.config = config
        self.bop_point = config.bop_point
        self.ecy_point = self.object_name = config.ecy_point
        self.priority = config.priority
        self.is_kpi = config.bop_point in KPI_NAMES
        self.activation = ActivationPoint(config.bop_override_point) if config.bop_override_point else None
        self.unit = config.unit
        self.device_unit: str | None = None
        self.other_device_unit: str | None = None
        """What ``device_unit`` would be in the other unit system."""
        self._coldest = converter.absolute_zero(config.unit)

    def process_bop_value(
        self, bop_value: float, metadata: PointMetadata | None = None, previous: PointValue | None = None
    ) -> PointValue:
        """Turn a value of the simulation into the object's present-value.

        ``previous`` is what this method returned last, for hysteresis. ``metadata`` does not change the value: it is
        judged once, by :meth:`check_metadata`. Raises :class:`BadValue`.
        """
        if isinstance(bop_value, bool):
            raise BadValue(f"{bop_value!r} is not a number")
        value = _number(bop_value)
        self._refuse_invalid(value)
        return self._to_device(value, previous)

    def process_ecy_value(self, raw: PointValue) -> float:
        """Turn the object's present-value into an input of the simulation. Raises :class:`BadValue`."""
        if isinstance(raw, bool) and not self.object_type.is_binary:
            raise BadValue(f"{raw!r} is not a number")
        return self._to_simulation(_held(_number(raw)))

    @abstractmethod
    def accept(self, typed: PointValue | str) -> PointValue:
        """Turn what somebody has typed for the object, in the device unit, into its present-value.

        Nothing is cut: raises :class:`BadValue` for what the config's limits, or the object, have no room for.
        """

    def reach_of(self, raw: float) -> float:
        """What an output would make of a present-value, were it to be trusted, in the simulation's unit."""
        return self._to_simulation(raw)

    def raw_for(self, value: float) -> float:
        """What an output has to say for the simulation to get ``value``, which may be one that no controller says."""
        return value

    def differs(self, new: PointValue, last: PointValue) -> bool:
        """Whether a present-value has changed by more than the deadband since it was last written."""
        return abs(new - last) > self.config.deadband

    def check_metadata(self, metadata: PointMetadata) -> str | None:
        """Return what the simulation's own description of the point contradicts in the config, or None."""
        if self.unit is None or metadata.unit is None or _same_or_unknown(self.unit, metadata.unit):
            return None
        return f"unit is {self.unit!r}, but {self.bop_point} is in {metadata.unit!r}: set unit to {metadata.unit!r}"

    @classmethod
    def problems(cls, config: PointConfig, converter: UnitConverter) -> Iterator[KeyProblem]:
        """Yield everything in a config that cannot work for this kind of point."""
        for key in sorted(config.model_fields_set - cls.keys):
            yield key, f"means nothing for an object of type {cls.object_type}: remove it"
        for key in ("unit", "si_unit", "us_unit"):
            if problem := _unit_problem(getattr(config, key), converter):
                yield key, problem
        if config.valid_min is not None and config.valid_max is not None and config.valid_min > config.valid_max:
            yield "valid_min", f"{config.valid_min:g} is above valid_max {config.valid_max:g}"
        if cls.role is Role.READ:
            yield from _input_problems(config)

    def _refuse_invalid(self, value: float) -> None:
        """Raise :class:`BadValue` for what the simulation's value cannot be, or should not be."""
        low, high = self.config.valid_min, self.config.valid_max
        if self._coldest is not None and _is_below(value, self._coldest, _ROUNDING):
            raise BadValue(f"{value:g} {self.unit} is below absolute zero")
        if low is not None and _is_below(value, low, _ROUNDING):
            raise BadValue(f"{value:g} is below valid_min {low:g}")
        if high is not None and _is_below(high, value, _ROUNDING):
            raise BadValue(f"{value:g} is above valid_max {high:g}")

    @abstractmethod
    def _to_device(self, value: float, previous: PointValue | None) -> PointValue: ...

    @abstractmethod
    def _to_simulation(self, value: float) -> float: ...


class AnalogPoint(Point):
    """A number with a unit on each side."""

    default_unit: ClassVar[str | None] = None
    default_device_unit: ClassVar[str | None] = None
    """What the object is in when the simulation's value is a fraction and the config does not say."""

    def __init__(self, config: PointConfig, unit_system: UnitSystem, converter: UnitConverter) -> None:
        super().__init__(config, unit_system, converter)
        self.unit = config.unit or self.default_unit
        self.device_unit = self._choose_device_unit(config, unit_system)
        self.other_device_unit = self._choose_device_unit(config, "SI" if unit_system == "US" else "US")
        self._into_device_unit = _conversion(converter, self.unit, self.device_unit)
        self._into_unit = _conversion(converter, self.device_unit, self.unit)
        self._coldest = converter.absolute_zero(self.unit, self.device_unit)
        is_shaped = config.reverse or config.scale != 1.0 or config.offset
        self._coldest_shown = None if is_shaped else converter.absolute_zero(self.device_unit, self.unit)
        self._whole = converter.convert(1.0, FRACTION, self.device_unit or FRACTION) if config.reverse else 0.0

    def check_metadata(self, metadata: PointMetadata) -> str | None:
        """As in :class:`Point`; also an output's limits that reach beyond what the simulation accepts."""
        return super().check_metadata(metadata) or (self._limit_mismatch(metadata) if self.role is Role.READ else None)

    @classmethod
    def problems(cls, config: PointConfig, converter: UnitConverter) -> Iterator[KeyProblem]:
        """As in :class:`Point`; also units that do not fit together, limits, and a reverse without a whole."""
        yield from super().problems(config, converter)
        unit = config.unit or cls.default_unit
        device_units = [key for key in ("si_unit", "us_unit") if getattr(config, key)]
        if unit is None and device_units:
            yield "unit", f"is missing: {device_units[0]} needs to know what the simulation's value is in"
        for key in device_units:
            if unit and _is_other_quantity(unit, getattr(config, key), converter):
                yield key, f"{getattr(config, key)!r} does not measure the same as the simulation's {unit!r}"
        if config.minimum is not None and config.maximum is not None and config.minimum > config.maximum:
            yield "minimum", f"{config.minimum:g} is above maximum {config.maximum:g}"
        if config.reverse and (unit is None or _is_other_quantity(unit, FRACTION, converter)):
            yield "reverse", "needs percent or a fraction; for other units use scale -1 and an offset"

    def _choose_device_unit(self, config: PointConfig, unit_system: UnitSystem) -> str | None:
        us_unit = config.us_unit if unit_system == "US" and config.convert_to_us else None
        default = self.default_device_unit if self.unit and same_unit(self.unit, FRACTION) else None
        return us_unit or config.si_unit or default or self.unit

    def reach_of(self, raw: float) -> float:
        """As in :class:`Point`."""
        return self._into_unit(self._cut(self._scaled(raw)))

    def raw_for(self, value: float) -> float:
        """As in :class:`Point`: its shaping backwards."""
        return self._unscaled(self._into_device_unit(value))

    def accept(self, typed: PointValue | str) -> PointValue:
        """As in :class:`Point`. Bounds are those of what is passed on: of an output, when it has been shaped."""
        value = float(_held(_number(_plain(typed))))
        passed_on = self._scaled(value) if self.role is Role.READ else value
        if not self._limits.take(passed_on):
            as_what = "" if passed_on == value else f", which is passed on as {passed_on:g}"
            words = f"it takes {self._limits.words(self.device_unit or '')}, not {value:g}{as_what}"
            raise BeyondBounds(words, self._limits.through(self._unscaled) if as_what else self._limits)
        if self.role is Role.READ:
            self.process_ecy_value(value)
        elif self._coldest_shown is not None and _is_below(value, self._coldest_shown, _ROUNDING):
            words = f"{value:g} {self.device_unit} is below absolute zero"
            raise BeyondBounds(words, Bounds(self._coldest_shown))
        return value

    def _to_device(self, value: float, previous: PointValue | None) -> PointValue:
        return _held(self._cut(_held(self._scaled(self._into_device_unit(value)))))

    def _to_simulation(self, value: float) -> float:
        scaled = self._scaled(value)
        self._refuse_invalid(_held(self._into_unit(scaled)))
        return self._into_unit(self._cut(scaled))

    def _scaled(self, value: float) -> float:
        config = self.config
        return (self._whole - value if config.reverse else value) * config.scale + config.offset

    def _unscaled(self, shaped: float) -> float:
        plain = (shaped - self.config.offset) / self.config.scale
        return self._whole - plain if self.config.reverse else plain

    def _cut(self, value: float) -> float:
        low, high = self._limits.low, self._limits.high
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    def _limit_mismatch(self, metadata: PointMetadata) -> str | None:
        reach = self._limits.through(self._into_unit)
        low, high = reach.low, reach.high
        if low is not None and metadata.minimum is not None and _is_below(low, metadata.minimum):
            return f"minimum is {low:g} in the simulation's unit, but it accepts no less than {metadata.minimum:g}"
        if high is not None and metadata.maximum is not None and _is_below(metadata.maximum, high):
            return f"maximum is {high:g} in the simulation's unit, but it accepts no more than {metadata.maximum:g}"
        return None

    @property
    def _limits(self) -> Bounds:
        return Bounds(self.config.minimum, self.config.maximum)


class BinaryPoint(Point):
    """Active above a threshold, 1 or 0 the other way."""

    def accept(self, typed: PointValue | str) -> PointValue:
        """As in :class:`Point`: active or inactive, 1 or 0."""
        value = _STATES.get(typed.strip().casefold(), typed) if isinstance(typed, str) else typed
        if value not in (0, 1):
            raise BadValue(f"{repr(typed)[:_LONGEST]} is neither active (1) nor inactive (0)")
        return bool(value)

    def raw_for(self, value: float) -> float:
        """As in :class:`Point`."""
        return 1.0 - value if self.config.reverse else value

    def _to_device(self, value: float, previous: PointValue | None) -> PointValue:
        config = self.config
        was_active = previous is not None and bool(previous) is not config.reverse
        limit = config.threshold - config.hysteresis if was_active else config.threshold
        return (_held(value) > limit) is not config.reverse

    def _to_simulation(self, value: float) -> float:
        if value not in (0, 1):
            raise BadValue(f"{value!r} is neither active nor inactive")
        return float(bool(value) is not self.config.reverse)


def _number(value: PointValue) -> float:
    if not is_finite_number(value):
        raise BadValue(f"{repr(value)[:_LONGEST]} is not a number")
    return value


def _held(value: PointValue) -> PointValue:
    """The value, if a controller can hold it. Raises :class:`BadValue`."""
    if not is_real32(value):
        raise BadValue(f"{value:g} is more than a controller can hold")
    return value


def _plain(typed: PointValue | str) -> PointValue:
    if isinstance(typed, bool | str):
        raise BadValue(f"{repr(typed)[:_LONGEST]} is not a number")
    return typed


def _conversion(converter: UnitConverter, source: str | None, target: str | None) -> Callable[[float], float]:
    return converter.conversion(source, target) if source and target else float


def _unit_problem(unit: str | None, converter: UnitConverter) -> str | None:
    try:
        converter.parse(unit or FRACTION)
    except UnitError as error:
        return str(error)
    return None


def _is_other_quantity(unit: str, other: str, converter: UnitConverter) -> bool:
    try:
        return not converter.compatible(unit, other)
    except UnitError:  # told by _unit_problem
        return False


def _same_or_unknown(unit: str, simulation_unit: str) -> bool:
    try:
        return same_unit(unit, simulation_unit)
    except UnitError:
        return True


def _is_below(value: float, limit: float, tolerance: float = 1e-9) -> bool:
    return value < limit and not math.isclose(value, limit, rel_tol=tolerance, abs_tol=1e-9)


def _input_problems(config: PointConfig) -> Iterator[KeyProblem]:
    if config.bop_point in KPI_NAMES:
        yield "bop_point", "is a KPI, which the simulation computes; an output drives an input (…_u)"
    elif not config.bop_point.endswith(VALUE_SUFFIX):
        yield "bop_point", f"is not an input of the simulation: their names end in {VALUE_SUFFIX}"
    elif config.bop_override_point != (expected := ActivationPoint.of(config.bop_point).name):
        found = "is missing" if config.bop_override_point is None else f"{config.bop_override_point!r} is another's"
        yield "bop_override_point", f'{found}: add "bop_override_point": "{expected}"'
