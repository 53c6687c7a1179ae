"""Faults, and what the bridge did: everything that was told while it ran, and what became of what was taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from recording.columns import RunData
from recording.moments import moment_in_words
from recording.report.html import Cell, Markup, heading, paragraph, points, section, table, unbroken
from recording.words import Event, EventKind
from utils.clocks import ModelSeconds, model_datetime

_MOST_EVENTS = 150
_MOST_COUNTS = 15
_COUNTED = frozenset(
    {
        *(EventKind.OFFLINE, EventKind.YIELDED, EventKind.LATE, EventKind.FAULT, EventKind.ALARM, EventKind.GAP),
        *(EventKind.HAND, EventKind.PAUSED),
    }
)
_GIVEN_BACK = frozenset({"released", "restored", "was free already"})


def happenings(run: RunData) -> Markup:
    """The section."""
    notes = [event for event in run.events if event.kind is EventKind.NOTE]
    others = [event for event in run.events if event.kind not in (EventKind.NOTE, EventKind.LATE, EventKind.WRITE)]
    return section(
        "Faults and what the bridge did" if run.episodes else "Everything that was told",
        "happenings",
        points(_counts(run.events)),
        _table(run, others),
        *_notes(run, notes),
        heading("Given back"),
        *given_back(run),
    )


def receipt_outcomes(run: RunData) -> Counter[str]:
    """How often each outcome is recorded of what was taken."""
    receipts = run.fact("receipts")
    rows = receipts if isinstance(receipts, list) else []
    return Counter(str(one.get("outcome", "not told")) for one in rows if isinstance(one, Mapping))


def _counts(events: Sequence[Event]) -> Iterator[str]:
    counts = Counter((event.kind.value, event.subject) for event in events if event.kind in _COUNTED)
    for (kind, subject), count in counts.most_common(_MOST_COUNTS):
        yield f"{kind}{f': {subject}' if subject else ''} ({count} time{'s' * (count > 1)})"


def _table(run: RunData, events: Sequence[Event]) -> Markup:
    rows = [_row(run, event) for event in events[:_MOST_EVENTS]]
    told = table(("host", "model time", "what", "of", "in words", "who"), rows)
    if len(events) > _MOST_EVENTS:
        said = f"The first {_MOST_EVENTS} of {len(events)}; the recording has them all."
        return Markup(told + paragraph(said))
    return told


def _row(run: RunData, event: Event) -> Sequence[Cell]:
    return (
        unbroken(_host_time(run, event)),
        unbroken(_model_time(run, event)),
        event.kind.value,
        event.subject,
        event.words,
        event.who,
    )


def _host_time(run: RunData, event: Event) -> str:
    """With the date where it is not the run's first day."""
    moment, first = (datetime.fromtimestamp(one).astimezone() for one in (event.wall_s, run.began_s))
    return f"{moment:%H:%M:%S}" if moment.date() == first.date() else f"{moment.day} {moment:%b %H:%M:%S}"


def _model_time(run: RunData, event: Event) -> str | None:
    if event.time_s is None:
        return None
    return moment_in_words(model_datetime(ModelSeconds(event.time_s), run.first_year))


def _notes(run: RunData, notes: Sequence[Event]) -> Iterator[Markup]:
    if notes:
        yield heading("Notes")
        rows = [(_host_time(run, one), _model_time(run, one), one.who, one.words) for one in notes]
        yield table(("host", "model time", "who", "note"), rows)


def given_back(run: RunData) -> Iterator[Markup]:
    """What became of what was taken."""
    receipts = run.fact("receipts")
    if not isinstance(receipts, list):
        yield paragraph("The recording does not tell what was given back.")
        return
    outcomes = receipt_outcomes(run)
    yield points(f"{outcome}: {count}" for outcome, count in outcomes.most_common())
    others = [one for one in receipts if isinstance(one, Mapping) and one.get("outcome") not in _GIVEN_BACK]
    head = sorted({str(name) for one in others for name in one})
    if others:
        yield table(head, [[_told(one.get(name)) for name in head] for one in others[:_MOST_EVENTS]])


def _told(value: object) -> str | None:
    return None if value is None else str(value)
