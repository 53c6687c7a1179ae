"""How the building is used, and what is known of it in advance: hours, people, limits, weather, prices.

Day 0 of the model's year is a Monday, as 1 January was in 2018; nobody is there on Saturdays and Sundays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from emulators.plants.heat_pump_office.parameters import ZONES, HeatPumpOfficeParameters, HeatPumpZone, full_use
from emulators.plants.prices import (
    CONSTANT,
    EMISSIONS_KG_PER_KWH,
    UPPER_CO2_PPM,
    HourlyPrices,
    by_time_of_use,
)
from emulators.plants.psychrometrics import KELVIN
from emulators.plants.sun import DAY_S
from emulators.plants.weather import WeatherYear, boptest_points

OCCUPIED_FROM_H = 7.0
OCCUPIED_TO_H = 18.0
_WORKING_DAYS, _WEEK = 5, 7
_RAMP_H = 0.5
OCCUPIED_LIMITS_C = (20.0, 26.0)
VACANT_LIMITS_C = (14.0, 30.0)
"""Comfort range of every zone: what the KPI counts against."""


def is_working_day(time_s: float) -> bool:
    """Whether it is one of Monday to Friday."""
    return int(time_s // DAY_S) % _WEEK < _WORKING_DAYS


def occupied(time_s: float, lead_h: float = 0.0) -> bool:
    """Whether the building is scheduled to be occupied, or will be within ``lead_h`` hours of the same day."""
    hour = time_s % DAY_S / 3600.0
    return is_working_day(time_s) and OCCUPIED_FROM_H - lead_h <= hour < OCCUPIED_TO_H


def use_share(zone: HeatPumpZone, time_s: float) -> float:
    """Use of a zone as a share of its full use: it comes and goes within half an hour."""
    if not is_working_day(time_s):
        return 0.0
    hour = time_s % DAY_S / 3600.0
    there = min((hour - zone.from_h) / _RAMP_H, (zone.to_h - hour) / _RAMP_H, 1.0)
    return max(0.0, there)


def zone_limits(time_s: float) -> tuple[float, float]:
    """Comfort range of every zone, degC."""
    return OCCUPIED_LIMITS_C if occupied(time_s) else VACANT_LIMITS_C


class KnownAhead:
    """All that is known in advance of one building."""

    def __init__(self, parameters: HeatPumpOfficeParameters, year: WeatherYear, hourly: HourlyPrices) -> None:
        self.year = year
        self.hourly = hourly
        self._parameters = parameters

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> dict[str, list[float]]:
        """Values of the named points at the given times. Raises KeyError for an unknown name."""
        sources: tuple[Callable[[float], Mapping[str, float]], ...] = (
            lambda time_s: boptest_points(self.year, time_s),
            self._prices,
            self._use,
        )
        series: dict[str, list[float]] = {}
        for source in sources:
            wanted = [name for name in names if name in source(0.0)]
            rows = [source(time_s) for time_s in times_s] if wanted else []
            series |= {name: [row[name] for row in rows] for name in wanted}
        return {name: series[name] for name in names}

    def _prices(self, time_s: float) -> dict[str, float]:
        return {
            "PriceElectricPowerConstant": CONSTANT,
            "PriceElectricPowerDynamic": by_time_of_use(time_s),
            "PriceElectricPowerHighlyDynamic": self.hourly.at(time_s),
            "EmissionsElectricPower": EMISSIONS_KG_PER_KWH,
        }

    def _use(self, time_s: float) -> dict[str, float]:
        gains = self._parameters.gains
        lower_c, upper_c = zone_limits(time_s)
        points: dict[str, float] = {}
        for zone in ZONES:
            share, full = use_share(zone, time_s), full_use(zone, gains)
            standby_w = max(0.0, gains.standby - share) * gains.lights_and_plugs_w_m2 * zone.area_m2
            points |= {
                f"InternalGainsRad[{zone.name}]": share * full.radiant,
                f"InternalGainsCon[{zone.name}]": share * full.convective + standby_w,
                f"InternalGainsLat[{zone.name}]": share * full.latent,
                f"Occupancy[{zone.name}]": float(int(share * full.people)),
                f"LowerSetp[{zone.name}]": lower_c + KELVIN,
                f"UpperSetp[{zone.name}]": upper_c + KELVIN,
                f"UpperCO2[{zone.name}]": UPPER_CO2_PPM,
            }
        return points
