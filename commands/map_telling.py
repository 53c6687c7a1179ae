"""What ``map`` prints: what has to be looked at, how a list and controllers differ, which files were written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console

from bridge.display.receipts import say
from bridge.display.rows import print_rows
from mapping import Listed, Proposal, Proposed
from mapping.results import DraftFile, differences

_SHOWN = 12


def tell_proposal(console: Console, proposal: Proposal, remarks: Mapping[int, str]) -> None:
    """What is not sure, and how many are."""
    mapped = [one for one in proposal.points if one.is_mapped]
    look = [one for one in mapped if not one.is_sure]
    rows = [_row(one) for one in look]
    if rows:
        print_rows(console, "to be looked at", ("equipment", "object", "simulation", "score", "why"), rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say(console, f"and {len(rows) - _SHOWN} more, which are in the sheet")
    say(
        console,
        f"{len(mapped)} of {len(proposal.points)} points mapped, {len(mapped) - len(look)} of them sure; "
        f"{len(proposal.left)} of the simulation are left",
    )
    if lost := [one for one in proposal.points if one.lost]:
        first = f"{lost[0].controller.name}: {lost[0].lost}"
        say(console, f"{len(lost)} more are like what another has, the sheet says which; {first}")
    if remarks:
        say(console, f"{len(remarks)} of them cannot be in a config, the sheet says why")


def tell_differences(console: Console, listed: Sequence[Listed], found: Sequence[Listed]) -> None:
    """What the list has and the controllers have not, and the reverse."""
    told = differences(listed, found)
    for what, points in (
        ("in the list and not in the controllers", told.only_listed),
        ("in the controllers and not in the list", told.only_found),
    ):
        if points:
            print_rows(console, what, ("equipment", "object", "type"), [_cells(point) for point in points])
    for words in told.unlike:
        say(console, words)
    if not (told.only_listed or told.only_found or told.unlike):
        say(console, "the list and the controllers have the same points")


def _cells(point: Listed) -> tuple[str, str, str]:
    return point.equipment, point.name, str(point.object_type or "")


def tell_written(console: Console, written: Sequence[DraftFile]) -> None:
    """Which files there are now."""
    for one in written:
        say(console, f"{one.what} {one.file}: {one.points} points")


def _row(one: Proposed) -> tuple[str, ...]:
    first = one.candidates[0]
    return one.controller.equipment, one.controller.name, first.simulation.name, f"{first.score:.2f}", first.why
