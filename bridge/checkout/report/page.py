"""The page that is signed: one HTML file that opens offline and prints on A4, across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

from bridge.checkout.report.junit import by_equipment
from bridge.checkout.report.values import (
    NO_VALUES,
    ComparedValues,
    blamed,
    directions,
    distinct,
    number,
    reasons,
    scaling,
)
from bridge.checkout.results import CheckoutResult, PointFinding, PointVerdict, TriedPoint
from recording.moments import duration_in_words
from recording.report.html import Cell, Markup, breakable, facts_table, heading, points, section, table, text, unbroken
from recording.report.parts.closing import signature
from recording.report.sheet import sheet
from recording.report.units import written

_MARKS = {
    PointVerdict.FAIL: "✗",
    PointVerdict.PASS: "✓",
    PointVerdict.NOT_PROVABLE: "?",
    PointVerdict.NOT_TESTED: "–",
    PointVerdict.DEFERRED: "…",
}
"""So that black and white tells them as well."""
_COLUMNS = (
    *("point", "controller object", "way", "controller value", "simulation value", "expected", "unit", "scaling"),
    *("direction", "delay", "result", "wiring", "terminal", "sensor", "range", "initials", "date"),
)
_NUMBERS = (3, 4, 5, 9)
_FOR_A_HAND = ("",) * 6


def html_report(result: CheckoutResult) -> str:
    """The page. What was not tested is its first section."""
    title = f"Checkout of {result.test_case}" if result.test_case else "Checkout"
    style = (resources.files(__package__) / "checkout.css").read_text(encoding="utf-8")
    told = (_not_tested(result), _summary(result), *_failures(result), *_equipments(result), signature())
    return sheet(title, f"{title} {result.began:%Y-%m-%d %H.%M}", told, "points checked out", style)


def _not_tested(result: CheckoutResult) -> Markup:
    return section("What was not tested", "not-tested", points(result.not_tested))


def _summary(result: CheckoutResult) -> Markup:
    counts = {name: Counter(point.verdict for point in own) for name, own in by_equipment(result.points).items()}
    rows = [_row_of_counts(name, told) for name, told in counts.items()]
    total = sum(counts.values(), Counter[PointVerdict]())
    if len(counts) > 1:
        rows.append(_row_of_counts("all", total))
    head = ("equipment", "points", *(marked(verdict) for verdict in PointVerdict))
    return section(
        "What was found",
        "found",
        points([_verdict(result, total)]),
        table(head, rows, range(1, len(head))),
        facts_table(_facts(result)),
    )


def _verdict(result: CheckoutResult, total: Counter[PointVerdict]) -> str:
    if not result.points:
        return "No point was tried."
    if not result.is_passed:
        failed = total[PointVerdict.FAIL]
        return f"{failed} of {len(result.points)} points fail{'s' * (failed == 1)}."
    open_points = len(result.points) - total[PointVerdict.PASS]
    return (
        f"No point fails, but {open_points} of {len(result.points)} are not proved: that is no pass of them."
        if open_points
        else f"Each of {len(result.points)} points passes what it was tried by."
    )


def _row_of_counts(name: str, counts: Counter[PointVerdict]) -> Sequence[Cell]:
    return name, counts.total(), *(counts[verdict] or "" for verdict in PointVerdict)


def _facts(result: CheckoutResult) -> Iterator[tuple[str, Cell]]:
    yield "Tried", f"{result.began:%Y-%m-%d %H:%M}"
    yield "Took", duration_in_words((result.ended - result.began).total_seconds())
    yield "Test case", result.test_case
    yield "Controllers", Markup("<br>".join(map(text, result.controllers)))
    yield "Given back", result.given_back


def _failures(result: CheckoutResult) -> Iterator[Markup]:
    failed = [point for point in result.points if point.verdict is PointVerdict.FAIL]
    rows = [_blamed_row(point, finding) for point in failed for finding in blamed(point, PointVerdict.FAIL)]
    if rows:
        yield section(
            "What fails", "failures", table(("equipment", "point", "error", "mixed up with", "evidence"), rows)
        )


def _blamed_row(point: TriedPoint, finding: PointFinding) -> Sequence[Cell]:
    fault = finding.fault.value if finding.fault else "fails"
    return point.equipment, point.point, Markup(f"<b>{text(fault)}</b>"), finding.other, finding.says


def _equipments(result: CheckoutResult) -> Iterator[Markup]:
    for place, (name, own) in enumerate(by_equipment(result.points).items()):
        rows = [_row(point) for point in own]
        told = Markup(f"<div class='tried'>{table(_COLUMNS, rows, _NUMBERS)}</div>")
        yield section(name, f"equipment-{place}", told, *_unproved(own))


def _unproved(own: Sequence[TriedPoint]) -> Iterator[Markup]:
    """Why the others are no pass; what fails stands at the front."""
    lines = [
        f"{point.point}: {point.verdict.value}. {told}"
        for point in own
        if point.verdict not in (PointVerdict.PASS, PointVerdict.FAIL)
        for told in reasons(point)
    ]
    if lines:
        yield heading("Why these are no pass")
        yield points(lines)


def _row(point: TriedPoint) -> Sequence[Cell]:
    way, controller, simulation, expected, unit, delay = map(_stacked, zip(*_lines(point), strict=True))
    return (
        Markup(f"<b>{breakable(point.point)}</b><br>{breakable(point.simulation)}"),
        point.controller,
        *(way, controller, simulation, expected, unit),
        scaling(point),
        directions(point),
        delay,
        marked(point.verdict),
        *_FOR_A_HAND,
    )


def _lines(point: TriedPoint) -> Iterator[Sequence[Cell]]:
    """What stands in one line of a point: the way and the unit beside the first value, and the delay."""
    for finding, values in distinct(point):
        way = Markup(f"{_MARKS[finding.verdict]} {text(finding.proof.value)}")
        delay = "" if finding.delay_s is None else duration_in_words(finding.delay_s)
        first = values[0] if values else NO_VALUES
        yield way, *_numbers(first), written(first.unit or ""), delay
        yield from (("", *_numbers(one), "", "") for one in values[1:])
    if not point.findings:
        yield ("",) * 6


def _numbers(values: ComparedValues) -> Sequence[str]:
    return number(values.controller), number(values.simulation), number(values.expected)


def marked(verdict: PointVerdict) -> Markup:
    """A verdict with its mark; what fails is bold."""
    told = f"{_MARKS[verdict]}&nbsp;{text(unbroken(verdict.value))}"
    return Markup(f"<b>{told}</b>" if verdict is PointVerdict.FAIL else told)


def _stacked(lines: Iterable[Cell]) -> Markup:
    """One below the other, as the values of a point are."""
    return Markup("<br>".join(map(text, lines)))
