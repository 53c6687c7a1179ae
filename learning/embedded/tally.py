"""BOPTEST's KPIs on rows of numbers, added up sample by sample (boptest-api §9).

The same definitions as the embedded server's, written for many buildings at once; a test holds both to each other.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from emulators.door import can_compile, compiled

KPIS = ("tdis_tot", "idis_tot", "ener_tot", "cost_tot", "emis_tot", "pele_tot")
"""Since the start: K h and ppm h per zone, kWh/m2, $/m2, kg/m2, and the highest mean of 15 minutes in kW/m2."""

(
    TDIS,
    IDIS,
    ENER,
    COST,
    EMIS,
    PELE,
    TIME_S,
    ORIGIN_S,
    WINDOW,
    IN_WINDOW_W,
    SAMPLES_IN_WINDOW,
    LARGEST_FULL_W,
    LAST_TOO_WARM_K,
    LAST_TOO_STALE_PPM,
    LAST_W,
    LAST_COST,
    LAST_EMISSION,
    SIZE,
) = range(18)
"""A building's tally: its KPIs, its time, the window of the peak, and what was last."""

PRICE, EMISSION, ZONES_FIRST, OF_A_ZONE = 0, 1, 2, 3
"""Columns of the calendar: price, emission, and for each zone lower and upper set-point (K) and CO2 limit (ppm)."""


def tally(told: Any, calendar: Any, points: Any, states: Any, step_s: float, area_m2: float) -> None:  # noqa: ANN401
    """Add the samples of a step of all buildings to their tallies.

    ``told`` has the samples of 30 s one after another, each a row per building; ``calendar`` a row per quarter of an
    hour; ``points`` the columns of powers, of zones' temperatures and of zones' CO2 in ``told``. A step of 0 s counts
    the sample that a test begins with.
    """
    count, zones = len(states), len(points[1])
    parts = len(told) // count
    for building in range(count):
        s = states[building]
        begin_s = s[TIME_S]
        for part in range(parts):
            row, time_s = told[part * count + building], begin_s + step_s * (part + 1) / parts
            known = calendar[int(time_s // 900.0)]
            warm, stale, power = 0.0, 0.0, 0.0
            for zone in range(zones):
                first, zone_k = ZONES_FIRST + OF_A_ZONE * zone, row[points[1][zone]]
                warm += max(zone_k - known[first + 1], 0.0) + max(known[first] - zone_k, 0.0)
                stale += max(row[points[2][zone]] - known[first + 2], 0.0)
            for place in points[0]:
                power += row[place]
            cost, emission, half_s = power * known[PRICE], power * known[EMISSION], 0.5 * step_s / parts
            s[TDIS] += half_s * (s[LAST_TOO_WARM_K] + warm) / 3600.0 / zones
            s[IDIS] += half_s * (s[LAST_TOO_STALE_PPM] + stale) / 3600.0 / zones
            s[ENER] += half_s * (s[LAST_W] + power) / 3.6e6 / area_m2
            s[COST] += half_s * (s[LAST_COST] + cost) / 3.6e6 / area_m2
            s[EMIS] += half_s * (s[LAST_EMISSION] + emission) / 3.6e6 / area_m2
            s[LAST_TOO_WARM_K], s[LAST_TOO_STALE_PPM], s[LAST_W] = warm, stale, power
            s[LAST_COST], s[LAST_EMISSION], s[TIME_S] = cost, emission, time_s
            window = (time_s - s[ORIGIN_S]) // 900.0
            if window != s[WINDOW]:
                s[LARGEST_FULL_W] = max(s[LARGEST_FULL_W], s[IN_WINDOW_W] / s[SAMPLES_IN_WINDOW])
                s[WINDOW], s[IN_WINDOW_W], s[SAMPLES_IN_WINDOW] = window, 0.0, 0.0
            s[IN_WINDOW_W] += power
            s[SAMPLES_IN_WINDOW] += 1.0
            s[PELE] = max(s[LARGEST_FULL_W], s[IN_WINDOW_W] / s[SAMPLES_IN_WINDOW]) / 1000.0 / area_m2


@cache
def best() -> Any:  # noqa: ANN401 - the function, compiled or not
    """:func:`tally`, as machine code where numba is installed."""
    if not can_compile():
        return tally
    rows, places = "float64[:,::1]", "int64[::1]"
    signature = f"void({rows},{rows},UniTuple({places},3),{rows},float64,float64)"
    return compiled("the KPIs", {tally: signature})[0]
