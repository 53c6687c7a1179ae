"""The weather that the building was in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recording.charts import Curve, Panel
from recording.numbers.series import greatest, least, mean
from recording.report.building import OUTDOOR_HUMIDITY, OUTDOOR_TEMPERATURE, SUN, Values
from recording.report.html import Cell, Markup, paragraph, section, shown, table
from recording.report.view import ReportView


def weather(view: ReportView) -> Markup:
    """The section."""
    rows = list(_series(view))
    if not rows:
        return section("Weather", "weather", paragraph("The recording has no weather."))
    weights = view.building.weights
    cells: list[Sequence[Cell]] = [
        (name, *(shown(value, 1) for value in (least(values), mean(weights, values), greatest(values))))
        for name, values in rows
    ]
    panels = [
        Panel(name, [Curve("", values)], from_zero=False, height=96.0, has_times=(name, values) == rows[-1], ticks=4)
        for name, values in rows
    ]
    head = ("", "lowest", "mean", "highest")
    return section("Weather", "weather", table(head, cells, (1, 2, 3)), view.drawn(panels, "Weather, of the model."))


def _series(view: ReportView) -> Iterator[tuple[str, Values]]:
    told, units = view.building.weather, view.units
    if OUTDOOR_TEMPERATURE in told:
        temperature = units.temperatures(told[OUTDOOR_TEMPERATURE])
        yield f"Outdoor temperature, {units.temperature}", temperature
    if OUTDOOR_HUMIDITY in told:
        yield "Outdoor relative humidity, %", [100.0 * value for value in told[OUTDOOR_HUMIDITY]]
    if SUN in told:
        yield "Sun on the horizontal, W/m²", told[SUN]
