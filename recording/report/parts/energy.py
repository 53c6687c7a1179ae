"""Energy by carrier and by consumer, hour by hour and day by day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from points.meanings import Carrier
from recording.charts import Curve, Panel
from recording.numbers.energy import kwh, kwh_by_hour, total
from recording.numbers.series import HOUR_S, greatest
from recording.report.building import SeenPower
from recording.report.html import Cell, Markup, noted, paragraph, section, shown, table
from recording.report.view import ReportView

_HOURS_PER_DAY = 24
_MOST_DAYS = 31
"""Of more days the hours are not told."""
_LARGE_KWH = 100.0


def energy(view: ReportView) -> Markup:
    """The section."""
    powers = view.building.powers
    if not powers:
        return section("Energy", "energy", paragraph("The recording has no power of the building."))
    return section("Energy", "energy", _consumers(view), *_over_time(view))


def carriers(view: ReportView) -> dict[Carrier, list[float]]:
    """The power of each carrier that the recording knows, in W; powers of unknown carriers belong to none."""
    powers = {kind: [one.values for one in view.building.powers if one.carrier is kind] for kind in Carrier}
    return {kind: total(columns) for kind, columns in powers.items() if columns}


def carrier_kwh(view: ReportView) -> dict[Carrier, float]:
    """The energy of each carrier that the recording knows."""
    return {kind: kwh(view.building.weights, power) for kind, power in carriers(view).items()}


def _consumers(view: ReportView) -> Markup:
    rows: list[Sequence[Cell]] = []
    weights = view.building.weights
    for kind, power in carriers(view).items():
        consumers = sorted(_of(view, kind), key=lambda one: -kwh(weights, one.values))
        rows += [_row(one.description or one.name, one.name, kind.value, weights, one.values) for one in consumers]
        rows.append(_row(Markup("<b>together</b>"), "", kind.value, weights, power))
    others = _of(view, None)
    rows += [_row(one.description or one.name, one.name, "not recorded", weights, one.values) for one in others]
    head = ("consumer", "point", "carrier", noted("energy, kWh", "energy"), "highest, kW")
    said = paragraph("Powers whose carrier is not recorded are in no sum.") if others else ""
    return Markup(table(head, rows, (3, 4)) + said)


def _row(words: str, name: str, carrier: str, weights: Sequence[float], power: Sequence[float]) -> Sequence[Cell]:
    return words, name, carrier, shown(kwh(weights, power), 2), shown(greatest(power) / 1000.0, 2)


def _of(view: ReportView, kind: Carrier | None) -> list[SeenPower]:
    return [one for one in view.building.powers if one.carrier is kind]


def _over_time(view: ReportView) -> Iterator[Markup]:
    own = {kind: kwh_by_hour(view.episode.times_s, power) for kind, power in carriers(view).items()}
    if not own:
        return
    beside = carriers(view.other) if view.other is not None else {}
    other_times = view.other.episode.times_s if view.other is not None else ()
    lines = [Curve(kind.value, _at(view, hours), stepped=True) for kind, hours in own.items()]
    for kind, power in beside.items():
        hours = kwh_by_hour(other_times, power)
        label = f"{kind.value}, {view.other.label}" if view.other else ""
        lines.append(Curve(label, _at(view, hours), dashed=True, stepped=True))
    yield view.drawn([Panel("Energy of each hour, kWh", lines, height=130.0)], "Energy hour by hour, as used.")
    yield from (_by_hours(view, kind, hours) for kind, hours in own.items())


def _at(view: ReportView, hours: Mapping[int, float]) -> list[float]:
    return [hours.get(int(time_s // HOUR_S), float("nan")) for time_s in view.episode.times_s]


def _by_hours(view: ReportView, kind: Carrier, hours: Mapping[int, float]) -> Markup:
    """A line per day; of a very long run its sums only."""
    days = sorted({hour // _HOURS_PER_DAY for hour in hours})
    columns = range(_HOURS_PER_DAY) if len(days) <= _MOST_DAYS else ()
    rows = [
        (
            _date(view, day),
            *(_brief(hours.get(day * _HOURS_PER_DAY + hour, math.nan)) for hour in columns),
            _brief(sum(energy for hour, energy in hours.items() if hour // _HOURS_PER_DAY == day)),
        )
        for day in days
    ]
    head = ("", *columns, "day")
    caption = f"{kind.value[0].upper()}{kind.value[1:]} in kWh, by the hour in which it was used"
    return Markup(f"<div class='hours'>{table(head, rows, range(1, len(head)), caption)}</div>")


def _date(view: ReportView, day: int) -> str:
    moment = view.local(day * _HOURS_PER_DAY * HOUR_S)
    return f"{moment.day} {moment:%b}"


def _brief(kwh: float) -> str:
    return shown(kwh, 1 if kwh < _LARGE_KWH else 0)
