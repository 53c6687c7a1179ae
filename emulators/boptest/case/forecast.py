"""Answers forecasts: boundary data of the plant, wrapped to its year, with errors where the scenario asks for them."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from math import floor

from emulators.boptest.case.arguments import as_list, number, refuse_negative, refuse_not_positive
from emulators.boptest.case.forecast_errors import HOUR_S, ForecastErrors
from emulators.boptest.case.scenario import SEED, UNCERTAINTIES
from emulators.boptest.case.simulation import YEAR_S
from emulators.boptest.replies import UNEXPECTED, BoptestReply, Json, RefusalError
from emulators.plant import Plant

_LONGEST_UNCERTAIN_S = 48 * HOUR_S
_MOST_POINTS = 1_100_000
"""A year in steps of 30 s. A real server gives up as well, when its memory is full."""


class Forecaster:
    """Answers ``/forecast`` for one test. The drawn errors live as long as the test."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._errors = ForecastErrors()

    @property
    def errors(self) -> ForecastErrors:
        """The errors drawn so far."""
        return self._errors

    def reply(self, params: Json, now_s: float, scenario: Mapping[str, Json]) -> BoptestReply:
        """Forecast from ``now_s``: ``floor(horizon / interval) + 1`` points (boptest-api §7). Raises RefusalError."""
        point_names, horizon, interval = as_list(params["point_names"]), params["horizon"], params["interval"]
        horizon_s, interval_s = number("horizon", horizon), number("interval", interval)
        refuse_negative("horizon", horizon_s)
        refuse_not_positive("interval", interval_s)
        names = list(point_names)
        self._refuse_unknown(names)
        message = _message(names, horizon_s, interval_s, scenario)
        try:
            times_s = _times(now_s, horizon_s, interval_s)
            series = self._series(names, times_s, horizon_s, scenario)
        except UNEXPECTED:
            return BoptestReply(500, f"Failed to query the test case forecast data: {traceback.format_exc()}")
        return BoptestReply(200, message, {"time": [int(time_s) for time_s in times_s], **series})

    def _refuse_unknown(self, names: Sequence[Json]) -> None:
        known = list(self._plant.forecast_points)  # a list, as in BOPTEST: what has no hash is an unknown name, too
        unknown = [str(name) for name in names if name not in known]
        if unknown:
            raise RefusalError(
                f"Invalid point name(s) {unknown} in parameter point_names.  Check list of available forecast points."
            )

    def _series(
        self, names: Sequence[str], times_s: Sequence[float], horizon_s: float, scenario: Mapping[str, Json]
    ) -> dict[str, Sequence[float]]:
        seed = scenario[SEED]
        if seed is not None:
            # Fails on the text "none" that the end of a period leaves behind, as the real server does.
            seed = int(seed + times_s[0])
        wrapped = [time_s % YEAR_S for time_s in times_s]
        series = dict(self._plant.forecast(list(dict.fromkeys(names)), wrapped)) if names else {}
        self._errors.disturb(series, scenario, times_s, horizon_s, seed)
        for name in names:
            if names.count(name) > 1:
                series[name] = [series[name][-1]] * len(times_s)
        return series


def _times(now_s: float, horizon_s: float, interval_s: float) -> list[float]:
    points = floor(horizon_s / interval_s) + 1
    if points > _MOST_POINTS:
        raise MemoryError(f"{points} points of time are too many to forecast")
    return [now_s + interval_s * step for step in range(points)]


def _message(names: Sequence[str], horizon_s: float, interval_s: float, scenario: Mapping[str, Json]) -> str:
    message = "Queried the forecast data successfully."
    for kind in UNCERTAINTIES:
        if kind.point not in names or scenario[kind.key] is None:
            continue
        if horizon_s > _LONGEST_UNCERTAIN_S:
            raise RefusalError(
                f"Invalid value {horizon_s} for parameter horizon. Value must <= 48 hours in a {kind.key} scenario."
            )
        if interval_s != HOUR_S:
            message = (
                f"Value {interval_s} for parameter interval. Note that error model for {kind.key} scenario validated "
                "at hourly intervals."
            )
    return message
