"""What a checkout found, point by point: what was tried, what came of it, and which error that is.

Pure: nothing here asks anybody. Whoever tries a point gives :class:`PointFinding`; a report is made of
:class:`CheckoutResult`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from utils.values import PointValue


class Proof(StrEnum):
    """A way to try a point, in the order in which they are."""

    READ_BACK = "read back"
    """An input: values where a frame is translated, read from the controller. Object, unit, scaling, service, slot."""
    COMMAND = "command"
    """An output: values at a slot of the controller that beats the others, and its present-value."""
    ARRIVAL = "arrival"
    """An output: what the simulation's input is made of the values that were commanded."""
    RESPONSE = "response"
    """Whether the measurement that moves with an actuator is the one that the config pairs."""
    LEVEL = "level"
    """Whether the values are such as that kind of point has, against the other candidates."""


class PointVerdict(StrEnum):
    """What came of it; a point has the worst of its findings, in this order."""

    FAIL = "fail"
    NOT_TESTED = "not tested"
    DEFERRED = "deferred"
    NOT_PROVABLE = "not provable"
    PASS = "pass"  # noqa: S105


class MappingFault(StrEnum):
    """What is wrong, in the words of the trade."""

    CROSSED = "crossed with another point"
    WRONG_UNIT = "wrong unit"
    WRONG_SCALE = "wrong scale or offset"
    FACTOR = "wrong by a power of ten"
    REVERSED = "reversed"
    WRONG_SIGN = "wrong sign"
    WRONG_ZONE = "another zone's"
    DEAD = "dead"
    STUCK = "stuck"
    WRONG_SLOT = "wrong priority"
    NOT_WRITTEN = "not taken by the controller"


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value that was shown, in the simulation's unit; what the controller should hold of it in its own, and holds.

    For outputs the other way: what was commanded, what should arrive in the simulation, and what did. None: not told.
    """

    shown: float
    expected: PointValue | None
    found: PointValue | None


@dataclass(frozen=True, slots=True)
class PointFinding:
    """One way to try one point. ``says`` is a sentence with the evidence; ``delay_s`` is simulated time."""

    equipment: str
    point: str
    proof: Proof
    verdict: PointVerdict
    says: str
    fault: MappingFault | None = None
    other: str | None = None
    """The point that it is mixed up with, as ``equipment/point`` or as the simulation calls it."""
    samples: tuple[ShownValue, ...] = ()
    direction: str | None = None
    """``direct`` or ``reverse``."""
    delay_s: float | None = None


@dataclass(frozen=True, slots=True)
class TriedPoint:
    """A line of the report."""

    equipment: str
    point: str
    controller: str
    """The object: ``AnalogInput 101 SpaceTemp``."""
    simulation: str
    """The measurement or input, as BOPTEST calls it."""
    controller_unit: str | None
    simulation_unit: str | None
    scale: float | None
    offset: float | None
    is_input: bool
    """Of the controller: what the simulation tells it."""
    findings: tuple[PointFinding, ...]

    @property
    def verdict(self) -> PointVerdict:
        """The worst of what came of it; not tested where nothing was tried."""
        order = list(PointVerdict)
        return min((finding.verdict for finding in self.findings), key=order.index, default=PointVerdict.NOT_TESTED)


@dataclass(frozen=True, slots=True)
class CheckoutResult:
    """A checkout, whole or as far as it came."""

    began: datetime
    ended: datetime
    test_case: str
    controllers: tuple[str, ...]
    """``VAV_South: ECY-VAV at 10.0.0.5, software 1.2``."""
    not_tested: tuple[str, ...]
    """What no bench can test, and what was left out here: the first lines of every report."""
    points: tuple[TriedPoint, ...]
    given_back: str
    """What the receipts say, in one sentence."""

    @property
    def is_passed(self) -> bool:
        """Nothing failed; not provable and not tested are no pass of a point, and no failure of a checkout."""
        return all(point.verdict is not PointVerdict.FAIL for point in self.points)
