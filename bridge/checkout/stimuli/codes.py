"""Codes: in each round a number that no other measurement of that unit has, and over all rounds a sequence of its own.

Numbers go through three parts of their span, the middle one first, then the lowest, then the highest: what follows
once and no more, what is cut, and what is reversed then look different. Within a part each has a place, and those who
are neighbours in one round are far apart in the next (a stride near the golden section), so that a crossed pair is told
from a controller that rounds. States are told apart by patterns, in as many rounds as that takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.checkout.stimuli.spans import Span, Stimulus

ROUNDS = 3
MOST_ROUNDS = 8
"""More would tell apart more than 254 switches of one site: beyond that some have the same pattern."""
_PARTS = (1, 0, 2)
"""Of a span, in the order of the rounds."""
_GOLDEN = 0.618


@dataclass(frozen=True, slots=True)
class Stimuli:
    """What is shown in each round, by the simulation's names and in its units, and what could not be coded."""

    rounds: tuple[Mapping[str, float], ...]
    left_out: frozenset[str]


def coded(stimuli: Sequence[Stimulus]) -> Stimuli:
    """The rounds for these measurements."""
    shown = [one for one in stimuli if one.is_shown]
    switched = [one for one in shown if one.states or one.off is not None]
    patterns = _patterns(len(switched))
    count = max([ROUNDS, *map(len, patterns)])
    bits = {one.name: pattern for one, pattern in zip(switched, patterns, strict=True)}
    sequences = {one.name: _states_of(one, bits[one.name], count) for one in switched if one.states}
    for group in _by_unit([one for one in shown if not one.states]):
        for place, one in enumerate(group):
            sequences[one.name] = _numbers(one, place, len(group), count, bits.get(one.name, ()))
    rounds = tuple({name: sequence[number] for name, sequence in sequences.items()} for number in range(count))
    return Stimuli(rounds, frozenset(one.name for one in stimuli if not one.is_shown))


def _by_unit(stimuli: Sequence[Stimulus]) -> list[list[Stimulus]]:
    groups: dict[str | None, list[Stimulus]] = {}
    for one in stimuli:
        groups.setdefault(one.unit, []).append(one)
    return list(groups.values())


def _patterns(count: int) -> list[tuple[bool, ...]]:
    """So many patterns, each with an on and an off in it, in as few rounds as that takes but three at least."""
    rounds = min(max(ROUNDS, math.ceil(math.log2(count + 2))), MOST_ROUNDS)
    told = 2**rounds - 2
    return [tuple(bool((number % told + 1) >> bit & 1) for bit in range(rounds)) for number in range(count)]


def _states_of(one: Stimulus, pattern: Sequence[bool], count: int) -> list[float]:
    """Two states by the pattern; of more, the one or the other of two that go round with the rounds."""
    if len(one.states) == 2:
        return [one.states[_bit(pattern, number)] for number in range(count)]
    return [one.states[(number + _bit(pattern, number)) % len(one.states)] for number in range(count)]


def _bit(pattern: Sequence[bool], number: int) -> int:
    return int(pattern[number % len(pattern)])


def _numbers(one: Stimulus, place: int, size: int, count: int, pattern: Sequence[bool]) -> list[float]:
    values = []
    for number in range(count):
        share = (_place(place, number, size) + 0.5) / size
        if one.off is not None and pattern and not _bit(pattern, number):
            values.append(_within(one.off, share, size))
        elif one.span is not None:
            values.append(_within(one.span, (_PARTS[number % 3] + 0.1 + 0.8 * share) / 3, 3 * size))
    return values


def _place(place: int, number: int, size: int) -> int:
    return place * _stride(size, number) % size


def _stride(size: int, number: int) -> int:
    """1 in the first round; then numbers that have no divisor in common with the size, so that all places are used."""
    wanted = 1 if number == 0 else round(size * (_GOLDEN if number % 2 else 1 - _GOLDEN)) + number // 2
    return next(stride for stride in range(max(wanted, 1), 2 * size + 2) if math.gcd(stride, size) == 1)


def _within(span: Span, share: float, size: int) -> float:
    """Rounded to what is needed to tell so many apart, so that people can read it."""
    low, high = span
    fine = (high - low) / max(size, 1) / 50
    digits = max(0, math.ceil(-math.log10(fine))) if fine > 0 else 0
    return round(low + (high - low) * share, digits)
