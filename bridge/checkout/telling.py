"""A checkout on a terminal: a line for each finding as it is made, and at the end the failures first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console

from bridge.checkout.response import Progress
from bridge.checkout.results import CheckoutResult, PointFinding, PointVerdict
from bridge.display.receipts import say
from utils.text import cut_at_a_word

_STYLES = {PointVerdict.FAIL: "bold red", PointVerdict.PASS: "green"}
_WIDEST = max(map(len, PointVerdict))
_SHOWN = 160
"""Characters of why a point is not provable; a report has all of it."""


def tell_news(console: Console, news: PointFinding | Progress) -> None:
    """A finding, or how far the building's actuators are."""
    if isinstance(news, PointFinding):
        _tell_finding(console, news)
    else:
        say(console, f"{news.says} ({news.done} of {news.of}, some {news.left_s:.0f} s left)")


def _tell_finding(console: Console, finding: PointFinding) -> None:
    """``pass          VAV_South.SpaceTemp  read back``."""
    line = f"{finding.verdict.value:<{_WIDEST}}  {finding.equipment}.{finding.point}  {finding.proof.value}"
    say(console, f"{line}: {finding.fault.value}" if finding.fault else line, _STYLES.get(finding.verdict, ""))


def tell_coverage(console: Console, result: CheckoutResult) -> None:
    """What will not be tested, before anybody believes what was."""
    for line in result.not_tested:
        say(console, line)


def tell_summary(console: Console, result: CheckoutResult) -> None:
    """Every point that did not pass, with the sentence that says why, failures first; then the counts.

    The name that a point is not told from stands at the end of a sentence; where that is long, the reports have it.
    """
    say(console, "")
    for verdict in PointVerdict:
        if verdict is PointVerdict.PASS:
            continue
        for finding in _of(result, verdict):
            style = _STYLES.get(verdict, "")
            says = cut_at_a_word(finding.says, _SHOWN) if verdict is PointVerdict.NOT_PROVABLE else finding.says
            say(console, f"{verdict.value}: {finding.equipment}.{finding.point}: {says}", style)
    counts = Counter(point.verdict for point in result.points)
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in PointVerdict if counts[verdict])
    took = (result.ended - result.began).total_seconds()
    say(console, f"{len(result.points)} points in {took:.0f} s: {told or 'none'}. {result.given_back}")


def _of(result: CheckoutResult, verdict: PointVerdict) -> Iterator[PointFinding]:
    for point in result.points:
        if point.verdict is verdict:
            yield from (finding for finding in point.findings if finding.verdict is verdict)
