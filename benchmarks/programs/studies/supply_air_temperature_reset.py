"""Trim and respond on the supply air temperature."""

from __future__ import annotations

from benchmarks.programs import figures
from benchmarks.programs.days import Day, day_alone, day_with
from benchmarks.programs.studies.study import EIGHTEENTH_OF_SEPTEMBER, Study, both, curves, degc, warmest
from recording.charts import Curve, Panel


def supply_air_temperature_reset() -> Study:
    """Electricity of the whole plant against a fixed 12 °C, on four days."""
    days = {"26 March": 84, "1 May": 120, "25 May": 144, "18 September": EIGHTEENTH_OF_SEPTEMBER}
    pairs = {name: (day_alone(day), day_with(day, "supply_air_temperature_reset")) for name, day in days.items()}
    fixed, reset = pairs["18 September"]
    outdoor = [value - 273.15 for value in reset.column("weaSta_reaWeaTDryBul_y")]
    shown = [degc(day.column("hvac_reaAhu_TSup_y")) for day in (fixed, reset)]
    return Study(
        "18 September: supply air temperature by requests and outdoor air",
        ("day", "fixed 12 °C, kWh", "reset, kWh", "saved", "of it chiller", "of it fan", "K h above 24.2 °C"),
        [_air_row(name, *pair) for name, pair in pairs.items()],
        reset.hours,
        (
            Panel(
                "Supply air and outdoor air, °C",
                (Curve("fixed", shown[0], True), Curve("reset", shown[1]), Curve("outdoor", outdoor)),
                from_zero=False,
            ),
            Panel("Electricity, kW", (*curves(figures.power_kw, fixed, reset),)),
            Panel("Fan power, kW", (*both("hvac_reaAhu_PFanSup_y", fixed, reset, 1e-3),)),
            Panel("Warmest zone, °C", (warmest("fixed", fixed, True), warmest("reset", reset)), from_zero=False),
        ),
    )


def _air_row(name: str, fixed: Day, reset: Day) -> tuple[str, ...]:
    before, after = figures.kwh(fixed, figures.ALL), figures.kwh(reset, figures.ALL)
    parts = (figures.kwh(fixed, group) - figures.kwh(reset, group) for group in (figures.CHILLER, figures.FAN))
    comfort = " → ".join(f"{figures.kelvin_hours(day, 24.2):.2f}" for day in (fixed, reset))
    saved = f"{100.0 * (1.0 - after / before):.0f} %"
    return (name, f"{before:.1f}", f"{after:.1f}", saved, *(f"{part:+.1f} kWh" for part in parts), comfort)
