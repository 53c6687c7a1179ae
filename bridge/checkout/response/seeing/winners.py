"""Which measurement of a kind moved most with an actuator, and whether it stands out among the others of the kind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.checkout.response.seeing.courses import Frames, MovedActuator, noise_in, values_in
from points.meanings import Measure

STANDS_OUT, STANDS_OUT_ALONE = 0.5, 0.2
"""How much of the first one's response the second may have; less where no table says that this kind has to move."""
_LEAST: Mapping[Measure | None, float] = {
    Measure.TEMPERATURE: 0.1,
    Measure.PRESSURE: 2.0,
    Measure.CO2: 5.0,
}
"""The least response that is one, SI."""
_LEAST_SHARE = 0.02
"""Of a quantity of any size: of the largest value that it had."""
_NOISES = 6.0
"""A response is more than so many standard deviations of the noise."""
_IN_NUMBERS = 2.5
"""As numbers responses have to differ by so much more: a large box moves more with everything."""
_PARTS_OF_LIMIT = (1 / 6, 1 / 2, 1.0)
_QUICK_S = 120.0
"""What answers so soon is looked at once."""


@dataclass(frozen=True, slots=True)
class MeasuredAnswer:
    """How a measurement answered within a time (s), and what part that is of its largest answer to any actuator."""

    name: str
    response: float
    share: float
    within_s: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who answered most, and who came nearest to that. ``ratio`` is what that one answered, of what the first did.

    ``is_clear`` where the first stands out of all others, and no other one does.
    """

    first: MeasuredAnswer
    second: MeasuredAnswer | None
    ratio: float
    is_clear: bool


@dataclass
class Observed:
    """All that was seen in one situation: the run in which nothing was moved, and one actuator after the other.

    ``measures`` are the quantities of the measurements, None where nobody knows.
    """

    base: Frames
    measures: Mapping[str, Measure | None]
    moved: list[MovedActuator] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._least: dict[str, float] = {}
        self._most: dict[tuple[str, float, int], float] = {}

    def least(self, name: str) -> float:
        """The least response of a measurement that is one, by its quantity and by its noise."""
        if name not in self._least:
            fixed = _LEAST.get(self.measures.get(name))
            largest = max(map(abs, self.all_values(name)), default=0.0)
            usual = fixed if fixed is not None else max(_LEAST_SHARE * largest, 1e-9)
            self._least[name] = max(usual, _NOISES * noise_in(self.base, name))
        return self._least[name]

    def all_values(self, name: str) -> list[float]:
        """Whatever it was in any of the runs."""
        runs = [self.base, *(run for one in self.moved for run in (one.at_low, one.at_high))]
        return [value for run in runs for value in values_in(run, name)]

    def ranking(
        self, actuator: MovedActuator, names: Sequence[str], limit_s: float, sign: int, stands_out: float
    ) -> Ranking | None:
        """Who answered most, of those that answered with the sign (0: any). None where nobody did.

        Looked at sooner as well: what is an actuator's own answers before the rest of the building does.
        """
        parts = _PARTS_OF_LIMIT if limit_s > _QUICK_S else (1.0,)
        found = [one for part in parts if (one := self._ranking(actuator, names, part * limit_s, sign, stands_out))]
        return min(found, key=lambda one: (not one.is_clear, round(one.ratio, 1), -one.first.within_s), default=None)

    def _ranking(
        self, actuator: MovedActuator, names: Iterable[str], within_s: float, sign: int, stands_out: float
    ) -> Ranking | None:
        standings = [self._standing(actuator, name, within_s) for name in names]
        told = [one for one in standings if one is not None]
        told = [one for one in told if one.response * sign >= 0]
        answered = [one for one in told if abs(one.response) >= self.least(one.name)]
        if not answered:
            return None
        ranked = sorted((_against(one, told) for one in answered), key=lambda one: one[0])
        ratio, second, first = ranked[0]
        has_equal = len(ranked) > 1 and ranked[1][0] <= stands_out
        return Ranking(first, second, ratio, ratio <= stands_out and not has_equal)

    def _standing(self, actuator: MovedActuator, name: str, within_s: float) -> MeasuredAnswer | None:
        response = actuator.response(name, within_s)
        if math.isnan(response):
            return None
        largest = max(self._largest(name, within_s), self.least(name))
        return MeasuredAnswer(name, response, abs(response) / largest, within_s)

    def _largest(self, name: str, within_s: float) -> float:
        key = (name, within_s, len(self.moved))
        if key not in self._most:
            answers = [abs(one.response(name, within_s)) for one in self.moved]
            self._most[key] = max((answer for answer in answers if not math.isnan(answer)), default=0.0)
        return self._most[key]


def _against(
    first: MeasuredAnswer, told: Iterable[MeasuredAnswer]
) -> tuple[float, MeasuredAnswer | None, MeasuredAnswer]:
    """How near the nearest of the others comes to one, and who that is."""
    near = [(_nearness(first, other), other) for other in told if other is not first]
    ratio, second = max(near, key=lambda one: one[0], default=(0.0, None))
    return ratio, second, first


def _nearness(first: MeasuredAnswer, other: MeasuredAnswer) -> float:
    """By what part each is of its own largest answer; or as numbers, as one may never have been moved by its own."""
    by_share = other.share / first.share
    return min(by_share, _IN_NUMBERS * abs(other.response) / abs(first.response))
