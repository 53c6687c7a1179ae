"""What an agent sees and is paid: vectors of numbers between -1 and 1, of one building or of a row of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from learning.spaces import SpacesFile
from learning.world import BoolArray, FloatArray
from utils.clocks import DAY_S

ALWAYS_SEEN = ("hour (sine)", "hour (cosine)", "running peak")
_PEAK = "pele_tot"


class Observer:
    """Builds observations: measurements, forecasts, the hour, the running peak, and the actions in force.

    All arrays may have leading axes, for several buildings. What is missing (NaN) is 0, the middle of its range; what
    is outside its range is at its end.
    """

    def __init__(self, spaces: SpacesFile, kpi_names: Sequence[str]) -> None:
        forecasts = spaces.forecasts
        points, count = (forecasts.points, forecasts.count) if forecasts else ([], 0)
        ahead = [(point, number) for point in points for number in range(count)]
        interval_s = forecasts.interval_s if forecasts else 0.0
        self.names: tuple[str, ...] = (
            *(seen.point for seen in spaces.observations),
            *(f"{seen.point} in {number * interval_s / 3600:g} h" for seen, number in ahead),
            *ALWAYS_SEEN,
            *(action.name for action in spaces.actions),
        )
        ranges = [
            *((seen.low, seen.high) for seen in spaces.observations),
            *((seen.low, seen.high) for seen, _ in ahead),
            *((-1.0, 1.0), (-1.0, 1.0), (0.0, spaces.peak_kw_m2)),
            *((action.low, action.high) for action in spaces.actions),
        ]
        low, high = np.array(ranges).T
        self._middle, self._scale = 0.5 * (low + high), 2.0 / (high - low)
        self._seen, self._ahead = len(spaces.observations), len(spaces.observations) + len(ahead)
        self._peak = list(kpi_names).index(_PEAK) if _PEAK in kpi_names else None
        angles = 2.0 * np.pi * np.arange(DAY_S // 30) * 30.0 / DAY_S
        self._hours = np.stack([np.sin(angles), np.cos(angles)], -1)

    @property
    def size(self) -> int:
        """Of an observation."""
        return len(self.names)

    def see(
        self, time_s: FloatArray | float, measured: FloatArray, forecast: FloatArray, kpis: FloatArray,
        actions: FloatArray,
    ) -> NDArray[np.float32]:  # fmt: skip
        """An observation, ``(..., size)``. SI units."""
        raw = np.empty((*measured.shape[:-1], self.size))
        raw[..., : self._seen] = measured
        raw[..., self._seen : self._ahead] = forecast
        at = self._ahead
        raw[..., at : at + 2] = self._hours[_half_minute(time_s)]
        raw[..., at + 2] = 0.0 if self._peak is None else kpis[..., self._peak]
        raw[..., at + 3 :] = actions
        raw -= self._middle
        raw *= self._scale
        if np.isnan(raw.sum()):
            np.nan_to_num(raw, copy=False)
        np.maximum(raw, -1.0, out=raw)
        np.minimum(raw, 1.0, out=raw)
        return raw.astype(np.float32)


def _half_minute(time_s: FloatArray | float) -> NDArray[np.intp] | int:
    if isinstance(time_s, float):
        return int(time_s % DAY_S // 30)
    return (np.asarray(time_s) % DAY_S // 30).astype(np.intp)


class Payer:
    """Rewards and costs from how KPIs have changed in a step."""

    def __init__(self, spaces: SpacesFile, kpi_names: Sequence[str]) -> None:
        self._rewards = -_weights(spaces.reward, kpi_names)
        self._costs = _weights(spaces.cost, kpi_names)

    def reward(self, change: FloatArray) -> FloatArray:
        """Minus the weighted growth of the KPIs, ``(..., k)`` to ``(...)``."""
        return change @ self._rewards

    def cost(self, change: FloatArray) -> FloatArray:
        """The weighted growth of those that are constraints."""
        return change @ self._costs


def _weights(weights: Mapping[str, float], kpi_names: Sequence[str]) -> FloatArray:
    return np.array([weights.get(name, 0.0) for name in kpi_names])


class SafeRanges:
    """What observations must not leave."""

    def __init__(self, spaces: SpacesFile) -> None:
        seen = [each.point for each in spaces.observations]
        self._limits = [(seen.index(limit.point), limit) for limit in spaces.limits]
        self._places = [place for place, _ in self._limits]
        self._low = np.array([limit.low for limit in spaces.limits])
        self._high = np.array([limit.high for limit in spaces.limits])

    def left(self, measured: FloatArray) -> BoolArray:
        """Who has left one, ``(n, m)`` to ``(n,)``. NaN has left none."""
        values = measured[:, self._places]
        left: BoolArray = np.logical_or.reduce((values < self._low) | (values > self._high), axis=1)
        return left

    def told(self, measured: Sequence[float]) -> str:
        """Which is left, in words; nothing when none is."""
        for place, limit in self._limits:
            value = measured[place]
            if value < limit.low or value > limit.high:
                return f"{limit.point} is {value:.6g}, and may be {limit.low:g} to {limit.high:g}"
        return ""


class Actor:
    """Turns what an agent answers, between -1 and 1, into values within bounds, rates and hours.

    Arrays may have leading axes, for several buildings.
    """

    def __init__(self, spaces: SpacesFile) -> None:
        actions = spaces.actions
        self.names = tuple(action.name for action in actions)
        self._low = np.array([action.low for action in actions])
        self._high = np.array([action.high for action in actions])
        self._middle, self._half = 0.5 * (self._low + self._high), 0.5 * (self._high - self._low)
        per_step = spaces.step_s / 3600.0
        self._most = np.array([action.rate_per_h * per_step if action.rate_per_h else np.inf for action in actions])
        self._has_rates = bool(np.isfinite(self._most).any())
        steps = np.arange(DAY_S // spaces.step_s) * spaces.step_s / 3600.0
        hours = [action.hours or (0.0, 24.0) for action in actions]
        self._in_hours = np.array([[first <= hour < last for first, last in hours] for hour in steps])
        self._step_s = spaces.step_s

    def values(self, action: NDArray[np.floating], *rows: int) -> FloatArray:
        """In the units of the spaces, ``(*rows, a)``. Raises ValueError for an action of another shape."""
        told, shape = np.asarray(action, np.float64), (*rows, len(self.names))
        if told.shape != shape:
            raise ValueError(f"the action has the shape {told.shape} in the place of {shape}: {', '.join(self.names)}")
        wanted = self._middle + self._half * told
        values: FloatArray = np.minimum(np.maximum(wanted, self._low), self._high)
        return values

    def answers(self, values: FloatArray) -> FloatArray:
        """What an agent answers for values, ``(..., a)``; beyond -1 or 1 for those that are out of bounds."""
        answers: FloatArray = (values - self._middle) / self._half
        return answers

    def share(self, distances: FloatArray) -> FloatArray:
        """Distances as parts of the range of an action, ``(..., a)``."""
        shares: FloatArray = 0.5 * distances / self._half
        return shares

    def limited(self, values: FloatArray, in_force: FloatArray) -> FloatArray:
        """No further from what is in force than a step may move them. From NaN they go anywhere."""
        if not self._has_rates:
            return values
        limited: FloatArray = np.fmin(np.fmax(values, in_force - self._most), in_force + self._most)
        return np.where(np.isnan(values), values, limited)

    def mask(self, time_s: FloatArray | float) -> BoolArray:
        """Which actions are taken in the step that begins now, ``(..., a)``."""
        if isinstance(time_s, float):
            mask: BoolArray = self._in_hours[int(time_s % DAY_S // self._step_s)]
        else:
            mask = self._in_hours[(time_s % DAY_S // self._step_s).astype(np.intp)]
        return mask
