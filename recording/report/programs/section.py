"""What supervisory programs did: each a section with its writes, its switch, its troubles and its curves."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from recording.columns import RunData
from recording.moments import duration_in_words
from recording.numbers.series import greatest, least
from recording.numbers.spans import total_s
from recording.report.html import (
    NOTHING,
    Cell,
    Markup,
    facts_table,
    heading,
    paragraph,
    points,
    section,
    significant,
    table,
)
from recording.report.programs.drawn import drawn
from recording.report.programs.seen import ProgramWrite, SeenProgram, seen_programs
from recording.report.units import written
from recording.words import EventKind
from utils.home import CALLED

_MOST_WRITES = 60
_MOST_NOTES = 15
_TROUBLES = (EventKind.ALARM, EventKind.FAULT)


def programs(run: RunData) -> Iterator[Markup]:
    """A section for each."""
    for number, program in enumerate(seen_programs(run), 1):
        writes = program.writes()
        yield section(
            f"Program {program.name}",
            f"program-{number}",
            facts_table(_facts(program)),
            heading("What it commanded"),
            _commanded(program, writes),
            *drawn(program),
            heading("Each write"),
            *_writes(program, writes),
            heading("When it was allowed to write"),
            _standings(program),
            heading("Alarms and faults"),
            _troubles(program),
            *_notes(program),
        )


def in_a_line(program: SeenProgram) -> str:
    """What it did, for who reads nothing else."""
    writes, troubles = program.writes(), [event for event in program.events if event.kind in _TROUBLES]
    episode, slots = program.episode, len({write.label for write in writes})
    long = duration_in_words(episode.last_s - episode.first_s)
    wrote = f"{_times(len(writes), 'write')} to {_times(slots, 'slot')}" if writes else "it wrote nothing"
    idle_s = total_s(program.idle_spans())
    off = f", {duration_in_words(idle_s)} of it without leave to write" if idle_s else ""
    said = f"; {_times(len(troubles), 'alarm or fault', 'alarms and faults')}" if troubles else ""
    return f"{program.name}: {_times(episode.steps, 'step')} in {long} of plant time{off}; {wrote}{said}."


def _facts(program: SeenProgram) -> Iterator[tuple[str, Cell]]:
    episode = program.episode
    yield "Plant time", Markup(f"{program.moment(episode.first_s)} – {program.moment(episode.last_s)}")
    yield "Steps", f"{episode.steps}, as a rule {duration_in_words(episode.step_s)} apart" if episode.steps > 1 else 1
    for name, value in program.run.facts_of("programs", program.name).items():
        yield name, _said(value)


def _commanded(program: SeenProgram, writes: Sequence[ProgramWrite]) -> Markup:
    counts, rows = Counter(write.label for write in writes), []
    for label, (signal, values) in program.commands.items():
        where = program.run.facts_of("commanded", program.name, label)
        place = [None if where.get(name) is None else str(where[name]) for name in ("device", "object", "slot")]
        ends = (significant(least(values)), significant(greatest(values)))
        held = duration_in_words(_held_s(program, values))
        rows.append((label, *place, written(signal.unit) or NOTHING, *ends, counts[label], held))
    head = ("point", "device", "object", "slot", "unit", "lowest", "highest", "writes", "held for")
    return table(head, rows, (3, 5, 6, 7)) if rows else paragraph("Nothing that its config names; see each write.")


def _held_s(program: SeenProgram, values: Sequence[float]) -> float:
    """How long there was something in the slot, as its steps saw it."""
    times = program.episode.times_s
    return sum(two - one for (one, two), value in zip(pairwise(times), values, strict=False) if not math.isnan(value))


def _writes(program: SeenProgram, writes: Sequence[ProgramWrite]) -> Iterator[Markup]:
    others = [event for event in program.events if event.kind is EventKind.WRITE]
    rows = [(write.time_s, _write(program, write)) for write in writes]
    rows += [(event.time_s or 0.0, (program.moment(event.time_s), event.words, "", "", "")) for event in others]
    shown = [row for _, row in sorted(rows, key=lambda pair: pair[0])[:_MOST_WRITES]]
    yield table(("plant time", "point", "before", "after", "why"), shown, (2, 3))
    if len(rows) > _MOST_WRITES:
        yield paragraph(f"The first {_MOST_WRITES} of {len(rows)}; {CALLED} export has every step.")


def _write(program: SeenProgram, write: ProgramWrite) -> Sequence[Cell]:
    given_back = "given back" if math.isnan(write.after) else significant(write.after)
    return program.moment(write.time_s), write.label, significant(write.before), given_back, _why(write.why)


def _standings(program: SeenProgram) -> Markup:
    rows: list[Sequence[Cell]] = []
    for event in program.standings:
        state, _, why = event.words.partition(": ")
        rows.append((program.moment(event.time_s) or "before its first step", state, why or None))
    return table(("plant time", "state", "why"), rows)


def _troubles(program: SeenProgram) -> Markup:
    events = [event for event in program.events if event.kind in _TROUBLES]
    counts = Counter((event.kind.value, event.words) for event in events)
    first = {(event.kind.value, event.words): event.time_s for event in reversed(events)}
    rows = [(program.moment(first[key]), *key, count) for key, count in counts.most_common(_MOST_NOTES)]
    return table(("first, plant time", "what", "in words", "times"), rows, (3,))


def _notes(program: SeenProgram) -> Iterator[Markup]:
    counts = Counter(said.note for said in program.episode.said if said.note)
    if counts:
        yield heading("Steps that were skipped or cut short")
        yield points(f"{note} ({_times(count, 'step')})" for note, count in counts.most_common(_MOST_NOTES))


def _why(text: str) -> str:
    """What a program has explained: an object in JSON, or a reason in words."""
    try:
        told = json.loads(text)
    except ValueError:
        return text
    return _said(told)


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        told = {str(name): _said(item) for name, item in value.items()}
        return ", ".join(text if name == "why" else f"{name} {text}" for name, text in told.items() if text)
    if isinstance(value, list):
        return " ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _times(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"
