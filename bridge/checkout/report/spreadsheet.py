"""The CSV: a line for each value that was tried, so that a spreadsheet can sort and filter them (RFC 4180).

It begins with a byte order mark, by which Excel knows UTF-8. A way that was tried without a value has one line, and so
has a point of which nothing was tried.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from bridge.checkout.report.values import compared, number, scaling
from bridge.checkout.results import CheckoutResult, PointFinding, ShownValue, TriedPoint
from utils.text import no_formula, printable

BYTE_ORDER_MARK = "\ufeff"
HEADINGS = (
    *("equipment", "point", "controller object", "simulation", "tried by", "value"),
    *("controller value", "simulation value", "expected", "unit", "controller unit", "simulation unit"),
    *("scaling", "direction", "delay s", "result", "result of the point", "error", "mixed up with", "evidence"),
    *("wiring", "terminal", "sensor", "range", "initials", "date"),
)
"""The last six are for a hand."""


def csv_report(result: CheckoutResult) -> str:
    """The text of the file. What a controller calls its objects is never a formula in it."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEADINGS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for point in result.points:
        writer.writerows(_lines(point))
    return BYTE_ORDER_MARK + stream.getvalue()


def _lines(point: TriedPoint) -> Iterator[Mapping[str, str]]:
    of_point = _of_point(point)
    if not point.findings:
        yield of_point | {"result": point.verdict.value}
    for finding in point.findings:
        of_finding = of_point | _of_finding(finding)
        if not finding.samples:
            yield of_finding
        for place, sample in enumerate(finding.samples, start=1):
            yield of_finding | {"value": str(place)} | _of_sample(point, finding, sample)


def _of_point(point: TriedPoint) -> dict[str, str]:
    return {
        "equipment": _told(point.equipment),
        "point": _told(point.point),
        "controller object": _told(point.controller),
        "simulation": _told(point.simulation),
        "controller unit": _told(point.controller_unit),
        "simulation unit": _told(point.simulation_unit),
        "scaling": scaling(point),
        "result of the point": point.verdict.value,
    }


def _of_finding(finding: PointFinding) -> dict[str, str]:
    return {
        "tried by": finding.proof.value,
        "direction": _told(finding.direction),
        "delay s": number(finding.delay_s),
        "result": finding.verdict.value,
        "error": finding.fault.value if finding.fault else "",
        "mixed up with": _told(finding.other),
        "evidence": _told(finding.says),
    }


def _of_sample(point: TriedPoint, finding: PointFinding, sample: ShownValue) -> dict[str, str]:
    values = compared(point, finding, sample)
    return {
        "controller value": number(values.controller),
        "simulation value": number(values.simulation),
        "expected": number(values.expected),
        "unit": _told(values.unit),
    }


def _told(text: str | None) -> str:
    return no_formula(printable(text or ""))
