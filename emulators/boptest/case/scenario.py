"""The scenario of a test: price, period, forecast uncertainty and seed (boptest-api §8)."""

from __future__ import annotations

import traceback
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from emulators.boptest.replies import Json, RefusalError
from emulators.states import Fields, SavedStateError

DAY_S = 86_400.0
PERIOD_HALF_S = 7 * DAY_S
"""A period starts this long before its day, ends this long after it, and warms up for as long before it starts."""

PRICE, PERIOD, SEED = "electricity_price", "time_period", "seed"
KEYS = (PRICE, PERIOD, "temperature_uncertainty", "solar_uncertainty", SEED)
NONE = "none"

_PRICES = ("constant", "dynamic", "highly_dynamic")
_LEVELS = (NONE, "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """One kind of forecast error: the scenario key that sets it and the forecast point that it disturbs."""

    key: str
    point: str
    label: str


UNCERTAINTIES = (
    Uncertainty("temperature_uncertainty", "TDryBul", "temperature uncertainty"),
    Uncertainty("solar_uncertainty", "HGloHor", "solar uncertainty"),
)


class Scenario:
    """What ``GET /scenario`` tells. The key ``time_period`` appears once a period was set."""

    def __init__(self, periods: Mapping[str, int], forecast_points: Container[str]) -> None:
        self._periods = periods
        self._forecast_points = forecast_points
        self.values: dict[str, Json] = {PRICE: "constant", **{kind.key: None for kind in UNCERTAINTIES}, SEED: None}

    def apply(self, params: Json, applied: dict[str, object]) -> str | None:
        """Apply one PUT, key after key, noting in ``applied`` what was taken; the first bad key raises RefusalError.

        An absent price or period stays as it was, an absent uncertainty or seed is reset. Returns the period, whose
        simulation is up to the caller, or None.
        """
        _complete(params)
        levels = {kind: params[kind.key] or None for kind in UNCERTAINTIES}
        self._refuse_absent_points([kind for kind, level in levels.items() if level not in (None, NONE)])
        self._apply_price(params[PRICE] or None, applied)
        period = self._checked_period(params[PERIOD] or None)
        for kind, level in levels.items():
            self.values[kind.key] = applied[kind.key] = _level(kind, level)
        self._apply_seed(params[SEED] or None, applied)
        return period

    def recall(self, state: Fields) -> None:
        """Take over the values of a state. Raises SavedStateError, and is of no use then."""
        values = dict(state.members("values"))
        period, seed, price = values.get(PERIOD, NONE), values.get(SEED), values.get(PRICE)
        levels = [values.get(kind.key) for kind in UNCERTAINTIES]
        is_whole = isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0
        if not (
            set(values) | {PERIOD} == {*KEYS}
            and price in _PRICES
            and (period == NONE or period in list(self._periods))
            and all(level is None or level in _LEVELS for level in levels)
            and (seed in (None, NONE) or is_whole)
        ):
            raise SavedStateError("the state's scenario is none that this building has")
        self.values = values

    def period_start_s(self, period: str) -> float:
        """When the period of that name starts, in seconds of the year."""
        return self._periods[period] * DAY_S - PERIOD_HALF_S

    def turn_none_into_text(self) -> None:
        """What storing the results at the end does to the scenario: null becomes the text ``none``."""
        self.values = {key: NONE if value is None else value for key, value in self.values.items()}

    def _apply_price(self, price: Json, applied: dict[str, object]) -> None:
        if price is None:
            return
        if price not in _PRICES:
            raise RefusalError(
                f"Scenario parameter electricy_price is {price}, but should be 'constant', 'dynamic', or "
                "'highly_dynamic'."
            )
        self.values[PRICE] = applied[PRICE] = price

    def _checked_period(self, period: Json) -> str | None:
        if period is None:
            return None
        if not self._is_known(period):
            raise RefusalError(
                f"Scenario parameter time_period is {period}, but should be one of the following: "
                f"{list(self._periods)}."
            )
        self.values[PERIOD] = period
        return str(period)

    def _is_known(self, period: Json) -> bool:
        try:
            return period in self._periods
        except TypeError:
            raise RefusalError(f"Invalid values for the scenario parameters: {traceback.format_exc()}") from None

    def _refuse_absent_points(self, kinds: Sequence[Uncertainty]) -> None:
        absent = [f"{kind.point} for {kind.label}" for kind in kinds if kind.point not in self._forecast_points]
        if absent:
            raise RefusalError(
                "Scenario parameters are set for uncertainty, but the forecast variables do not include: "
                f"{', '.join(absent)}."
            )

    def _apply_seed(self, seed: Json, applied: dict[str, object]) -> None:
        if seed is not None and not (isinstance(seed, int) and seed >= 0):
            raise RefusalError(f"Scenario parameter seed is {seed}, but should be a non-negative integer.")
        self.values[SEED] = applied[SEED] = seed


def _complete(params: Json) -> None:
    """Set absent keys to null, in whatever was sent: what is no object fails with the words of the real server."""
    for key in KEYS:
        if key not in params:
            params[key] = None


def _level(kind: Uncertainty, level: Json) -> Json:
    if level is not None and level not in _LEVELS:
        raise RefusalError(
            f"Scenario parameter {kind.key} is {level}, but should be 'none', 'low', 'medium', or 'high'."
        )
    return None if level == NONE else level
