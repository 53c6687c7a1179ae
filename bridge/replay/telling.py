"""What a replay has shown, in words and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from bridge.display.rows import print_rows
from recording.comparing import ORDER, Comparison, DayOfOutput, JudgedOutput, Likeness, counted
from recording.moments import model_moment

_HEADINGS = ("Output", "Says", "Steps outside", "First", "Largest", "Tolerance")


def print_comparison(console: Console, found: Comparison, file: Path) -> None:
    """Every output, those that differ first, and what it comes to."""
    print_rows(console, "", _HEADINGS, map(_cells, found.judged), spare=("Tolerance",))
    for line in (*_obstacles(found.judged), *_one_sided(found)):
        say(console, line)
    told = counted([output.likeness for output in found.outputs])
    say(console, f"{found.likeness.value.capitalize()}: {told}. The replay is {file}")


def print_spread(console: Console, spread: Mapping[str, float], rounds: int) -> None:
    """How far the same controllers agree with themselves."""
    rows = [(title, f"{value:.4g}") for title, value in sorted(spread.items(), key=lambda one: -one[1])]
    print_rows(console, f"Spread over {rounds} rounds", ("Output", "Spread"), rows)


def print_days(console: Console, days: Sequence[DayOfOutput]) -> None:
    """What each output does otherwise on the same day, those that differ first."""
    ordered = sorted(days, key=lambda day: ORDER.index(day.likeness))
    rows = [(day.signal.title, day.likeness.value, "; ".join(day.words)) for day in ordered]
    print_rows(console, "", ("Output", "Says", "What it does otherwise"), rows)
    say(console, counted([day.likeness for day in days]))


def _cells(output: JudgedOutput) -> tuple[str, ...]:
    title, tolerance = output.signal.title, output.tolerance
    if output.likeness is Likeness.NOT_COMPARABLE:
        return title, output.likeness.value, "", "", "", ""
    width = tolerance.in_words()
    steps = f"{output.steps} of {output.compared}"
    if output.first_s is None:
        return title, output.likeness.value, steps, "", "", width
    return title, output.likeness.value, steps, model_moment(output.first_s), f"{output.largest:.4g}", width


def _obstacles(judged: list[JudgedOutput]) -> Iterator[str]:
    for output in judged:
        if output.why:
            yield f"{output.signal.title}: {output.why}"


def _one_sided(found: Comparison) -> Iterator[str]:
    if found.only_recorded:
        yield f"Recorded and not played: {', '.join(found.only_recorded)}"
    if found.only_played:
        yield f"Played and not recorded: {', '.join(found.only_played)}"
