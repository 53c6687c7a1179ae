"""Errors that a forecast carries in a scenario with uncertainty (boptest-api §7, "Errors are drawn once").

The noise is our own: a first-order autoregression over the hours of the forecast, larger for a higher level.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from secrets import randbits
from typing import Self

from emulators.boptest.case.scenario import UNCERTAINTIES
from emulators.states import Fields, SavedStateError

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Noise:
    """``e[k+1] = persistence * e[k] + N(0, spread)``, with ``e[0] ~ N(0, initial)``."""

    persistence: float
    spread: float
    initial: float

    def draw(self, hours: int, random: Random) -> tuple[float, ...]:
        """One error for every full hour of the forecast, from 0 to ``hours``."""
        errors = [random.gauss(0.0, self.initial)]
        for _ in range(hours):
            errors.append(self.persistence * errors[-1] + random.gauss(0.0, self.spread))
        return tuple(errors)


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """How one forecast point is disturbed, by level: in K for the temperature, as a fraction for the sun."""

    levels: Mapping[str, Noise]
    combine: Callable[[float, float], float]


def _warmed(value: float, error: float) -> float:
    return value + error


def _scaled(value: float, error: float) -> float:
    return value * max(1.0 + error, 0.0)


_MODELS = {
    "temperature_uncertainty": ErrorModel(
        {"low": Noise(0.9, 0.2, 0.2), "medium": Noise(0.93, 0.35, 0.4), "high": Noise(0.95, 0.5, 0.7)}, _warmed
    ),
    "solar_uncertainty": ErrorModel(
        {"low": Noise(0.6, 0.1, 0.1), "medium": Noise(0.65, 0.18, 0.18), "high": Noise(0.7, 0.25, 0.25)}, _scaled
    ),
}


@dataclass(frozen=True, slots=True)
class _Drawn:
    hour: int
    horizon_s: float
    errors: tuple[float, ...]

    @classmethod
    def recalled(cls, state: Fields) -> Self:
        errors = tuple(state.numbers("errors"))
        horizon_s = state.number("horizon_s")
        if len(errors) != ceil(horizon_s / HOUR_S) + 1:
            raise SavedStateError("the state's forecast errors do not fit their horizon")
        return cls(state.whole("hour"), horizon_s, errors)


class ForecastErrors:
    """Draws errors and keeps them until the hour of the simulation or the horizon changes, whatever else changes.

    Without a seed every test has noise of its own; a state has it along, so that what goes on from it draws the same.
    """

    def __init__(self) -> None:
        self._drawn: dict[str, _Drawn] = {}
        self._own_seed = randbits(64)
        self._draws = 0

    def remember(self) -> dict[str, object]:
        """For a state."""
        drawn = {
            key: {"hour": one.hour, "horizon_s": one.horizon_s, "errors": one.errors}
            for key, one in self._drawn.items()
        }
        return {"own_seed": self._own_seed, "draws": self._draws, "drawn": drawn}

    def recall(self, state: Fields) -> None:
        """Go on from there. Raises SavedStateError, and is of no use then."""
        self._own_seed, self._draws = state.whole("own_seed"), state.whole("draws")
        drawn = state.part("drawn")
        self._drawn = {key: _Drawn.recalled(drawn.part(key)) for key in state.members("drawn")}

    def disturb(
        self, series: dict[str, Sequence[float]], scenario: Mapping[str, object], times_s: Sequence[float],
        horizon_s: float, seed: int | None,
    ) -> None:  # fmt: skip
        """Put errors on those of the series that the scenario makes uncertain; ``times_s[0]`` is now."""
        for kind in UNCERTAINTIES:
            model, level = _MODELS[kind.key], scenario[kind.key]
            if kind.point in series and isinstance(level, str):
                noise = model.levels[level]
                errors = self._errors(kind.key, noise, times_s[0], horizon_s, seed)
                series[kind.point] = [
                    model.combine(value, _between(errors, (time_s - times_s[0]) / HOUR_S))
                    for value, time_s in zip(series[kind.point], times_s, strict=True)
                ]

    def _errors(self, key: str, noise: Noise, now_s: float, horizon_s: float, seed: int | None) -> tuple[float, ...]:
        hour = int(now_s // HOUR_S)
        drawn = self._drawn.get(key)
        if drawn is None or (drawn.hour, drawn.horizon_s) != (hour, horizon_s):
            random = Random(f"{key} {self._own_noise() if seed is None else seed}")  # noqa: S311 - noise, not a secret
            drawn = self._drawn[key] = _Drawn(hour, horizon_s, noise.draw(ceil(horizon_s / HOUR_S), random))
        return drawn.errors

    def _own_noise(self) -> str:
        self._draws += 1
        return f"{self._own_seed} {self._draws}"


def _between(errors: Sequence[float], hours: float) -> float:
    before = int(hours)
    after = min(before + 1, len(errors) - 1)
    return errors[before] + (errors[after] - errors[before]) * (hours - before)
