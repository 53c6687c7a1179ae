"""A replay against the recording that it has played, output by output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recording.columns import RecordedColumn, RecordedEpisode, TiedTo
from recording.comparing.funnel import EXACT, Tolerance
from recording.comparing.likeness import ORDER, JudgedOutput, Likeness, is_seldom, judge, known_in, noise_of
from recording.moments import model_moment
from recording.words import Direction, Signal

Tolerances = Callable[[Signal, Sequence[float]], Tolerance]
"""Which tolerance an output has, by its recorded values."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outputs in the recording's order; ``only_recorded`` and ``only_played`` are titles of what one alone has."""

    outputs: tuple[JudgedOutput, ...]
    only_recorded: tuple[str, ...] = ()
    only_played: tuple[str, ...] = ()

    @property
    def judged(self) -> list[JudgedOutput]:
        """The outputs, those that differ first."""
        return sorted(self.outputs, key=lambda output: ORDER.index(output.likeness))

    def differ_since(self, time_s: float) -> int:
        """How many outputs differ from some model time (s) on, or since before it."""
        return sum(output.first_s is not None and output.first_s <= time_s for output in self.outputs)

    @property
    def likeness(self) -> Likeness:
        """Of the whole: one that differs makes it different; that nothing can be compared is not the same."""
        found = {output.likeness for output in self.outputs}
        if Likeness.DIFFERENT in found:
            return Likeness.DIFFERENT
        is_whole = found == {Likeness.SAME} and not self.only_recorded
        return Likeness.SAME if is_whole else Likeness.NOT_COMPARABLE


def compare(
    recorded: RecordedEpisode, played: RecordedEpisode, tolerances: Tolerances, noise: Mapping[str, float]
) -> Comparison:
    """What controllers said to an episode and to its replay. ``noise`` is by the outputs' titles.

    Outputs of a controller that was shown something else are not comparable, and that is said.
    """
    shown = dict(_shown_otherwise(recorded, played))
    old, new = (episode.tied(Direction.FROM_CONTROLLER) for episode in (recorded, played))
    outputs = []
    for tied, (signal, was) in old.items():
        if tied not in new:
            continue
        theirs, column = new[tied]
        why = _other_unit(signal, theirs) or shown.get(_whose(signal), "")
        if why:
            outputs.append(JudgedOutput(signal, Likeness.NOT_COMPARABLE, why=why))
            continue
        now = played.at(recorded.times_s, column)
        spread = noise.get(signal.title, 0.0)
        outputs.append(judge(signal, recorded.times_s, was, now, tolerances(signal, was), spread))
    return Comparison(tuple(outputs), _lacking(old, new), _lacking(new, old))


def noises(rounds: Sequence[RecordedEpisode], reach_s: float) -> dict[str, float]:
    """The spread of each output, by title, when the same controllers are played several times."""
    if len(rounds) < 2:
        return {}
    first, told = rounds[0], [one.tied(Direction.FROM_CONTROLLER) for one in rounds]
    return {
        signal.title: noise_of(
            first.times_s,
            [one.at(first.times_s, outputs[tied][1]) for one, outputs in zip(rounds, told, strict=True)],
            reach_s,
        )
        for tied, (signal, _) in told[0].items()
        if all(tied in outputs for outputs in told)
    }


def _shown_otherwise(recorded: RecordedEpisode, played: RecordedEpisode) -> Iterator[tuple[str, str]]:
    """Controllers, as recorded, whose outputs cannot be compared, and the last reason why not.

    Whatever a controller is shown may come into each of its outputs, whichever config has it.
    """
    old, new = (episode.tied(Direction.TO_CONTROLLER) for episode in (recorded, played))
    outputs = recorded.tied(Direction.FROM_CONTROLLER)
    device_of = {signal.equipment: _whose(signal) for signal, _ in (*old.values(), *outputs.values())}
    for tied, (signal, _) in new.items():
        if tied not in old and signal.equipment in device_of:
            yield device_of[signal.equipment], f"the replay shows it {signal.object}, which the recording did not"
    for tied, (signal, was) in old.items():
        if tied not in new:
            yield _whose(signal), f"the replay does not show it {signal.object}"
        elif why := _otherwise(recorded, signal, was, played.at(recorded.times_s, new[tied][1])):
            yield _whose(signal), why


def _otherwise(recorded: RecordedEpisode, signal: Signal, was: Sequence[float], now: Sequence[float]) -> str:
    """In what a point that a controller was shown is another one than it was."""
    judged = judge(signal, recorded.times_s, was, now, EXACT)
    if judged.likeness is Likeness.DIFFERENT:
        return f"it was shown another {signal.object} from {model_moment(judged.first_s or 0.0)} on"
    if is_seldom(was, now) or is_seldom(now, was):
        known = f"in {known_in(was)} steps of the recording and {known_in(now)} of the replay"
        return f"it was shown {signal.object} {known}"
    return ""


def _lacking(one: Mapping[TiedTo, RecordedColumn], other: Mapping[TiedTo, RecordedColumn]) -> tuple[str, ...]:
    return tuple(signal.title for tied, (signal, _) in one.items() if tied not in other)


def _whose(signal: Signal) -> str:
    """The controller; an equipment stands for one that is not told."""
    return signal.device or signal.equipment


def _other_unit(old: Signal, new: Signal) -> str:
    return f"it is in {new.unit or 'no unit'} now, and was in {old.unit or 'no unit'}" if old.unit != new.unit else ""
