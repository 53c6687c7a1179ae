"""Arrival: what the bridge makes of an output for the simulation's input, which has a range of its own.

The lowest that an actuator says is the lowest of its input and the highest the highest: by the config's own
translation, so that a reverse, a scale and an offset are seen that do not belong there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bridge.checkout.judging.shapes import follows, listed, misfit
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof, ShownValue
from bridge.translation import override_values
from points import Point
from points.bounds import Bounds
from utils.unit_conversion import UnitConverter, UnitError
from utils.values import ObjectLimits, PointMetadata, PointValue, Target
from utils.values import Sample as Told

SHARES = (0.0, 0.5, 1.0, 0.5, 0.0)
"""Of an actuator's range, in the order of its commands."""


def range_of(point: Point, limits: ObjectLimits) -> Bounds | None:
    """From where to where an analog output goes, in its unit; None where nobody tells."""
    if limits.minimum is not None and limits.maximum is not None and limits.minimum < limits.maximum:
        return Bounds(limits.minimum, limits.maximum)
    try:
        whole = UnitConverter().convert(1.0, "dimensionless", point.device_unit or "dimensionless")
    except UnitError:
        return None
    return Bounds(0.0, whole)


def commands_for(point: Point, limits: ObjectLimits) -> tuple[PointValue, ...]:
    """What is commanded, round by round: of actuators parts of the range, off and on, or all states.

    Empty for an analog output whose range nobody tells.
    """
    if point.object_type.is_binary:
        return (False, True, False)
    if point.object_type.is_multi_state:
        states = sorted(int(state) for state in point.config.states or ("1", "2"))
        return (*states, states[0])
    ends = range_of(point, limits)
    if ends is None or ends.low is None or ends.high is None:
        return ()
    return tuple(ends.low + share * (ends.high - ends.low) for share in SHARES)


def arrived(point: Point, target: Target, value: PointValue) -> float | None:
    """What the simulation's input would be set to; None for what the config calls invalid."""
    return override_values([(target, point)], {target: Told(value)}).get(point.bop_point)


def judge_arrival(
    equipment: str, point: Point, target: Target, limits: ObjectLimits, told: PointMetadata | None
) -> PointFinding:
    """Whether the object's range arrives as that of the input."""
    commanded = commands_for(point, limits)
    arriving = tuple(arrived(point, target, value) for value in commanded)
    found = _Arrival(equipment, point, commanded, arriving)
    if not commanded:
        says = f"nobody tells the range of {point.ecy_point} ({point.device_unit}): what should arrive is open"
        return found.open(says)
    if point.object_type.is_multi_state:
        return found.states(told)
    if told is None or told.minimum is None or told.maximum is None or told.minimum >= told.maximum:
        return found.open(f"the simulation does not tell the range of {point.bop_point}")
    low, high = told.minimum, told.maximum
    return found.against(low, high, lambda value: (value - low) / (high - low) * 100)


class _Arrival:
    """One output, what it says, and what comes of that."""

    def __init__(
        self, equipment: str, point: Point, commanded: Sequence[PointValue], arriving: Sequence[float | None]
    ) -> None:
        self._equipment, self._point = equipment, point
        self._commanded, self._arriving = commanded, arriving

    def open(self, says: str) -> PointFinding:
        return PointFinding(self._equipment, self._point.ecy_point, Proof.ARRIVAL, PointVerdict.NOT_PROVABLE, says)

    def states(self, told: PointMetadata | None) -> PointFinding:
        """Numbers that stand for states have no range; they must be what the input takes, and differ."""
        limits = Bounds(told.minimum, told.maximum) if told is not None else Bounds()
        says = f"states {listed(self._commanded)} of {self._point.ecy_point} arrive as {_numbers(self._arriving)}"
        known = [value for value in self._arriving if value is not None]
        if len(known) < len(self._arriving) or not all(map(limits.take, known)) or len(set(known)) == 1:
            return self._finding(PointVerdict.FAIL, says, MappingFault.WRONG_SCALE, ())
        return self._finding(PointVerdict.PASS, says, None, known)

    def against(self, low: float, high: float, share: Callable[[float], float]) -> PointFinding:
        """In percent of both ranges."""
        first, last = min(self._commanded), max(self._commanded)
        shares = [(float(value) - first) / (float(last) - first) * 100 for value in self._commanded]
        expected = [low + (high - low) * one / 100 for one in shares]
        if any(value is None for value in self._arriving):
            says = f"{self._words(shares, [])}: the config passes not all of it on (valid_min, valid_max)"
            return self._finding(PointVerdict.FAIL, says, MappingFault.WRONG_SCALE, expected)
        arriving = [share(value) for value in self._arriving if value is not None]
        says = self._words(shares, arriving)
        if follows(shares, arriving):
            return self._finding(PointVerdict.PASS, says, None, expected)
        wrong = misfit(shares, arriving, "percent")
        fault, why = wrong.fault, wrong.says
        if follows([100 - one for one in shares], arriving):
            other_way = "on is off" if self._point.object_type.is_binary else "open is shut"
            fault, why = MappingFault.REVERSED, f"{other_way} for the simulation"
        return self._finding(PointVerdict.FAIL, f"{says}: {why}{self._keys()}", fault, expected)

    def _words(self, shares: Sequence[float], arriving: Sequence[float]) -> str:
        """The ends, in percent: ``0 and 100 % of Damper arrive as -25 and 100 % of its range``."""
        if not arriving:
            return f"{self._point.ecy_point} arrives as {_numbers(self._arriving)}"
        ends = [shares.index(min(shares)), shares.index(max(shares))]
        told = " and ".join(f"{arriving[one]:.4g}" for one in ends)
        return f"0 and 100 % of {self._point.ecy_point} arrive as {told} % of {self._point.bop_point}"

    def _keys(self) -> str:
        config = self._point.config
        keys = [f"scale {config.scale:g}"] if config.scale != 1 else []
        keys += [f"offset {config.offset:g}"] if config.offset else []
        keys += ["reverse"] if config.reverse else []
        keys += [f"{end} {value:g}" for end in ("minimum", "maximum") if (value := getattr(config, end)) is not None]
        return f" (the config says {', '.join(keys)})" if keys else ""

    def _finding(
        self, verdict: PointVerdict, says: str, fault: MappingFault | None, expected: Sequence[float]
    ) -> PointFinding:
        padded = [*expected, *[None] * (len(self._commanded) - len(expected))]
        samples = tuple(
            ShownValue(float(value), one, arriving)
            for value, one, arriving in zip(self._commanded, padded, self._arriving, strict=True)
        )
        direction = "reverse" if self._point.config.reverse else "direct"
        return PointFinding(
            *(self._equipment, self._point.ecy_point, Proof.ARRIVAL, verdict, says, fault),
            samples=samples,
            direction=direction,
        )


def _numbers(values: Sequence[float | None]) -> str:
    return ", ".join("nothing" if value is None else f"{value:.4g}" for value in values)
