"""Comfort of a zone: how far and how long it is outside its set-points, and how much CO2 its air has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from recording.numbers.series import HOUR_S, covered_s, greatest, integral, least, mean, time_where

CO2_PPM = 1000.0
"""A mark that people know (Pettenkofer's), and no limit of a run."""
UNMET_K = 0.5
"""A zone is counted as outside from here on, about 1 °F: less is the play of its thermostat."""


@dataclass(frozen=True, slots=True)
class ZoneComfort:
    """Kelvin hours below the heating set-point and above the cooling set-point, and hours beyond by :data:`UNMET_K`.

    ``judged_h`` is how long temperature and both set-points are known; where that is 0, nothing is known of the first
    four. Temperatures are in K.
    """

    below_kh: float
    above_kh: float
    below_h: float
    above_h: float
    judged_h: float
    lowest_k: float
    mean_k: float
    highest_k: float


@dataclass(frozen=True, slots=True)
class AirQuality:
    """CO2 in ppm, hours above :data:`CO2_PPM`, and how long it is known."""

    mean_ppm: float
    highest_ppm: float
    above_h: float
    known_h: float


def zone_comfort(
    weights: Sequence[float],
    temperature_k: Sequence[float],
    heating_k: Sequence[float] | None,
    cooling_k: Sequence[float] | None,
) -> ZoneComfort:
    """Of a zone that has one set-point only, the other side is not judged; without any, neither is."""
    nothing = [math.nan] * len(weights)
    below = _excess(heating_k or nothing, temperature_k)
    above = _excess(temperature_k, cooling_k or nothing)
    judged = [*(below if heating_k else above)]
    return ZoneComfort(
        integral(weights, below) / HOUR_S,
        integral(weights, above) / HOUR_S,
        time_where(weights, (value > UNMET_K for value in below)) / HOUR_S,
        time_where(weights, (value > UNMET_K for value in above)) / HOUR_S,
        covered_s(weights, judged) / HOUR_S,
        least(temperature_k),
        mean(weights, temperature_k),
        greatest(temperature_k),
    )


def air_quality(weights: Sequence[float], co2_ppm: Sequence[float]) -> AirQuality:
    """What a zone's air is like."""
    return AirQuality(
        mean(weights, co2_ppm),
        greatest(co2_ppm),
        time_where(weights, (value > CO2_PPM for value in co2_ppm)) / HOUR_S,
        covered_s(weights, co2_ppm) / HOUR_S,
    )


def _excess(high: Sequence[float], low: Sequence[float]) -> list[float]:
    """By how much one exceeds the other; NaN where one is not known."""
    return [
        value if value > 0.0 else 0.0 * value for value in (one - other for one, other in zip(high, low, strict=True))
    ]
