"""One run of the daemon as its peers saw it and as its step log tells it, and what has to hold in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

from recording import RunsFolder
from recording.export import write_step_log
from tests.chaos.building import Advance
from tests.chaos.faults import PREVENTING
from tests.chaos.peers import ECHO, FRAME_INPUT, TIMEOUT_S
from tests.chaos.schedule import FOREIGN, HANG_UP, INTERRUPT_TWICE, KILL, RESTARTS, STOP, STOPS_TEST, Event

HOLD_STEPS = 3
_SLACK = 5
"""A deadline that holds on a busy computer is so many times the one that is promised."""
_BUSY = 4
"""Steps that take so many times what most of them take are long; on a busy computer all of them are slow."""
_MOMENTS_ALLOWED = 3
"""A busy computer may hold everything up for half a second now and then..."""
_SHARE_ALLOWED = 0.25
"""...and in so many of the steps: one controller that all others wait for holds up every one."""
EXIT_CODES: Mapping[str, tuple[int, ...]] = {
    KILL: (-9, 0, 1),
    INTERRUPT_TWICE: (130, 0, 1),
    FOREIGN: (1,),
    "": (0, 1),
}

Row = Mapping[str, str]


@dataclass
class Life:
    """What is known of one run."""

    number: int
    folder: Path
    names: Sequence[str]
    advances: list[Advance] = field(default_factory=list)
    calls: int = 0
    """Requests to advance, whatever became of them."""
    touched: set[str] = field(default_factory=set)
    """Controllers that something was done to."""
    hanging: int = 0
    """Faults that cost a time-out."""
    wishes: int = 0
    """How often somebody has asked something of the run; what that takes is no delay."""
    is_short_of_disk: bool = False
    """Whether the disk was full at some time: then rows of the step log may be lacking."""
    end: Event | None = None
    """What ended it; None where it was through."""
    code: int = 0
    output: str = ""

    @property
    def step_log(self) -> Path:
        """Where its step log is."""
        return self.folder / f"steps-{self.number}.csv"

    @property
    def runs(self) -> Path:
        """Where its recording is."""
        return self.folder / f"runs-{self.number}"

    def recover_step_log(self) -> None:
        """One that was killed has left its recording."""
        if self.step_log.exists() or not self.runs.exists():
            return
        for run in RunsFolder(self.runs, most_bytes=0).runs():
            write_step_log(run.parts[0], "bridge", self.step_log)

    @property
    def ended_by(self) -> str:
        """What ended it, or nothing where it was through."""
        return self.end.kind if self.end is not None else ""

    @property
    def heard_last(self) -> set[str]:
        """The controllers whose commands were fresh in the last advance."""
        last = self.own_advances[-1:]
        return {
            name for one in last for name, answered in zip(self.names, one.echoes, strict=True) if answered == one.frame
        }

    @property
    def never_began(self) -> bool:
        """Whether it ended before its first step, although nothing had happened to this computer."""
        return not (self.advances or self.is_short_of_disk)

    @property
    def own_advances(self) -> Sequence[Advance]:
        """Without one that the daemon has asked for after somebody else had begun the building anew: its last.

        A building that was restarted takes its own long step then, in several parts.
        """
        if self.ended_by not in (FOREIGN, RESTARTS):
            return self.advances
        return [one for one in self.advances if not one.is_theirs]

    @property
    def ended_in_calm(self) -> bool:
        """Whether it was asked to end when nothing was wrong that does not pass by itself."""
        is_calm = self.end is not None and self.end.end is not None and self.end.end.is_calm
        is_asked = self.ended_by in (STOP, HANG_UP)
        return is_asked and is_calm and not self.is_short_of_disk and self.heard_last == set(self.names)

    @property
    def was_killed(self) -> bool:
        """Whether it may not have come to its end."""
        return self.ended_by in (KILL, INTERRUPT_TWICE)

    def note(self, event: Event, *, hangs: bool) -> None:
        """Something is done to a controller, which may cost a time-out."""
        self.touched.add(event.who)
        self.hanging += hangs

    def problems(self) -> Iterator[str]:
        """Everything that should not have been."""
        rows = _rows(self.step_log)
        if 'File "' in self.output:
            yield f"an unhandled error: {self.output[-3000:]}"
        if self.code not in EXIT_CODES.get(self.ended_by, EXIT_CODES[""]) and not self._never_listened:
            yield f"exit code {self.code} after {self.ended_by or 'the last step'}: {self.output[-2000:]}"
        if self.code != 0 and self.ended_in_calm:
            yield f"exit code {self.code}, and nothing was wrong that does not pass by itself: {self.output[-3000:]}"
        yield from self._wrong_counts(rows)
        yield from self._delays()
        for row, advance in zip(_answered(rows), self.own_advances, strict=False):
            yield from self._stale_commands(row, advance)
        yield from self._neglected(rows)

    @property
    def _never_listened(self) -> bool:
        """Whether it was asked to end while Python was starting, before anything of it was there to hear of it."""
        return self.ended_by == STOP and self.code == -15 and self.never_began and not self.output

    def _wrong_counts(self, rows: Sequence[Row]) -> Iterator[str]:
        """Each step once in the building, once in the step log, and asked for once."""
        frames, steps = [advance.frame for advance in self.own_advances], [int(row["step"]) for row in rows]
        if not self._count_up(frames):
            yield f"advances from frames {frames}"
        if not self._count_up(steps):
            yield f"the step log has steps {steps}"
        lost = len(frames) - max(len(_answered(rows)) - 1, 0)
        if lost < 0 or (lost > 1 and not self.was_killed and not self.is_short_of_disk):
            yield f"{len(frames)} advances and {len(steps)} rows in the step log, ended by {self.ended_by}"
        is_counted_here = self.ended_by == FOREIGN  # a building that was restarted counts anew
        done = len(self.own_advances) + (is_counted_here and len(self.own_advances) < len(self.advances))
        prevented = self.calls - done
        if prevented not in (
            (0, 1) if self.ended_by in (*PREVENTING, STOPS_TEST, RESTARTS) or self.was_killed else (0,)
        ):
            yield f"advance was asked for {self.calls} times and done {done} times, ended by {self.ended_by}"

    def _count_up(self, numbers: Sequence[int]) -> bool:
        """From 0 on, and anew from 0 for each time that somebody has asked for it at the most."""
        begun = [number for number, one in enumerate(numbers) if one == 0]
        expected = [one for low, high in pairwise([*begun, len(numbers)]) for one in range(high - low)]
        return list(numbers) == expected and len(begun) <= 1 + self.wishes

    def _stale_commands(self, row: Row, advance: Advance) -> Iterator[str]:
        """Who was shown the frame and was heard has answered it; commands of others are a few steps old."""
        for name, answered in zip(self.names, advance.echoes, strict=True):
            shown, told = row[f"{name}.{FRAME_INPUT}"], row[f"{name}.{ECHO} [percent]"]
            if shown and told:
                is_right = (float(shown), float(told), answered) == (advance.frame,) * 3
            else:
                is_right = answered is None or 0 <= advance.frame - answered <= HOLD_STEPS
            if not is_right:
                yield f"{name} was shown {shown} and told {told} in frame {advance.frame}; the building got {answered}"

    def _neglected(self, rows: Sequence[Row]) -> Iterator[str]:
        """Controllers that nothing was done to, and that were not heard any more all the same."""
        columns = [f"{name}.{ECHO} [percent]" for name in self.names if name not in self.touched]
        fallen = [
            after["step"]
            for before, after in pairwise(rows)
            if any(before[column] and not after[column] for column in columns)
        ]
        if len(fallen) > _MOMENTS_ALLOWED + len(self._long_steps()):
            yield f"controllers fell silent in steps {fallen}, and nothing was done to them"

    def _delays(self) -> Iterator[str]:
        """A controller that hangs costs all others one time-out, once."""
        long = self._long_steps()
        most = max(TIMEOUT_S, _BUSY * self._usual_s())
        longest = max(long, default=0.0)
        if longest > _SLACK * most:
            yield f"the others waited for {longest:.1f} s"
        too_long = sum(gap_s > most for gap_s in long)
        if too_long > max(_MOMENTS_ALLOWED, _SHARE_ALLOWED * len(self._gaps_s())) + 2 * self.hanging + 2 * self.wishes:
            yield f"{too_long} steps took longer than {most:.1f} s, and only {self.hanging} faults hang"

    def _long_steps(self) -> list[float]:
        """Seconds that steps took in which a controller may have been given up: by its fault, or a busy computer's."""
        return [gap_s for gap_s in self._gaps_s() if gap_s > TIMEOUT_S]

    def _usual_s(self) -> float:
        return median(self._gaps_s() or [0.0])

    def _gaps_s(self) -> list[float]:
        return [after.at_s - before.at_s for before, after in pairwise(self.own_advances)]


def _rows(file: Path) -> list[Row]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _answered(rows: Sequence[Row]) -> list[Row]:
    """Those on which the building was advanced, and the last: not what ends an episode."""
    return [row for row, after in pairwise([*rows, {"step": "1"}]) if after["step"] != "0"]
