"""The past of a run from its recording, while that is being written: finer than what the page remembers itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from page.seeing.board import ShownPoint
from page.seeing.memory import PastColumns
from recording import RecordedStep, RecordedStream, Signal, open_run

_STREAM = "bridge"
_PUT_ON_S = 7200.0


def recorded(path: Path, points: Sequence[ShownPoint], since_s: float, until_s: float, most: int) -> PastColumns | None:
    """These points between two local times (s, as if the zone were UTC), thinned to ``most`` rows.

    None where the recording has no steps of the bridge. Only the newest episode is told. Raises
    :class:`utils.errors.ConfigError` for a recording that cannot be read.
    """
    with open_run(path) as run:
        stream = run.streams.get(_STREAM)
        if stream is None:
            return None
        places = [_place(stream.signals, point) for point in points]
        rows = [
            (time_s, [_value(step, place) for place in places])
            for step in _newest_between(stream, since_s, until_s)
            if (time_s := _local_s(step)) is not None and since_s <= time_s <= until_s
        ]
    kept = rows[:: max(1, math.ceil(len(rows) / most))]
    return PastColumns(
        [time for time, _ in kept], tuple([values[at] for _, values in kept] for at in range(len(points)))
    )


def _newest_between(stream: RecordedStream, since_s: float, until_s: float) -> Iterator[RecordedStep]:
    """Steps of the newest episode that may be between two local times: clocks are put on by two hours at most."""
    newest = stream.newest()
    local_s = _local_s(newest) if newest is not None else None
    if newest is None or local_s is None:
        return iter(())
    ahead_s = local_s - newest.time_s
    return stream.between(newest.episode, since_s - ahead_s - _PUT_ON_S, until_s - ahead_s + _PUT_ON_S)


def _place(signals: Sequence[Signal], point: ShownPoint) -> int | None:
    for place, signal in enumerate(signals):
        is_object = bool(point.equipment) and (signal.equipment, signal.object) == (point.equipment, point.label)
        is_simulated = not point.equipment and not signal.equipment and signal.point == point.bop_point
        if is_object or is_simulated:
            return place
    return None


def _value(step: RecordedStep, place: int | None) -> float:
    value = step.values[place] if place is not None and place < len(step.values) else None
    return math.nan if value is None else float(value)


def _local_s(step: RecordedStep) -> float | None:
    if step.local_time is None:
        return None
    return datetime.fromisoformat(step.local_time).replace(tzinfo=UTC).timestamp()
