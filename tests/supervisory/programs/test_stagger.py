"""Starts one after the other, in numbers; and what they go by: the line of a history, the site's power, warm-ups."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import pytest

from supervisory.blocks.line_fit import LineFit
from supervisory.blocks.power.power_watch import PowerWatch, SitePower
from supervisory.blocks.power.stagger import DemandSeen, Stagger, StaggerRules, UnitSeen, coldest_first, time_needed_s
from supervisory.blocks.power.unit_load import UnitLoads, UnitRatings, holding_share
from supervisory.blocks.zones.warm_up import WarmUps

MINUTE, HOUR = 60.0, 3600.0
RULES = StaggerRules(interval_s=4 * MINUTE, margin_s=10 * MINUTE, latest_s=30 * MINUTE, relief_s=15 * MINUTE)


def unit(kw: float = 5.0, hours: float = 1.0, backup_kw: float = 0.0, is_freezing: bool = False) -> UnitSeen:
    return UnitSeen(kw, hours * HOUR, backup_kw, is_warm=hours == 0.0, is_freezing=is_freezing)


def needed_s(units: Sequence[UnitSeen], room_kw: float) -> float:
    return time_needed_s(units, room_kw, 4 * MINUTE, 0.5)


class TestTimeNeeded:
    """Check vectors: three units of 5 kW that need 2, 1 and 1 h; a warm zone takes half."""

    UNITS = (unit(hours=2.0), unit(hours=1.0), unit(hours=1.0))

    def test_with_room_for_all_it_is_the_longest_warm_up(self) -> None:
        assert needed_s(self.UNITS, 15.0) == 2 * HOUR

    def test_the_last_start_counts_where_it_ends_last(self) -> None:
        assert needed_s([unit(hours=1.0)] * 3, 15.0) == HOUR + 8 * MINUTE

    def test_under_a_limit_the_third_waits_until_the_second_is_warm(self) -> None:
        assert needed_s(self.UNITS, 12.5) == 4 * MINUTE + HOUR + HOUR

    def test_with_room_for_one_they_follow_each_other(self) -> None:
        assert needed_s(self.UNITS[:2], 7.5) == 3 * HOUR

    def test_units_that_cannot_all_be_on_never_are(self) -> None:
        assert needed_s(self.UNITS, 9.9) == inf
        assert needed_s([unit(kw=5.1)], 5.0) == inf
        assert needed_s([], 0.0) == 0.0


def test_the_coldest_by_its_own_pace_is_first_and_names_decide_between_equals() -> None:
    units = {"b": unit(hours=1.0), "a": unit(hours=1.0), "c": unit(hours=3.0)}
    assert coldest_first(units, units) == ["c", "a", "b"]


class Round:
    """A stagger of units, minute by minute, on a meter that shows what is admitted."""

    def __init__(self, units: dict[str, UnitSeen], limit_kw: float = 100.0, left_min: float | None = 180.0) -> None:
        self.units = units
        self.limit_kw = limit_kw
        self.left_min = left_min
        self.stagger = Stagger("test", 0.0, RULES)
        self.minute = 0

    def run(self, minutes: int) -> Round:
        for _ in range(minutes):
            left_s = None if self.left_min is None else (self.left_min - self.minute) * MINUTE
            on_kw = sum(self.units[name].kw for name in self.stagger.admitted)
            demand = DemandSeen(self.limit_kw, 1.0, 0.5, 1.0 + on_kw, 1.0 + on_kw)
            self.stagger.step(self.minute * MINUTE, left_s if left_s and left_s > 0.0 else None, self.units, demand)
            self.minute += 1
        return self

    @property
    def starts(self) -> dict[str, float]:
        """Minutes of the starts."""
        return {name: time_s / MINUTE for name, time_s in self.stagger.admitted.items()}


def test_starts_begin_as_late_as_they_can_and_come_one_per_interval() -> None:
    round_ = Round({"a": unit(hours=1.0), "b": unit(hours=0.9), "c": unit(hours=0.8)}).run(180)
    # all warm ten minutes before the 180th: the first needs 60 minutes
    assert round_.starts == {"a": 110.0, "b": 114.0, "c": 118.0}


def test_a_unit_waits_until_it_fits_under_the_limit() -> None:
    round_ = Round({"a": unit(hours=3.0), "b": unit(hours=2.9)}, limit_kw=9.0).run(60)
    assert round_.starts == {"a": 0.0}
    round_.units["a"] = unit(kw=2.0, hours=0.0)
    assert set(round_.run(2).starts) == {"a", "b"}


def test_the_mean_of_the_running_window_counts_too() -> None:
    units = {"a": unit(kw=5.0)}
    for forecast_kw, left_share, admitted in ((24.0, 1.0, []), (24.0, 0.1, ["a"]), (19.9, 1.0, ["a"])):
        stagger = Stagger("test", 0.0, RULES, begun=True)
        stagger.step(0.0, HOUR, units, DemandSeen(25.0, 1.0, 0.5, 2.0, forecast_kw, left_share))
        assert list(stagger.admitted) == admitted, forecast_kw


def test_a_start_that_the_meter_does_not_show_yet_is_counted() -> None:
    quick = StaggerRules(60.0, 0.0, 1800.0, 900.0)
    stagger = Stagger("test", 0.0, quick, begun=True)
    warm = {"a": unit(kw=6.0), "b": unit(kw=6.0, hours=0.5)}
    for minute in range(5):
        units = {**warm, "a": UnitSeen(6.0, 0.0, is_warm=True)} if minute else warm
        stagger.step(minute * MINUTE, HOUR, units, DemandSeen(10.0, 0.0, 0.0, 0.0, 0.0))
    assert {name: time_s / MINUTE for name, time_s in stagger.admitted.items()} == {"a": 0.0, "b": 3.0}


def test_without_a_meter_units_are_counted_by_what_they_should_take() -> None:
    stagger = Stagger("test", 0.0, RULES, begun=True)
    units = {"a": unit(), "b": unit()}
    for minute in range(20):
        stagger.step(minute * MINUTE, HOUR, units, DemandSeen(limit_kw=9.0, base_kw=2.0))
    assert list(stagger.admitted) == ["a"]


def test_a_freezing_zone_is_never_held() -> None:
    round_ = Round({"a": unit(hours=1.0), "b": unit(hours=2.0, is_freezing=True)}, limit_kw=2.0).run(1)
    assert round_.starts == {"b": 0.0}


def test_nobody_is_set_free_before_people_come_and_warm_zones_at_once_then() -> None:
    round_ = Round({"a": unit(hours=0.0), "b": unit(hours=0.0)}, left_min=20.0).run(20)
    assert (len(round_.starts), round_.stagger.free) == (2, set())
    assert round_.run(1).stagger.free == {"a", "b"}


def test_with_people_there_nobody_is_held_for_longer_than_half_an_hour_whatever_the_limit() -> None:
    round_ = Round({"a": unit(), "b": unit()}, limit_kw=1.0, left_min=60.0).run(90)
    assert round_.starts == {}
    assert round_.run(5).starts == {"a": 90.0, "b": 94.0}


def test_zones_that_stay_cold_get_their_back_up_back_one_per_window_or_sooner_where_it_fits() -> None:
    cold = {name: unit(hours=1.0, backup_kw=10.0) for name in "abc"}
    tight = Round(cold, limit_kw=20.0, left_min=30.0).run(60)
    assert (set(tight.starts), tight.stagger.free) == ({"a", "b", "c"}, set())
    freed = [len(tight.run(1).stagger.free) for _ in range(35)]
    assert [freed.index(count) for count in (1, 2, 3)] == [0, 15, 30]
    roomy = Round(cold, limit_kw=50.0, left_min=30.0).run(60)
    freed = [len(roomy.run(1).stagger.free) for _ in range(10)]
    assert [freed.index(count) for count in (1, 2, 3)] == [0, 4, 8]


class TestLineFit:
    def test_points_on_a_line_are_told_without_doubt(self) -> None:
        fit = LineFit()
        for x in (-10.0, -5.0, 0.0, 5.0):
            fit.add(x, 4.0 + 0.05 * x)
        assert fit.at(-20.0) == pytest.approx(3.0)
        assert fit.upper(-20.0) == pytest.approx(3.0, abs=1e-6)

    def test_by_hand(self) -> None:
        # y = 1, 2, 2 at x = 0, 1, 2: slope 0.5, mean 5/3, rest 1/6, s = 0.408; at 1: 1.667 + 1.645 s sqrt(4/3)
        fit = LineFit()
        for x, y in ((0.0, 1.0), (1.0, 2.0), (2.0, 2.0)):
            fit.add(x, y)
        assert fit.at(1.0) == pytest.approx(5.0 / 3.0)
        assert fit.upper(1.0) == pytest.approx(2.4422, abs=1e-4)
        assert fit.upper(4.0) - fit.at(4.0) > fit.upper(1.0) - fit.at(1.0)

    def test_it_is_trusted_with_enough_points_far_enough_apart(self) -> None:
        fit = LineFit()
        for _ in range(20):
            fit.add(0.0, 1.0)
        assert not fit.is_trusted(10, 1.0)
        for _ in range(20):
            fit.add(5.0, 1.0)
        assert fit.is_trusted(10, 1.0)
        assert not fit.is_trusted(50, 1.0)

    def test_it_can_be_kept(self) -> None:
        fit = LineFit()
        for x, y in ((0.0, 1.0), (1.0, 2.0), (2.0, 2.5)):
            fit.add(x, y)
        assert LineFit.recalled(fit.kept()) == fit


class TestPowerWatch:
    def test_a_meter_at_nothing_is_a_power_cut_until_it_shows_something(self) -> None:
        watch = PowerWatch(0.1, 180.0)
        told = [
            watch.step(time_s, kw, True) for time_s, kw in ((0, 5.0), (60, 0.0), (120, 0.05), (180, 2.0), (240, 5.0))
        ]
        assert told == [SitePower.ON, SitePower.OUT, SitePower.OUT, SitePower.BACK, SitePower.ON]

    def test_so_is_a_site_of_which_nothing_answers_for_a_while(self) -> None:
        watch = PowerWatch(0.1, 180.0)
        told = [watch.step(60.0 * minute, None, minute in {0, 6, 7}) for minute in range(8)]
        assert told == [SitePower.ON] * 4 + [SitePower.OUT] * 2 + [SitePower.BACK, SitePower.ON]

    def test_a_site_that_has_never_answered_and_one_that_is_silent_for_a_moment_are_not(self) -> None:
        assert {PowerWatch(0.1, 180.0).step(60.0 * minute, None, False) for minute in range(9)} == {SitePower.ON}
        watch = PowerWatch(0.1, 180.0)
        assert {watch.step(60.0 * minute, 3.0, minute % 2 == 0) for minute in range(9)} == {SitePower.ON}

    def test_a_fourth_cut_within_an_hour_is_a_meter_that_flickers_and_believed_no_more(self) -> None:
        watch = PowerWatch(0.1, 180.0)
        told = [watch.step(60.0 * minute, float(minute % 2), True) for minute in range(1, 11)]
        assert told == [SitePower.ON, *[SitePower.OUT, SitePower.BACK] * 3, *[SitePower.ON] * 3]
        assert watch.flickers
        assert watch.step(2 * HOUR, 5.0, True) is SitePower.BACK
        assert watch.step(2 * HOUR + 60.0, 0.0, True) is SitePower.OUT


RATINGS = UnitRatings({"a": 10.0}, 5.0, 0.01, 0.1, 5.0, {"a": 8.0}, 5.0)


class TestUnitLoads:
    def test_a_rating_falls_with_the_cold_and_defrosting_comes_on_top(self) -> None:
        loads = UnitLoads(RATINGS, {})
        assert loads.kw("a", 8.3) == 10.0
        assert loads.kw("a", -11.7) == pytest.approx(10.0 * (0.8 + 0.1))
        assert loads.kw("b", 8.3) == 5.0
        assert loads.kw("a", None) == pytest.approx(11.0)
        assert loads.kw("a", -80.0) == pytest.approx(5.0)

    def test_the_back_up_counts_only_where_it_would_come_on(self) -> None:
        assert [RATINGS.backup("a", degc) for degc in (-5.0, 5.0, 5.1, None)] == [8.0, 8.0, 0.0, 8.0]
        assert RATINGS.backup("b", -5.0) == 0.0

    def test_its_own_history_is_believed_when_there_is_enough_of_it_and_outlives_a_restart(self) -> None:
        state: dict[str, Any] = {}
        loads = UnitLoads(RATINGS, state)
        for number in range(39):
            loads.learn("a", number * 900.0, 600.0, -10.0 + number % 10, 7.0 + 0.1 * (number % 10))
        assert (loads.learned(), loads.kw("a", -10.0)) == ([], RATINGS.compressor_kw("a", -10.0))
        loads.learn("a", 39 * 900.0, 600.0, -1.0, 7.9)
        assert loads.learned() == ["a"]
        assert UnitLoads(RATINGS, state).kw("a", -10.0) == pytest.approx(7.0, abs=0.01)

    @pytest.mark.parametrize(("led_s", "kw", "every_s"), [(200.0, 7.0, 900.0), (600.0, 3.0, 900.0), (600.0, 7.0, 60.0)])
    def test_starts_pauses_and_minutes_teach_nothing(self, led_s: float, kw: float, every_s: float) -> None:
        loads = UnitLoads(RATINGS, {})
        for number in range(60):
            loads.learn("a", number * every_s, led_s, -10.0 + number % 10, kw)
        assert loads.learned() == []


def test_keeping_a_zone_warm_takes_less_in_milder_weather() -> None:
    told = [holding_share(0.8, degc) for degc in (-20.0, -10.0, 2.5, 15.0, 20.0, None)]
    assert told == [0.8, 0.8, 0.4, 0.0, 0.0, 0.8]


class TestWarmUps:
    def test_a_rate_is_half_of_what_was_and_half_of_what_is(self) -> None:
        state: dict[str, Any] = {}
        warm_ups = WarmUps(2.0, state)
        assert warm_ups.needed_s("a", 3.0) == 1.5 * HOUR
        warm_ups.begin("a", 0.0, 16.0)
        warm_ups.step("a", 1800.0, 18.0, is_warm=False)
        warm_ups.step("a", HOUR, 20.0, is_warm=True)
        assert WarmUps(2.0, state).rate_k_per_h("a") == 3.0
        warm_ups.step("a", 2 * HOUR, 25.0, is_warm=True)
        assert warm_ups.rate_k_per_h("a") == 3.0

    def test_what_was_short_interrupted_or_unseen_teaches_nothing(self) -> None:
        warm_ups = WarmUps(2.0, {})
        for begun_degc, time_s, forget in (
            (19.8, HOUR, False),
            (16.0, 600.0, False),
            (16.0, HOUR, True),
            (None, HOUR, False),
        ):
            warm_ups.begin("a", 0.0, begun_degc)
            if forget:
                warm_ups.forget()
            warm_ups.step("a", time_s, 20.0, is_warm=True)
        assert warm_ups.rate_k_per_h("a") == 2.0

    def test_a_zone_that_is_warm_needs_no_time(self) -> None:
        assert WarmUps(2.0, {}).needed_s("a", -1.0) == 0.0
