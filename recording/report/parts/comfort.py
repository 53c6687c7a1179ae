"""Comfort, zone by zone: a table, and the temperatures with the range that they should be in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from recording.charts import Band, Curve, Panel, Stroke
from recording.numbers.comfort import CO2_PPM, UNMET_K, AirQuality, ZoneComfort, air_quality, zone_comfort
from recording.numbers.series import greatest, least
from recording.report.building import SeenZone
from recording.report.html import Cell, Markup, noted, paragraph, section, shown, table
from recording.report.view import ReportView, in_groups

_PANELS = 7
"""That fit on a page."""
_ROOM = 1.0
"""Degrees above and below all curves."""


def comfort(view: ReportView) -> Markup:
    """The section."""
    zones = view.building.zones
    if not zones:
        return section("Comfort", "comfort", paragraph("The recording has no zone temperature that is known as one."))
    return section(
        "Comfort",
        "comfort",
        _table(view),
        _unjudged(zones),
        *_temperatures(view),
        *_airs(view),
    )


def comfort_of(view: ReportView, zone: SeenZone) -> ZoneComfort:
    """A zone's comfort."""
    return zone_comfort(view.building.weights, zone.temperature, zone.heating, zone.cooling)


def outside_kh(view: ReportView, zone: SeenZone) -> float:
    """How far a zone was outside on either side, in K h."""
    found = comfort_of(view, zone)
    return found.below_kh + found.above_kh


def air_of(view: ReportView, zone: SeenZone) -> AirQuality | None:
    """A zone's air; None where its CO2 is not recorded."""
    return air_quality(view.building.weights, zone.co2) if zone.co2 is not None else None


def _table(view: ReportView) -> Markup:
    units = view.units
    limit = f"{shown(units.differences(UNMET_K), 1)} {units.difference}"
    head = (
        "zone",
        noted(f"below, {units.difference} h", "comfort"),
        f"above, {units.difference} h",
        f"below by {limit}, h",
        f"above by {limit}, h",
        "judged, h",
        f"lowest, {units.temperature}",
        f"mean, {units.temperature}",
        f"highest, {units.temperature}",
        "CO₂ mean, ppm",
        "CO₂ highest, ppm",
        noted(f"above {CO2_PPM:g} ppm, h", "CO2"),
    )
    rows = [_row(view, zone) for zone in view.building.zones]
    return table(head, rows, range(1, 12))


def _row(view: ReportView, zone: SeenZone) -> Sequence[Cell]:
    units, found, air = view.units, comfort_of(view, zone), air_of(view, zone)
    judged = [
        shown(units.differences(found.below_kh), 2) if zone.heating else None,
        shown(units.differences(found.above_kh), 2) if zone.cooling else None,
        shown(found.below_h, 2) if zone.heating else None,
        shown(found.above_h, 2) if zone.cooling else None,
    ]
    return (
        _named(zone),
        *(judged if found.judged_h else [None] * len(judged)),
        shown(found.judged_h, 1),
        *(shown(units.degrees(value), 1) for value in (found.lowest_k, found.mean_k, found.highest_k)),
        *((shown(air.mean_ppm, 0), shown(air.highest_ppm, 0), shown(air.above_h, 2)) if air else [None] * 3),
    )


def _unjudged(zones: Iterable[SeenZone]) -> Markup:
    without = [_named(zone) for zone in zones if zone.heating is None and zone.cooling is None]
    if not without:
        return Markup()
    return paragraph(f"Without a recorded set-point, and so not judged: {', '.join(without)}.")


def _temperatures(view: ReportView) -> Iterator[Markup]:
    low, high = _range(view)
    for zones in in_groups(view.building.zones, _PANELS):
        panels = [replace(_temperature(view, zone), low=low, high=high, has_times=zone is zones[-1]) for zone in zones]
        yield view.drawn(panels, "Zone temperatures. Green: between the heating and the cooling set-point in force.")


def _range(view: ReportView) -> tuple[float, float]:
    """The same for all zones, so that they can be compared, and no wider than what there is to see."""
    columns = [zone.temperature for one in (view, view.other) if one is not None for zone in one.building.zones]
    ends = view.units.temperatures([least(map(least, columns)), greatest(map(greatest, columns))])
    return ends[0] - _ROOM, ends[1] + _ROOM


def _temperature(view: ReportView, zone: SeenZone) -> Panel:
    units = view.units
    heating, cooling = (units.temperatures(values) if values else None for values in (zone.heating, zone.cooling))
    beside = _same_place(view.other, zone)
    lines = [
        Curve("measured", units.temperatures(zone.temperature), look=Stroke.MEASURED),
        *view.compared(units.temperatures(beside.temperature) if beside else None),
    ]
    return Panel(
        f"{_named(zone)}, {units.temperature}",
        lines,
        from_zero=False,
        band=Band(heating, cooling) if heating and cooling else None,
        height=96.0,
        ticks=4,
    )


def _airs(view: ReportView) -> Iterator[Markup]:
    zones = [zone for zone in view.building.zones if zone.co2 is not None]
    for some in in_groups(zones, 5):
        lines = [Curve(_named(zone), zone.co2 or ()) for zone in some]
        yield view.drawn([Panel("CO₂, ppm", lines, from_zero=False, height=150.0)], "CO₂ of the zones.")


def _same_place(other: ReportView | None, zone: SeenZone) -> SeenZone | None:
    zones = other.building.zones if other is not None else ()
    return next((one for one in zones if one.place == zone.place), None)


def _named(zone: SeenZone) -> str:
    return zone.label
