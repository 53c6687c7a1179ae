"""What differs between two expansions of one model, field by field, whatever they call things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hvac_templates.judge.schema import Schema
from tests.hvac_templates.oracle.cells import Model, Name, Reading, Thing, Value, by_type, same
from tests.hvac_templates.oracle.matching import Matching, Pair, Votes, match


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of one pair. ``hint`` says, for a name, what stands for it elsewhere."""

    type_name: str
    names: tuple[str, str]
    path: str
    one: str
    other: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and the objects that only one side has."""

    pairs: int
    differences: Sequence[Difference]
    only_one: Sequence[Thing]
    only_other: Sequence[Thing]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.differences or self.only_one or self.only_other)


def compare(base: Model, one: Model, other: Model, schema: Schema | None = None) -> Comparison:
    """Compare two expansions of ``base`` (the input, templates and all)."""
    known = schema or Schema.shipped()
    found = match(Reading(base, one, known).things(), Reading(base, other, known).things())
    differences = [difference for pair in found.pairs for difference in _differences(pair, found)]
    return Comparison(len(found.pairs), differences, found.only_one, found.only_other)


def _differences(pair: Pair, found: Matching) -> Iterator[Difference]:
    one, other = pair
    for path in sorted(one.cells.keys() | other.cells.keys()):
        mine, theirs = one.cells.get(path), other.cells.get(path)
        if not _agree(mine, theirs, found.votes):
            names = (one.name.text, other.name.text)
            yield Difference(one.type_name, names, path, _text(mine), _text(theirs), _hint(mine, found.votes))
    yield from _member_differences(pair, found.votes)


def _member_differences(pair: Pair, votes: Votes) -> Iterator[Difference]:
    """What is on the one's list and, by what stands for it, not on the other's, and the other way round."""
    one, other = pair
    names = (one.name.text, other.name.text)
    left = {name.text.casefold(): name.text for name in other.members}
    for member in one.members:
        partner = votes.partner(member) or member.text.casefold()
        if left.pop(partner, None) is None:
            yield Difference(one.type_name, names, "a member", member.text, "-", _hint(member, votes))
    for text in left.values():
        yield Difference(one.type_name, names, "a member", "-", text)


def _agree(one: Value, other: Value, votes: Votes) -> bool:
    if isinstance(one, Name) and isinstance(other, Name) and not one.anchored and not other.anchored:
        return votes.agreed(one, other)
    return same(one, other)


def _hint(one: Value, votes: Votes) -> str:
    if not isinstance(one, Name) or one.anchored:
        return ""
    partner = votes.partner(one)
    return f"elsewhere {partner!r}" if partner else ""


def _text(value: Value) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def report(comparison: Comparison, one: str, other: str) -> str:
    """The differences as text, the same ones of several objects together."""
    lines = [f"{comparison.pairs} objects paired; {one} | {other}"]
    for side, things in ((one, comparison.only_one), (other, comparison.only_other)):
        lines += [
            f"only {side}: {kind} ({len(some)}): {', '.join(thing.name.text for thing in some[:4])}"
            for kind, some in sorted(by_type(things).items())
        ]
    grouped: dict[tuple[str, str, str, str], list[Difference]] = defaultdict(list)
    for difference in comparison.differences:
        grouped[_group(difference)].append(difference)
    for group, some in sorted(grouped.items()):
        lines += _group_lines(group, some)
    return "\n".join(lines)


def _group(difference: Difference) -> tuple[str, str, str, str]:
    free = bool(difference.hint)
    values = ("(name)", "") if free else (difference.one, difference.other)
    return (difference.type_name, difference.path, *values)


def _group_lines(group: tuple[str, str, str, str], some: Sequence[Difference]) -> Iterator[str]:
    first = some[0]
    count = f" x{len(some)}" if len(some) > 1 else ""
    hint = f"   [{first.hint}]" if first.hint else ""
    yield f"{group[0]}.{first.path}{count}: {first.one} | {first.other}{hint}"
    yield f"      in {first.names[0]!r} | {first.names[1]!r}"
