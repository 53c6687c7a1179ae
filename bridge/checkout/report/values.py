"""What of a finding stands in which of the trade's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.checkout.results import PointFinding, PointVerdict, Proof, ShownValue, TriedPoint
from utils.values import PointValue

_IN_THE_SIMULATION = frozenset({Proof.ARRIVAL, Proof.RESPONSE})
"""What is expected there is of the simulation, and in its unit."""


@dataclass(frozen=True, slots=True)
class ComparedValues:
    """A sample in the columns: the controller's value in its unit, the simulation's in its own; None: there is none."""

    controller: PointValue | None
    simulation: PointValue | None
    expected: PointValue | None
    unit: str | None
    """Of what is expected."""


NO_VALUES = ComparedValues(None, None, None, None)


def compared(point: TriedPoint, finding: PointFinding, sample: ShownValue) -> ComparedValues:
    """Where the values of a sample belong, by the way that the value went."""
    if finding.proof is Proof.COMMAND:
        return ComparedValues(sample.found, None, sample.expected, point.controller_unit)
    if finding.proof in _IN_THE_SIMULATION and not point.is_input:
        return ComparedValues(sample.shown, sample.found, sample.expected, point.simulation_unit)
    return ComparedValues(sample.found, sample.shown, sample.expected, point.controller_unit)


def distinct(point: TriedPoint) -> Iterator[tuple[PointFinding, Sequence[ComparedValues]]]:
    """Each way that it was tried, with its values; the same ones once, whenever they came again."""
    for finding in point.findings:
        yield finding, list(dict.fromkeys(compared(point, finding, sample) for sample in finding.samples))


def number(value: PointValue | None) -> str:
    """A value with six digits (the seventh of a REAL is rounded), a state in words; nothing where there is none."""
    if value is None:
        return ""
    return ("inactive", "active")[value] if isinstance(value, bool) else f"{value:.6g}"


def scaling(point: TriedPoint) -> str:
    """Scale and offset in one; empty where the units say it all."""
    scale, offset = 1.0 if point.scale is None else point.scale, point.offset or 0.0
    if (scale, offset) == (1.0, 0.0):
        return ""
    return f"× {scale:.6g}" + (f" {offset:+.6g}" if offset else "")


def directions(point: TriedPoint) -> str:
    """In which direction it moves, as far as that was seen."""
    return ", ".join(dict.fromkeys(finding.direction for finding in point.findings if finding.direction))


def reasons(point: TriedPoint) -> list[str]:
    """Why a point has its verdict, a sentence for each way that gave it."""
    return [in_words(finding) for finding in blamed(point, point.verdict)] or ["nothing was tried"]


def blamed(point: TriedPoint, verdict: PointVerdict) -> Iterator[PointFinding]:
    """The findings that gave a point its verdict."""
    return (finding for finding in point.findings if finding.verdict is verdict)


def in_words(finding: PointFinding) -> str:
    """The error, whom it is mixed up with, and the evidence, in one sentence."""
    other = f" ({finding.other})" if finding.other else ""
    fault = f"{finding.fault.value}{other}: " if finding.fault else ""
    return f"{finding.proof.value}: {fault}{finding.says}"
