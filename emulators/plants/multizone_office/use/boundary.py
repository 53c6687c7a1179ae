"""What acts on the building from outside and from its use: weather, gains, set-points, prices, emissions.

All of it is known in advance, so a forecast is perfect: weather is linear between hours, everything else it tells in
steps. The building uses the same values, but gains and CO2 between the quarters of an hour and of fractions of people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from emulators.plants.multizone_office.parameters import ZONES, Gains, Zone
from emulators.plants.multizone_office.use.modes import (
    DAY_S,
    OCCUPIED_COOLING_C,
    OCCUPIED_HEATING_C,
    VACANT_COOLING_C,
    VACANT_HEATING_C,
    occupied,
)
from emulators.plants.prices import (
    CONSTANT,
    EMISSIONS_KG_PER_KWH,
    UPPER_CO2_PPM,
    HourlyPrices,
    by_time_of_use,
)
from emulators.plants.psychrometrics import KELVIN
from emulators.plants.rooms.envelope import ZoneUse
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
"""Hour of day and share of the full gains, linear between them (B Floor). A forecast tells them for each quarter of an
hour, and whole people."""


def gain_share(time_s: float) -> float:
    """People, lights and plugs as a share of their full value."""
    hour = time_s % DAY_S / 3600.0
    for knee in range(1, len(_GAIN_PROFILE)):
        (left, share_left), (right, share_right) = _GAIN_PROFILE[knee - 1], _GAIN_PROFILE[knee]
        if left <= hour < right:
            return share_left + (share_right - share_left) * (hour - left) / (right - left)
    return _GAIN_PROFILE[-1][1]


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


def _prices(hourly: HourlyPrices, time_s: float) -> dict[str, float]:
    return {
        "PriceElectricPowerConstant": CONSTANT,
        "PriceElectricPowerDynamic": by_time_of_use(time_s),
        "PriceElectricPowerHighlyDynamic": hourly.at(time_s),
        "EmissionsElectricPower": EMISSIONS_KG_PER_KWH,
    }


def told_share(time_s: float) -> float:
    """:func:`gain_share` as a forecast tells it."""
    return gain_share(time_s // _GAIN_STEP_S * _GAIN_STEP_S)


def _use_points(gains: Gains, time_s: float) -> dict[str, float]:
    share = told_share(time_s)
    return use_points(zone_use(zone, gains, share) for zone in ZONES)


def use_points(uses: Iterable[ZoneUse]) -> dict[str, float]:
    """What a forecast tells of the use of all zones, in whole people."""
    points: dict[str, float] = {}
    for zone, use in zip(ZONES, uses, strict=True):
        points[f"InternalGainsRad[{zone.name}]"] = use.radiant
        points[f"InternalGainsCon[{zone.name}]"] = use.convective
        points[f"InternalGainsLat[{zone.name}]"] = use.latent
        points[f"Occupancy[{zone.name}]"] = float(int(use.people))
    return points


def _limit_points(time_s: float) -> dict[str, float]:
    lower, upper = zone_limits(time_s)
    points: dict[str, float] = {}
    for zone in ZONES:
        points[f"LowerSetp[{zone.name}]"] = lower
        points[f"UpperSetp[{zone.name}]"] = upper
        points[f"UpperCO2[{zone.name}]"] = UPPER_CO2_PPM
    return points


_LIMITS = {occupied(time_s): _limit_points(time_s) for time_s in (0.0, 0.5 * DAY_S)}
"""There are only two of them, and KPIs ask for them at every sample."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known in advance: weather, use and hourly prices. ``use_at`` tells of the use of another case."""

    year: WeatherYear
    gains: Gains
    hourly: HourlyPrices
    use_at: Callable[[float], Mapping[str, float]] | None = None


def forecast(known_of: Known, names: Sequence[str], times_s: Sequence[float]) -> dict[str, list[float]]:
    """Values of the named points at the given times. Raises KeyError for an unknown name."""
    year = known_of.year
    sources: tuple[Callable[[float], Mapping[str, float]], ...] = (
        lambda time_s: boptest_points(year, time_s),
        lambda time_s: _prices(known_of.hourly, time_s),
        known_of.use_at or partial(_use_points, known_of.gains),
        lambda time_s: _LIMITS[occupied(time_s)],
    )
    series: dict[str, list[float]] = {name: [] for name in names}
    left = set(names)
    for source in sources:
        wanted = [(name, series[name]) for name in source(0.0) if name in series]
        left.difference_update(name for name, _ in wanted)
        for time_s in times_s if wanted else ():
            values = source(time_s)
            for name, column in wanted:
                column.append(values[name])
    if left:
        raise KeyError(min(left))
    return series
