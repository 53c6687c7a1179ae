"""What acts on the building from outside and from its use: weather, gains, set-points, prices, emissions.

All of it is known in advance, so a forecast is perfect: weather is linear between hours, everything else is a step
function whose values the building itself uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from emulators.plants.multizone_office.modes import (
    DAY_S,
    OCCUPIED_COOLING_C,
    OCCUPIED_HEATING_C,
    VACANT_COOLING_C,
    VACANT_HEATING_C,
    occupied,
)
from emulators.plants.multizone_office.parameters import ZONES, Gains, Zone
from emulators.plants.psychrometrics import KELVIN
from emulators.plants.weather import WeatherYear, boptest_points

_GAIN_STEP_S = 900.0
_GAIN_PROFILE = (
    (0.0, 0.05),
    (8.0, 0.05),
    (9.0, 0.9),
    (12.0, 0.9),
    (12.0, 0.8),
    (13.0, 0.8),
    (13.0, 1.0),
    (17.0, 1.0),
    (19.0, 0.1),
    (24.0, 0.05),
)
"""Hour of day and share of the full gains (embedded-plant section 4); held over each quarter of an hour."""

_UPPER_CO2_PPM = 894.0
"""The usual limit for offices (supervisory, ventilation)."""

_CONSTANT_PRICE = 0.12
_DAY_PRICE, _NIGHT_PRICE = 0.15, 0.08
_DAY_TARIFF_H = (6.0, 22.0)
_SPOT_MORNING = (0.060, 0.056, 0.054, 0.053, 0.055, 0.066, 0.088, 0.112, 0.118, 0.110, 0.102, 0.098)
_SPOT_AFTERNOON = (0.096, 0.098, 0.104, 0.116, 0.138, 0.168, 0.182, 0.164, 0.132, 0.104, 0.082, 0.068)
_SPOT_PRICES = (*_SPOT_MORNING, *_SPOT_AFTERNOON)
"""$/kWh by hour of day. The tariffs are the project's own: plausible for a commercial customer in Chicago (about 12
cents on average), with the morning and evening peaks of a spot market. No utility has published them."""

_EMISSIONS_KG_PER_KWH = 0.45
"""Round figure for the grid around Chicago (EPA eGRID, subregion RFC West, recent years)."""


def gain_share(time_s: float) -> float:
    """People, lights and plugs as a share of their full value."""
    hour = time_s % DAY_S // _GAIN_STEP_S * _GAIN_STEP_S / 3600.0
    for (left, share_left), (right, share_right) in pairwise(_GAIN_PROFILE):
        if left <= hour < right:
            return share_left + (share_right - share_left) * (hour - left) / (right - left)
    return _GAIN_PROFILE[-1][1]


@dataclass(frozen=True, slots=True)
class ZoneUse:
    """What the use of one zone gives off: W, and kg/s of CO2."""

    radiant: float
    convective: float
    latent: float
    people: float
    co2: float


def zone_use(zone: Zone, gains: Gains, share: float) -> ZoneUse:
    """The use of a zone at a share of the full gains."""
    heat = gains.full_w_m2 * zone.area_m2 * share
    people = gains.people_per_m2 * zone.area_m2 * share
    return ZoneUse(
        radiant=gains.radiant * heat,
        convective=gains.convective * heat,
        latent=gains.latent * heat,
        people=people,
        co2=gains.co2_kg_s_per_person * people,
    )


def zone_limits(time_s: float) -> tuple[float, float]:
    """Comfort range of every zone, K."""
    if occupied(time_s):
        return OCCUPIED_HEATING_C + KELVIN, OCCUPIED_COOLING_C + KELVIN
    return VACANT_HEATING_C + KELVIN, VACANT_COOLING_C + KELVIN


def _prices(time_s: float) -> dict[str, float]:
    hour = time_s % DAY_S / 3600.0
    day = _DAY_TARIFF_H[0] <= hour < _DAY_TARIFF_H[1]
    return {
        "PriceElectricPowerConstant": _CONSTANT_PRICE,
        "PriceElectricPowerDynamic": _DAY_PRICE if day else _NIGHT_PRICE,
        "PriceElectricPowerHighlyDynamic": _SPOT_PRICES[int(hour)],
        "EmissionsElectricPower": _EMISSIONS_KG_PER_KWH,
    }


def _zone_points(gains: Gains, time_s: float) -> dict[str, float]:
    share = gain_share(time_s)
    lower, upper = zone_limits(time_s)
    points: dict[str, float] = {}
    for zone in ZONES:
        use = zone_use(zone, gains, share)
        points[f"InternalGainsRad[{zone.name}]"] = use.radiant
        points[f"InternalGainsCon[{zone.name}]"] = use.convective
        points[f"InternalGainsLat[{zone.name}]"] = use.latent
        points[f"Occupancy[{zone.name}]"] = use.people
        points[f"LowerSetp[{zone.name}]"] = lower
        points[f"UpperSetp[{zone.name}]"] = upper
        points[f"UpperCO2[{zone.name}]"] = _UPPER_CO2_PPM
    return points


def forecast(year: WeatherYear, gains: Gains, names: Sequence[str], times_s: Sequence[float]) -> dict[str, list[float]]:
    """Values of the named points at the given times. Raises KeyError for an unknown name."""
    sources: tuple[Callable[[float], Mapping[str, float]], ...] = (
        lambda time_s: boptest_points(year.location, year.at(time_s)),
        _prices,
        lambda time_s: _zone_points(gains, time_s),
    )
    known = [source(0.0) for source in sources]
    wanted = [source for source, points in zip(sources, known, strict=True) if not points.keys().isdisjoint(names)]
    series: dict[str, list[float]] = {name: [] for name in names}
    for time_s in times_s:
        values = {name: value for source in wanted for name, value in source(time_s).items()}
        for name, column in series.items():
            column.append(values[name])
    return series
