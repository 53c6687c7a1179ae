"""Two runs side by side, over the model time that they have in common."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from recording.numbers.comfort import UNMET_K
from recording.report.html import Cell, Markup, heading, paragraph, points, section, shown, table
from recording.report.parts.actuators import use_of
from recording.report.parts.comfort import comfort_of
from recording.report.parts.energy import carrier_kwh
from recording.report.view import ReportView

_NEAR_S = 1.0
_Pair = tuple[float, float]


def comparison(view: ReportView) -> Markup:
    """The section; nothing where there is no other run."""
    other = view.other
    if other is None:
        return Markup()
    return section(
        f"Against {other.label}",
        "comparison",
        points(_differences(view, other)),
        *_energy(view, other),
        *_comfort(view, other),
        *_actuators(view, other),
    )


def is_same_time(view: ReportView, other: ReportView) -> bool:
    """Whether both runs are of the same model time."""
    mine, theirs = view.episode, other.episode
    return abs(mine.first_s - theirs.first_s) < _NEAR_S and abs(mine.last_s - theirs.last_s) < _NEAR_S


def _differences(view: ReportView, other: ReportView) -> Iterator[str]:
    yield f"Held against {other.run.name} ({other.run.fact('kind') or 'of unknown kind'})."
    cases = [str(one.run.fact("test_case", "name")) for one in (view, other)]
    if cases[0] != cases[1]:
        yield f"Different test cases ({cases[0]}, {cases[1]}): the differences say little."
    mine, theirs = view.episode, other.episode
    if math.isfinite(mine.step_s) and math.isfinite(theirs.step_s) and mine.step_s != theirs.step_s:
        yield f"Different steps: {mine.step_s:g} s here, {theirs.step_s:g} s there; each is summed with its own."
    yield f"Both are counted over {view.span(mine.first_s, mine.last_s)} of model time, which they have in common."


def _energy(view: ReportView, other: ReportView) -> Iterator[Markup]:
    mine, theirs = carrier_kwh(view), carrier_kwh(other)
    rows = [
        (kind.value, *_beside((mine[kind], theirs[kind]), 2), _percent((mine[kind], theirs[kind])))
        for kind in mine
        if kind in theirs
    ]
    if rows:
        yield heading("Energy, kWh")
        yield table(("carrier", "this run", other.label, "difference", "difference, %"), rows, (1, 2, 3, 4))


def _comfort(view: ReportView, other: ReportView) -> Iterator[Markup]:
    theirs = {zone.place: zone for zone in other.building.zones}
    rows: list[Sequence[Cell]] = []
    for zone in view.building.zones:
        if zone.place in theirs:
            one, two = comfort_of(view, zone), comfort_of(other, theirs[zone.place])
            if one.judged_h and two.judged_h:
                of = view.units.differences
                kelvin_hours = (of(one.below_kh + one.above_kh), of(two.below_kh + two.above_kh))
                hours = (one.below_h + one.above_h, two.below_h + two.above_h)
                rows.append((zone.label, *_beside(kelvin_hours, 2), *_beside(hours, 2)))
    if rows:
        unit = f"{view.units.difference} h"
        yield heading("Outside the set-points")
        limit = f"beyond by {shown(view.units.differences(UNMET_K), 1)} {view.units.difference}, h"
        head = ("zone", f"this run, {unit}", f"{other.label}, {unit}", "difference", f"this run, {limit}")
        yield table((*head, f"{other.label}, {limit}", "difference"), rows, range(1, 7))


def _actuators(view: ReportView, other: ReportView) -> Iterator[Markup]:
    theirs = {actuator.name: actuator for actuator in other.building.actuators}
    rows: list[Sequence[Cell]] = []
    for actuator in view.building.actuators:
        if actuator.name in theirs:
            one, two = use_of(view, actuator), use_of(other, theirs[actuator.name])
            if one.has_moved or two.has_moved:
                turns = (float(one.reversals), float(two.reversals))
                rows.append((actuator.label, *_beside((one.travel, two.travel), 2), *_beside(turns, 0)))
    if rows:
        yield heading("Actuators")
        head = ("actuator", "travel", f"{other.label}", "difference", "reversals", f"{other.label}", "difference")
        yield table(head, rows, range(1, 7))
    missing = [one.label for one in view.building.actuators if one.name not in theirs]
    if missing:
        yield paragraph(f"Not in the other run: {', '.join(missing)}.")


def _beside(pair: _Pair, digits: int) -> tuple[str, str, str]:
    difference = pair[0] - pair[1]
    sign = "+" if round(difference, digits) > 0.0 else ""
    return shown(pair[0], digits), shown(pair[1], digits), f"{sign}{shown(difference, digits)}"


def _percent(pair: _Pair) -> str:
    return f"{100.0 * (pair[0] / pair[1] - 1.0):+.1f}" if pair[1] else shown(math.nan)
