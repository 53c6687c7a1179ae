"""Zones and all other equipments, each as a card; what is on no drawing and no card of its own is a row."""

from __future__ import annotations

from collections.abc import Sequence

from page.rendering.markup import PageView, breakable, escape
from page.rendering.payload import indicator_words
from page.seeing.board import ShownPoint
from page.seeing.zones import ShownZone, found_by_meaning, zones_of
from points.indicators import INDICATORS
from points.meanings import Meaning, Measure, Medium, Spot, Use

_ROWS: tuple[tuple[str, Meaning], ...] = (
    ("Supply air", Meaning(Medium.SUPPLY_AIR, Spot.TERMINAL, Measure.TEMPERATURE, Use.MEASURED)),
    ("Air flow", Meaning(Medium.SUPPLY_AIR, Spot.TERMINAL, Measure.FLOW, Use.MEASURED)),
    ("CO2", Meaning(Medium.ZONE_AIR, Spot.ZONE, Measure.CO2, Use.MEASURED)),
    ("Damper", Meaning(Medium.SUPPLY_AIR, Spot.DAMPER, Measure.POSITION, Use.COMMAND)),
    ("Reheat", Meaning(Medium.HOT_WATER, Spot.REHEAT_VALVE, Measure.POSITION, Use.COMMAND)),
)
"""What a zone's card shows below its temperature."""


def zones(view: PageView) -> str:
    """A card for each zone."""
    cards = "".join(_zone(view, zone) for zone in zones_of(view.board))
    return f'<section class="zones" aria-label="Zones">{cards}</section>' if cards else ""


def _zone(view: PageView, zone: ShownZone) -> str:
    found = found_by_meaning(view.board, zone.equipment)
    known = [(label, found[meaning]) for label, meaning in _ROWS if meaning in found]
    placed = {zone.temperature.number, *(point.number for _, point in known)}
    more = [point for point in view.board.of(zone.equipment) if point.number not in placed]
    return (
        f'<article class="card zone"><h3>{breakable(zone.equipment)} <em data-z="{escape(zone.equipment)}">'
        f"{zone.in_words(view.moment, view.system)}</em></h3>"
        f'<p class="big">{view.button(zone.temperature)}{_setpoints(view, zone)}</p>'
        f"<table>{''.join(_row(view, label, point) for label, point in known)}{_rows(view, more)}</table></article>"
    )


def _setpoints(view: PageView, zone: ShownZone) -> str:
    if zone.heating is None or zone.cooling is None:
        return ""
    low, high = (view.number(point) for point in (zone.heating, zone.cooling))
    whose = "set-points" if zone.heating.equipment else "building's set-points"
    return f' <small class="set">{whose}<br>{low} – {high} {view.sign(zone.cooling)}</small>'


def equipments(view: PageView, names: Sequence[str]) -> str:
    """A card for each of these equipments, with all that it has."""
    cards = "".join(
        f'<article class="card"><h3>{breakable(name)}</h3><table>{_rows(view, view.board.of(name))}</table></article>'
        for name in names
    )
    return f'<section class="others" aria-label="Other equipment">{cards}</section>' if cards else ""


def rest_of(view: PageView, equipment: str, placed: frozenset[int]) -> str:
    """What an air handler has that is not on its drawing, and what the simulation has beside it."""
    own = [point for point in view.board.of(equipment) if point.number not in placed]
    beside = [point for point in view.board.beside(equipment) if point.number not in placed]
    if not own and not beside:
        return ""
    return f"<details><summary>{len(own) + len(beside)} more points</summary>{_table(view, [*own, *beside])}</details>"


def simulation(view: PageView) -> str:
    """All that only the simulation has: weather, plant, set-points."""
    points = view.board.unnamed
    if not points:
        return ""
    told = f"{len(points)} points of the simulation that no controller has"
    return f'<details class="card all"><summary>{told}</summary>{_table(view, points)}</details>'


def _table(view: PageView, points: Sequence[ShownPoint]) -> str:
    return f'<table class="many">{_rows(view, points)}</table>'


def _rows(view: PageView, points: Sequence[ShownPoint]) -> str:
    return "".join(_row(view, _label(point), point) for point in points)


def _label(point: ShownPoint) -> str:
    return point.label if point.equipment else point.words


def _row(view: PageView, label: str, point: ShownPoint) -> str:
    own = view.own(point) if point.may_be_held and point.role is not None else ""
    return f"<tr><th>{breakable(label)}</th><td>{view.button(point)}{own}</td></tr>"


def trend_sets(view: PageView) -> Sequence[tuple[str, Sequence[int]]]:
    """What is worth seeing together, named; empty sets are left out."""
    temperatures = [zone.temperature.number for zone in zones_of(view.board)]
    sets = [("Zones", temperatures), *((name, _meaning_set(view, places, what)) for name, places, what in _SETS)]
    fitting = [(name, tuple(numbers[:_MOST_CURVES])) for name, numbers in sets if numbers]
    return fitting or [("Points", tuple(_first_numbers(view)))]


_MOST_CURVES = 6
_SETS: tuple[tuple[str, tuple[Spot, ...], tuple[Measure, ...]], ...] = (
    ("Air temperatures", (Spot.DUCT, Spot.WEATHER), (Measure.TEMPERATURE,)),
    ("Valves and fan", (Spot.VALVE, Spot.FAN, Spot.PUMP), (Measure.POSITION, Measure.SPEED)),
    ("Dampers", (Spot.DAMPER,), (Measure.POSITION,)),
    ("Flow and pressure", (Spot.DUCT,), (Measure.FLOW, Measure.PRESSURE)),
)


def _meaning_set(view: PageView, places: tuple[Spot, ...], measures: tuple[Measure, ...]) -> list[int]:
    found = (
        point
        for point in view.board.points
        if point.meaning is not None
        and point.meaning.place in places
        and point.meaning.measure in measures
        and (point.equipment or point.meaning.use is Use.SETPOINT)
    )
    return list({(point.bop_point): point.number for point in found}.values())


def _first_numbers(view: PageView) -> Sequence[int]:
    return [point.number for point in view.board.points if not point.is_binary][:_MOST_CURVES]


def indicators(view: PageView) -> str:
    """The KPIs in words, with unit and definition."""
    rows = "".join(
        f'<dt>{escape(one.words)}<span><b data-k="{name}">{_figure(view, name)}</b> '
        f"<i>{escape(one.sign)}</i></span></dt>"
        f"<dd>{escape(one.definition)}</dd>"
        for name, one in INDICATORS.items()
        if name != "time_rat"
    )
    return f'<section class="card"><h2>Key figures of the test</h2><dl class="figures">{rows}</dl></section>'


def _figure(view: PageView, name: str) -> str:
    value = view.moment.status.kpis.get(name)
    return "–" if value is None else indicator_words(value)
