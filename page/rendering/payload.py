"""Moments as a browser gets them: compact JSON, numbers in the viewer's units and rounded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypedDict

from bridge.link import LinkState
from page.seeing.board import Board, ShownPoint
from page.seeing.memory import PastColumns
from page.seeing.moment import NumberedEvent, ShownMoment, time_of_day
from page.seeing.units import Readout, System
from page.seeing.zones import zones_in_words
from points import ANYTHING
from points.indicators import INDICATORS

TOLD_EVENTS = 12
"""In each message: more than ten times a second happens nothing."""
_FEW = 1e-4


def packed(content: object) -> bytes:
    """JSON without blanks."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()


def told(moment: ShownMoment, system: System) -> dict[str, object]:
    """A moment: ``v`` values by the points' numbers, ``s`` states and ``o`` own control where there is something."""
    readouts, status = _readouts(moment.board, system), moment.status
    return {
        "n": moment.number,
        "board": moment.board.version,
        "episode": status.episode,
        "phase": status.phase.value,
        "over": moment.is_over,
        "clock": clock_words(status.local_time),
        "x": moment.local_s,
        "wall": moment.wall_s,
        "head": headline(moment),
        "paused": moment.paused,
        "scale": moment.time.scale if moment.time is not None else None,
        "saved": moment.saved,
        "held": moment.time is not None and moment.time.held_since_s is not None,
        "v": [_shown(value, readout) for value, readout in zip(moment.values, readouts, strict=True)],
        "s": {number: state.value for number, state in enumerate(moment.standing.states) if state},
        "w": moment.standing.who,
        "o": {number: readouts[number].of(value) for number, value in moment.own.items()},
        "z": zones_in_words(moment, system),
        "c": {address: state.value for address, state in status.controllers.items()},
        "k": {name: indicator_words(value) for name, value in status.kpis.items() if name in INDICATORS},
        "e": [event_row(one) for one in moment.events[-TOLD_EVENTS:]],
    }


def shown_value(point: ShownPoint, moment: ShownMoment, system: System) -> float | None:
    """A value as it is shown; None where there is none."""
    return _shown(moment.values[point.number], point.reading(system))


@lru_cache(maxsize=4)
def _readouts(board: Board, system: System) -> tuple[Readout, ...]:
    """How all points are read, by their numbers: as long as the board stays, it is the same in every message."""
    return tuple(point.reading(system) for point in board.points)


def _shown(value: float | None, readout: Readout) -> float | None:
    return None if value is None or not math.isfinite(value) else readout.of(value)


def headline(moment: ShownMoment) -> Mapping[str, str]:
    """What stands above everything, by what it is."""
    status = moment.status
    online = sum(state is LinkState.ONLINE for state in status.controllers.values())
    step = moment.step_took_s
    return {
        "pace": f"{status.pace:.3g}× real time" if status.pace else "–",
        "step": str(status.step),
        "late": str(status.late_steps),
        "online": f"{online} of {len(status.controllers)}",
        "delay": f"{1000 * step:.0f} ms" if step is not None else "–",
    }


def clock_words(local: datetime | None) -> str:
    """A model time as people read it."""
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M:%S}" if local is not None else "no date"


def indicator_words(value: float) -> str:
    """An indicator's number; one that a case does not have is NaN."""
    if not math.isfinite(value):
        return "–"
    if 0 < abs(value) < _FEW:
        return f"<{_FEW}"
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"


def event_row(one: NumberedEvent) -> tuple[int, str, str, str]:
    """An event: its number, when, what kind, and in words."""
    event = one.event
    words = " ".join(part for part in (event.subject, event.words) if part)
    by = f"{words} ({event.who})" if event.who else words
    return one.number, time_of_day(event.wall_s), event.kind.value, by


class PastContent(TypedDict):
    """Columns of the past as a browser gets them."""

    t: list[float]
    series: list[list[float | None]]
    names: list[str]
    units: list[str]


def past(points: Sequence[ShownPoint], remembered: PastColumns, system: System) -> PastContent:
    """Columns of the past, for a plot: ``t`` are seconds of local time, as if the zone were UTC."""
    readings = [point.reading(system) for point in points]
    return {
        "t": list(remembered.times),
        "series": [
            [reading.of(value) if math.isfinite(value) else None for value in column]
            for reading, column in zip(readings, remembered.columns, strict=True)
        ],
        "names": [point.name for point in points],
        "units": [reading.sign for reading in readings],
    }


def points_list(board: Board, system: System) -> list[dict[str, object]]:
    """All points, for programs."""
    return [
        {
            "number": point.number,
            "name": point.name,
            "meaning": point.meaning.words if point.meaning is not None else None,
            "unit": point.reading(system).sign,
            "simulation": point.bop_point,
            "may_be_held": point.may_be_held,
        }
        for point in board.points
    ]


def point_facts(point: ShownPoint, moment: ShownMoment, system: System) -> dict[str, object]:
    """One point, for whoever wants to know more of it."""
    reading, value = point.reading(system), shown_value(point, moment, system)
    facts = {"commanded by": moment.standing.who.get(point.number, point.usually)}
    state = moment.standing.states[point.number]
    if state.value:
        facts["state"] = state.value
    if point.description and point.description != point.words:
        facts["description"] = point.description
    if point.bop_point != point.name:
        facts["in the simulation"] = point.bop_point
    if point.target is not None:
        facts["in the controller"] = f"{point.target.object_type} {point.label}, {point.target.device}"
    if point.limits != ANYTHING and point.may_be_held:
        facts["takes"] = point.limits.through(point.in_object_unit).through(reading.conversion).words(reading.sign)
    return {
        "number": point.number,
        "name": point.name,
        "words": point.words,
        "unit": reading.sign,
        "value": None if value is None else round(value, reading.digits),
        "may_be_held": point.may_be_held,
        "facts": facts,
    }
