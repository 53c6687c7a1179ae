"""What the engine makes of an expanded model: energies by meter, zone temperatures, and its error counts."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hvac_templates.engine import simulate
from tests.hvac_templates.oracle.places import WEATHER, keep, kept, manifest, read_kept, weather
from tests.hvac_templates.oracle.series import series

TIMEOUT_S = 600.0
RELATIVE = 1e-4
KWH = 0.001
KELVIN = 0.002
_J_PER_KWH = 3.6e6
_FUELS = (
    "Electricity",
    "NaturalGas",
    "Propane",
    "FuelOilNo1",
    "FuelOilNo2",
    "Coal",
    "Diesel",
    "Gasoline",
    "OtherFuel1",
    "OtherFuel2",
    "DistrictCooling",
    "DistrictHeatingWater",
    "DistrictHeatingSteam",
)
_USES = ("Heating", "Cooling", "Fans", "Pumps", "HeatRejection", "HeatRecovery", "Humidifier")
METERS = tuple(f"{fuel}:Facility" for fuel in _FUELS) + tuple(f"{use}:Electricity" for use in _USES)
_TEMPERATURE = "Zone Air Temperature"
_DROPPED = frozenset({"Output:Meter", "Output:SQLite", "Output:Variable", "Output:PreprocessorMessage"})
_COUNTS = re.compile(r"(\d+) Warning; *(\d+) Severe")
YEAR = {
    "begin_month": 1,
    "begin_day_of_month": 1,
    "begin_year": 2013,
    "end_month": 12,
    "end_day_of_month": 31,
    "end_year": 2013,
    "day_of_week_for_start_day": "Tuesday",
    "use_weather_file_holidays_and_special_days": "No",
    "use_weather_file_daylight_saving_period": "No",
    "apply_weekend_holiday_rule": "No",
    "use_weather_file_rain_indicators": "Yes",
    "use_weather_file_snow_indicators": "Yes",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. ``kwh`` by meter, without those that are zero; ``zone_mean_c`` over the run."""

    completed: bool
    kwh: Mapping[str, float]
    zone_mean_c: Mapping[str, float]
    warnings: int
    severe: int
    first_severes: tuple[str, ...] = ()


def run(model: Mapping[str, Mapping[str, Any]], *, year: bool = False) -> Outcome:
    """Run a model for its own run periods, or for the year of the manifest. Raises ``EngineMissing``."""
    prepared = _with_outputs(model, year)
    file = kept("runs", {"model": prepared, "weather": WEATHER})
    answer = read_kept(file)
    if answer is None:
        with tempfile.TemporaryDirectory(prefix="oracle-run-") as name:
            ended = simulate(prepared, weather(), Path(name), timeout_s=TIMEOUT_S)
            answer = asdict(_outcome(Path(name), ended.completed, ended.severes))
        keep(file, answer)
    return Outcome(**{**answer, "first_severes": tuple(answer["first_severes"])})


def differences(expected: Outcome, found: Outcome) -> list[str]:
    """What differs by more than the oracle allows; warnings are not counted."""
    if not (expected.completed and found.completed):
        same = expected.completed == found.completed
        return [] if same else [f"completed: {expected.completed} | {found.completed}: {found.first_severes[:2]}"]
    lines = [f"severe: {expected.severe} | {found.severe} {found.first_severes[:2]}"]
    lines = lines if found.severe > expected.severe else []
    for meter in sorted(expected.kwh.keys() | found.kwh.keys()):
        one, other = expected.kwh.get(meter, 0.0), found.kwh.get(meter, 0.0)
        if not math.isclose(one, other, rel_tol=RELATIVE, abs_tol=KWH):
            lines.append(f"{meter}: {one:.3f} | {other:.3f} kWh ({_percent(one, other)})")
    for zone in sorted(expected.zone_mean_c.keys() | found.zone_mean_c.keys()):
        one, other = expected.zone_mean_c.get(zone, math.nan), found.zone_mean_c.get(zone, math.nan)
        if not abs(one - other) <= KELVIN:
            lines.append(f"{zone}: {one:.3f} | {other:.3f} C")
    return lines


def largest_share(expected: Outcome, found: Outcome) -> float:
    """The largest relative difference of any meter, of those above 0.001 kWh; 0 where nothing differs."""
    meters = expected.kwh.keys() | found.kwh.keys()
    pairs = ((expected.kwh.get(meter, 0.0), found.kwh.get(meter, 0.0)) for meter in meters)
    shares = (abs(one - other) / max(abs(one), abs(other)) for one, other in pairs if abs(one - other) > KWH)
    return max(shares, default=0.0)


def against_manifest(name: str, found: Outcome, year: bool) -> list[str]:
    """What differs from the numbers of the manifest; nothing is said of a model that is not in it."""
    cases = manifest()
    case = cases.get(name) or cases.get(f"5Zone{name}")
    if case is None:
        return []
    expected = case["annual" if year else "short_run"]
    whole = Outcome(True, expected["kwh"], expected["zone_mean_c"], expected["warnings"], expected["severe"])
    asked = {meter: kwh for meter, kwh in found.kwh.items() if meter in expected["kwh"]}
    return differences(whole, replace(found, kwh=asked))


def _percent(one: float, other: float) -> str:
    return f"{100 * (other - one) / one:+.3f} %" if one else "new"


def _with_outputs(model: Mapping[str, Mapping[str, Any]], year: bool) -> dict[str, Any]:
    """The model with the outputs that are compared in place of its own, so that two expansions ask for the same."""
    own = {kind: objects for kind, objects in model.items() if kind not in _DROPPED}
    meters = {f"Meter {name}": {"key_name": name, "reporting_frequency": "Hourly"} for name in METERS}
    variable = {"key_value": "*", "variable_name": _TEMPERATURE, "reporting_frequency": "Hourly"}
    periods = {"RunPeriod": {"Year": YEAR}} if year else {}
    return {**own, "Output:Meter:MeterFileOnly": meters, "Output:Variable": {"Temperature": variable}, **periods}


def _outcome(folder: Path, completed: bool, severes: tuple[str, ...]) -> Outcome:
    end = folder / "eplusout.end"
    counts = _COUNTS.search(end.read_text(encoding="utf-8")) if end.is_file() else None
    warnings, severe = map(int, counts.groups()) if counts else (0, len(severes))
    joules = {one.name: sum(one.values) for one in series(folder / "eplusout.mtr")}
    temperatures = {
        one.key: sum(one.values) / len(one.values)
        for one in series(folder / "eplusout.eso")
        if one.name == _TEMPERATURE and one.values
    }
    kwh = {name: joule / _J_PER_KWH for name, joule in joules.items() if joule}
    return Outcome(completed, kwh, temperatures, warnings, severe, severes[:5])
