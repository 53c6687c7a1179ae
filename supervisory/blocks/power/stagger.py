"""Units that start one after the other under a limit: who is next, how long all of it takes, who is its own again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

_EPSILON_KW = 1e-9
_SEEN_ON_THE_METER_S = 180.0
"""A compressor may rest for so long before it starts, and the meter is read once a minute."""


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """A unit as it is now: what it takes while it is led, how long its zone needs, and how that is.

    ``backup_kw`` comes on top when it is free again and its zone is cold.
    """

    kw: float
    warm_up_s: float
    backup_kw: float = 0.0
    is_warm: bool = False
    is_freezing: bool = False


@dataclass(frozen=True, slots=True)
class DemandSeen:
    """The meter as it is now, kW. ``base_kw`` is all but the units; ``left_share`` is left of the running window.

    ``holding_share`` is what keeping a zone warm takes in this weather, of its unit's kW. Without a reading,
    ``power_kw`` and ``forecast_kw`` are None, and the units are counted by what they should take.
    """

    limit_kw: float
    base_kw: float
    holding_share: float = 1.0
    power_kw: float | None = None
    forecast_kw: float | None = None
    left_share: float = 1.0


@dataclass(frozen=True, slots=True)
class StaggerRules:
    """Times between two starts, before people come, and at most with people there.

    A zone that is cold after that time is free when its back-up fits, and in any case ``relief_s`` after the last one.
    """

    interval_s: float
    margin_s: float
    latest_s: float
    relief_s: float


def coldest_first(units: Mapping[str, UnitSeen], names: Iterable[str]) -> list[str]:
    """By the time that they need: the coldest zone first, measured by how fast it warms up; then by name."""
    return sorted(names, key=lambda name: (-units[name].warm_up_s, name))


def time_needed_s(units: Iterable[UnitSeen], room_kw: float, interval_s: float, holding_share: float) -> float:
    """How long until the last of the units is warm, if the first starts now and the others follow in this order.

    ``room_kw`` is what they may take together, and a warm zone's unit takes ``holding_share`` of its kW. Infinite where
    they cannot all be on under the limit.
    """
    started: list[tuple[float, float]] = []
    time_s = needed_s = 0.0
    for unit in units:
        time_s = _first_fit_s(started, time_s, room_kw - unit.kw, holding_share)
        if time_s == inf:
            return inf
        started.append((time_s + unit.warm_up_s, unit.kw))
        needed_s = max(needed_s, time_s + unit.warm_up_s)
        time_s += interval_s
    return needed_s


def _first_fit_s(started: list[tuple[float, float]], from_s: float, room_kw: float, holding_share: float) -> float:
    """When units that have started take no more than ``room_kw``: it only becomes less as they get warm."""
    for time_s in (from_s, *sorted(warm_s for warm_s, _ in started if warm_s > from_s)):
        taken_kw = sum(kw * (holding_share if warm_s <= time_s else 1.0) for warm_s, kw in started)
        if taken_kw <= room_kw + _EPSILON_KW:
            return time_s
    return inf


class Stagger:
    """One round of starts: units are held until they are admitted, and led until they are free again.

    ``admitted`` says since when, ``free`` who is done. ``begun`` starts at once, else as late as it can.
    """

    def __init__(self, why: str, opened_s: float, rules: StaggerRules, begun: bool = False) -> None:
        self.why = why
        self.begun = begun
        self.admitted: dict[str, float] = {}
        self.free: set[str] = set()
        self._rules = rules
        self._opened_s = opened_s
        self._occupied_s: float | None = None
        self._changed_s = -inf

    def step(self, time_s: float, left_s: float | None, units: Mapping[str, UnitSeen], demand: DemandSeen) -> None:
        """Admit who may start, set free who is done. ``left_s`` is the time until people come; None at any other.

        Nobody overtakes a unit that only waits for room, but those do that alone are above the limit.
        """
        if left_s is None and self._occupied_s is None:
            self._occupied_s = time_s
        for name in [name for name in self.waiting(units) if units[name].is_freezing]:
            self._admit(name, time_s)
        waiting = sorted(self.waiting(units), key=lambda name: demand.base_kw + units[name].kw > demand.limit_kw)
        self.begun = self.begun or self._must_begin(left_s, [units[name] for name in waiting], units, demand)
        if waiting and self.begun and self._may_change(time_s):
            first = waiting[0]
            if self._is_late(first, time_s) or self._fits(time_s, units[first].kw, units, demand):
                self._admit(first, time_s)
        if left_s is None:
            self._set_free(time_s, units, demand)

    def waiting(self, units: Mapping[str, UnitSeen]) -> list[str]:
        """Who is held, the next one first."""
        return coldest_first(units, units.keys() - self.admitted.keys())

    def led_s(self, name: str, time_s: float) -> float:
        """How long a unit has been on by our leave."""
        return time_s - self.admitted.get(name, inf)

    def _must_begin(
        self, left_s: float | None, waiting: list[UnitSeen], units: Mapping[str, UnitSeen], demand: DemandSeen
    ) -> bool:
        if left_s is None:
            return True
        room_kw = demand.limit_kw - demand.base_kw - self._led_kw(units, demand)
        needed_s = time_needed_s(waiting, room_kw, self._rules.interval_s, demand.holding_share)
        return needed_s + self._rules.margin_s >= left_s

    def _led_kw(self, units: Mapping[str, UnitSeen], demand: DemandSeen) -> float:
        """What the units that are on should take."""
        led = (units[name] for name in self.admitted)
        return sum(unit.kw * (demand.holding_share if unit.is_warm else 1.0) for unit in led)

    def _fits(self, time_s: float, more_kw: float, units: Mapping[str, UnitSeen], demand: DemandSeen) -> bool:
        """Whether the limit holds with so much more: from now on, and in the mean of the window that runs."""
        if demand.base_kw + self._led_kw(units, demand) + more_kw > demand.limit_kw:
            return False
        unseen = [each for each in self.admitted if self.led_s(each, time_s) < _SEEN_ON_THE_METER_S]
        more_kw += sum(units[each].kw for each in unseen)
        if demand.power_kw is not None and demand.power_kw + more_kw > demand.limit_kw:
            return False
        return demand.forecast_kw is None or demand.forecast_kw + more_kw * demand.left_share <= demand.limit_kw

    def _admit(self, name: str, time_s: float) -> None:
        self.admitted[name] = self._changed_s = time_s

    def _set_free(self, time_s: float, units: Mapping[str, UnitSeen], demand: DemandSeen) -> None:
        """Warm zones at once; after their time cold ones too, one by one, as they will take their back-up."""
        led = self.admitted.keys() - self.free
        self.free |= {name for name in led if units[name].is_warm}
        late = [name for name in coldest_first(units, led - self.free) if self._is_late(name, time_s)]
        if not late or not self._may_change(time_s):
            return
        relieved = time_s - self._changed_s >= self._rules.relief_s
        if relieved or self._fits(time_s, units[late[0]].backup_kw, units, demand):
            self.free.add(late[0])
            self._changed_s = time_s

    def _may_change(self, time_s: float) -> bool:
        return time_s - self._changed_s >= self._rules.interval_s

    def _is_late(self, name: str, time_s: float) -> bool:
        """Whether a unit has been held or led for long enough with people there."""
        since_s = max(self.admitted.get(name, self._opened_s), inf if self._occupied_s is None else self._occupied_s)
        return time_s - since_s >= self._rules.latest_s
