"""How fast zones warm up: learned from each warm-up that was long enough to teach something."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from supervisory.blocks.time.timers import SECONDS_PER_HOUR, clamp

_SLOWEST_K_PER_H, _FASTEST_K_PER_H = 0.3, 15.0
_LEAST_RISE_K, _LEAST_TIME_S = 0.5, 900.0
_WEIGHT_OF_THE_LAST = 0.5


class WarmUps:
    """``state`` keeps the rates over restarts, in K/h by zone."""

    def __init__(self, usual_k_per_h: float, state: MutableMapping[str, Any]) -> None:
        self._usual = usual_k_per_h
        self._state = state
        self._rates: dict[str, float] = {name: float(rate) for name, rate in state.get("k_per_h", {}).items()}
        self._begun: dict[str, tuple[float, float]] = {}

    def rate_k_per_h(self, name: str) -> float:
        """What was learned, or the usual rate."""
        return self._rates.get(name, self._usual)

    def needed_s(self, name: str, cold_by_k: float) -> float:
        """How long a zone needs that is too cold by so much."""
        return max(0.0, cold_by_k) / self.rate_k_per_h(name) * SECONDS_PER_HOUR

    def begin(self, name: str, time_s: float, zone_degc: float | None) -> None:
        """The unit has been admitted."""
        if zone_degc is not None:
            self._begun[name] = time_s, zone_degc

    def forget(self) -> None:
        """What runs teaches nothing any more."""
        self._begun.clear()

    def step(self, name: str, time_s: float, zone_degc: float, is_warm: bool) -> None:
        """Learn from a warm-up that has come to its end."""
        if not is_warm or name not in self._begun:
            return
        begun_s, from_degc = self._begun.pop(name)
        elapsed_s, risen_k = time_s - begun_s, zone_degc - from_degc
        if elapsed_s >= _LEAST_TIME_S and risen_k >= _LEAST_RISE_K:
            rate = clamp(risen_k / elapsed_s * SECONDS_PER_HOUR, _SLOWEST_K_PER_H, _FASTEST_K_PER_H)
            self._rates[name] = _WEIGHT_OF_THE_LAST * rate + (1.0 - _WEIGHT_OF_THE_LAST) * self.rate_k_per_h(name)
            self._state["k_per_h"] = dict(self._rates)
