"""JUnit XML: a suite for each equipment, a case for each point, as CI servers read it.

A point that is not proved is skipped, never passed. Points are tried side by side, so that none has a time of its own;
the checkout's is that of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bridge.checkout.report.values import blamed, reasons
from bridge.checkout.results import CheckoutResult, PointVerdict, TriedPoint
from utils.text import printable

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def junit_report(result: CheckoutResult) -> str:
    """The text of the file."""
    took_s = f"{(result.ended - result.began).total_seconds():.3f}"
    root = Element("testsuites", {"name": "checkout", **_counts(result.points), "time": took_s})
    for name, points in by_equipment(result.points).items():
        began = result.began.isoformat(timespec="seconds")
        told = {"name": printable(name), **_counts(points), "time": took_s, "timestamp": began}
        suite = SubElement(root, "testsuite", told)
        for point in points:
            _add_case(suite, point)
        SubElement(suite, "system-out").text = "\n".join(map(printable, _besides(result)))
    indent(root)
    return _DECLARATION + tostring(root, encoding="unicode") + "\n"


def by_equipment(points: Sequence[TriedPoint]) -> Mapping[str, Sequence[TriedPoint]]:
    """The points of each equipment, in their order."""
    ordered = sorted(points, key=attrgetter("equipment"))
    return {name: list(own) for name, own in groupby(ordered, attrgetter("equipment"))}


def _counts(points: Sequence[TriedPoint]) -> dict[str, str]:
    verdicts = [point.verdict for point in points]
    failed, passed = verdicts.count(PointVerdict.FAIL), verdicts.count(PointVerdict.PASS)
    counts = {"tests": len(points), "failures": failed, "errors": 0, "skipped": len(points) - failed - passed}
    return {name: str(count) for name, count in counts.items()}


def _add_case(suite: Element, point: TriedPoint) -> None:
    """Its name has both ends: an object can be paired more than once."""
    named = {"classname": printable(point.equipment), "name": printable(f"{point.point} = {point.simulation}")}
    case = SubElement(suite, "testcase", {**named, "time": "0"})
    verdict = point.verdict
    if verdict is PointVerdict.PASS:
        return
    told = list(map(printable, reasons(point)))
    said = {"message": f"{verdict.value}: {told[0]}"}
    if verdict is PointVerdict.FAIL:
        faults = [finding.fault.value for finding in blamed(point, verdict) if finding.fault]
        said["type"] = faults[0] if faults else verdict.value
    SubElement(case, "failure" if verdict is PointVerdict.FAIL else "skipped", said).text = "\n".join(told)


def _besides(result: CheckoutResult) -> Iterator[str]:
    yield from (f"Not tested: {line}" for line in result.not_tested)
    yield f"Given back: {result.given_back}"
