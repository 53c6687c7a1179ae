"""What a heat pump will take: its rating by the outdoor temperature, until its own history says it better.

The air that is colder makes a compressor take *less* (and give less still): capacity falls faster than efficiency.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from supervisory.blocks.line_fit import LineFit
from supervisory.blocks.time.timers import Line

RATED_DEGC = 8.3
"""Outdoor temperature of the ratings (AHRI 210/240, high temperature heating test)."""
_HOLDING = Line(15.0, 0.0, -10.0, 1.0)
"""What a building needs is a straight line of the outdoor temperature, degC."""
_LEAST_SHARE = 0.4
"""A compressor that runs takes at least so much of its rating; less is one that does not."""
_LEAST_POINTS = 40
_LEAST_SPREAD_K = 2.0
"""Ten hours of running in quarters of an hour, over some range of weather: else the ratings are better."""
_POINT_EVERY_S = 900.0
_STEADY_AFTER_S = 300.0


def holding_share(in_the_cold: float, outdoor_degc: float | None) -> float:
    """What keeping a zone warm takes of its unit's kW, by what it takes at -10 degC; unknown weather is cold."""
    return in_the_cold if outdoor_degc is None else in_the_cold * _HOLDING.at(outdoor_degc)


@dataclass(frozen=True, slots=True)
class UnitRatings:
    """kW of compressor and fan at the rating point by unit, how they change per K, and what comes on top.

    ``defrost_share`` of it is added below ``defrost_below_degc`` outdoors. ``backup_kw`` is another matter; it comes on
    below ``backup_below_degc``.
    """

    kw: Mapping[str, float]
    default_kw: float
    share_per_k: float
    defrost_share: float
    defrost_below_degc: float
    backup_kw: Mapping[str, float]
    backup_below_degc: float

    def backup(self, name: str, outdoor_degc: float | None) -> float:
        """What the electric back-up takes if it comes on."""
        mild = outdoor_degc is not None and outdoor_degc > self.backup_below_degc
        return 0.0 if mild else self.backup_kw.get(name, 0.0)

    def compressor_kw(self, name: str, outdoor_degc: float | None) -> float:
        """Without back-up; in air of unknown temperature as at the rating point, with defrost."""
        rated_kw = self.kw.get(name, self.default_kw)
        if outdoor_degc is None:
            return rated_kw * (1.0 + self.defrost_share)
        share = max(_LEAST_SHARE, 1.0 + self.share_per_k * (outdoor_degc - RATED_DEGC))
        return rated_kw * (share + (self.defrost_share if outdoor_degc < self.defrost_below_degc else 0.0))


class UnitLoads:
    """The kW of each unit, learned beside its ratings. ``state`` keeps what was learned over restarts."""

    def __init__(self, ratings: UnitRatings, state: MutableMapping[str, Any]) -> None:
        self._ratings = ratings
        self._state = state
        self._fits = {name: LineFit.recalled(kept) for name, kept in state.get("loads", {}).items()}
        self._point_s: dict[str, float] = {}

    def kw(self, name: str, outdoor_degc: float | None) -> float:
        """A unit without its back-up: by its own history what it exceeds once in twenty times, else by its rating."""
        fit = self._fits.get(name)
        if fit is not None and outdoor_degc is not None and fit.is_trusted(_LEAST_POINTS, _LEAST_SPREAD_K):
            return fit.upper(outdoor_degc)
        return self._ratings.compressor_kw(name, outdoor_degc)

    def learned(self) -> list[str]:
        """The units whose own history is believed."""
        return sorted(name for name, fit in self._fits.items() if fit.is_trusted(_LEAST_POINTS, _LEAST_SPREAD_K))

    def learn(self, name: str, time_s: float, led_s: float, outdoor_degc: float, power_kw: float) -> None:
        """Take a point of a unit that has been led for ``led_s`` without its back-up, one each quarter of an hour."""
        rated_kw = self._ratings.kw.get(name, self._ratings.default_kw)
        steady = led_s >= _STEADY_AFTER_S and power_kw >= _LEAST_SHARE * rated_kw
        if steady and time_s - self._point_s.get(name, float("-inf")) >= _POINT_EVERY_S:
            self._point_s[name] = time_s
            self._fits.setdefault(name, LineFit()).add(outdoor_degc, power_kw)
            self._state["loads"] = {each: fit.kept() for each, fit in self._fits.items()}
