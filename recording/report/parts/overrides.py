"""Each override: which input of the building, who commanded it, from when to when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from recording.numbers.series import HOUR_S, greatest, least, masked
from recording.numbers.spans import total_s
from recording.report.building import seen_by
from recording.report.html import NOTHING, Cell, Markup, heading, paragraph, section, shown, significant, table
from recording.report.parts.set_points import set_points_acted_on
from recording.report.view import ReportView
from recording.words import Direction, EventKind

_MOST_SPANS = 4


def overrides(view: ReportView) -> Markup:
    """The section."""
    spans = override_spans(view)
    rows = [_row(view, base, when) for base, when in spans.items()]
    head = (
        "input of the building",
        "commanded by",
        "lowest",
        "highest",
        "unit",
        "in force, h",
        "times",
        "model time",
    )
    told = (
        table(head, rows, (2, 3, 5, 6))
        if rows
        else paragraph("The recording has no override of the building's inputs.")
    )
    return section("Overrides", "overrides", told, *_groups(view), *_by_hand(view), *set_points_acted_on(view))


def override_spans(view: ReportView) -> Mapping[str, Sequence[tuple[float, float]]]:
    """When each input of the building was overridden, by what its ``_u`` and ``_activate`` have in common."""
    sent = view.episode.named(Direction.TO_SIMULATION)
    return {
        name.removesuffix("_activate"): view.spans(states)
        for name, states in sent.items()
        if name.endswith("_activate")
    }


def group_spans(view: ReportView) -> Mapping[str, Sequence[tuple[float, float]]]:
    """When each group's overrides were active."""
    pairs = zip(view.episode.signals, view.episode.columns, strict=True)
    return {
        signal.equipment: view.spans(states)
        for signal, states in pairs
        if signal.direction == Direction.STATE and signal.title == f"{signal.equipment} active"
    }


def _row(view: ReportView, base: str, spans: Sequence[tuple[float, float]]) -> Sequence[Cell]:
    tied = seen_by(view.episode.signals, f"{base}_u")
    who = f"{tied.equipment}.{tied.object}" if tied else "not recorded"
    sent = view.episode.named(Direction.TO_SIMULATION)
    states, values = sent[f"{base}_activate"], sent.get(f"{base}_u")
    on = masked(values, states, lambda state: state > 0.5) if values is not None else ()
    unit, of = view.units.of(_unit_of(view, f"{base}_u"))
    ends = (significant(of(least(on))), significant(of(greatest(on))))
    return base, who, *ends, unit or NOTHING, shown(total_s(spans) / HOUR_S, 2), len(spans), _when(view, spans)


def _unit_of(view: ReportView, name: str) -> str:
    sent = (one for one in view.episode.signals if one.direction == Direction.TO_SIMULATION and one.point == name)
    return next((signal.unit for signal in sent), "")


def _when(view: ReportView, spans: Sequence[tuple[float, float]]) -> str:
    told = [view.span(first, last) for first, last in spans[:_MOST_SPANS]]
    more = len(spans) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "") if told else "never"


def _groups(view: ReportView) -> Iterator[Markup]:
    groups = group_spans(view)
    if groups:
        yield heading("Groups")
        rows = [
            (name, shown(total_s(spans) / HOUR_S, 2), shown(view.episode.hours, 2), len(spans), _when(view, spans))
            for name, spans in groups.items()
        ]
        yield table(("group", "active, h", "of, h", "times", "model time"), rows, (1, 2, 3))


def _by_hand(view: ReportView) -> Iterator[Markup]:
    events = [event for event in view.events if event.kind is EventKind.HAND]
    yield heading("By hand")
    rows = [
        (
            None if event.time_s is None else view.moment(event.time_s),
            event.who or "not told",
            event.subject,
            event.words,
        )
        for event in events
    ]
    yield table(("model time", "who", "what", "how"), rows)
