"""What active tests of air handlers are made of: when something has settled, and what is concluded (check vectors)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp

import pytest

from supervisory.blocks.commissioning import AirSeen, CommissioningCourse, Ruling, Stage, findings_of, stages_of
from supervisory.blocks.commissioning.judging import Conclusion
from supervisory.blocks.commissioning.rules import Pace, Tolerances
from supervisory.blocks.commissioning.settling import Settling, StageMeans

STAGES = tuple(Stage)
OWN, SHARED = Tolerances(outdoor_k=1.0), Tolerances(outdoor_k=3.0)
SOUND: Mapping[Stage, tuple[float, float, float]] = {
    Stage.REST: (22.0, 22.0, 22.4),
    Stage.HEATING_SHUT: (22.0, 22.0, 22.5),
    Stage.COOLING_SHUT: (22.0, 22.0, 22.3),
    Stage.HALF: (21.5, 15.0, 15.4),
    Stage.FULL: (21.0, 7.0, 7.4),
    Stage.HEATING_OPEN: (21.5, 21.5, 26.5),
    Stage.COOLING_OPEN: (21.5, 21.5, 17.0),
}
"""Return, mixed and supply air, degC, with 7 degC outdoors."""
RECIRCULATES, FAN, HEATING_SHUTS, COOLING_SHUTS, HALF, FULL, AIR, HEATING_OPENS, COOLING_OPENS = range(9)


def verdicts(
    *,
    outdoor: float = 7.0,
    tolerances: Tolerances = OWN,
    flows: Mapping[Stage, float] | None = None,
    unsettled: Stage | None = None,
    changed: Mapping[Stage, tuple[float, float, float]] | None = None,
) -> list[Conclusion]:
    """All tests on the sound air handler, with other temperatures in some stages."""
    course = CommissioningCourse(STAGES, Pace(), 0.0)
    for stage, usual in SOUND.items():
        returned, mixed, supply = (changed or {}).get(stage, usual)
        flow = (flows or {}).get(stage, 2.0)
        means = AirSeen(outdoor, returned, mixed, supply, air_flows=True, flow=flow).values()
        course.measured[stage] = StageMeans(means, stage is not unsettled, 0.3, 0.0, 90.0)
    return [finding.verdict for finding in findings_of(course, STAGES, tolerances)]


def test_a_sound_air_handler_passes_and_each_test_says_what_it_could_have_seen() -> None:
    found = verdicts()
    assert {one.outcome for one in found} == {Ruling.PASSED}
    assert all(one.smallest and one.allowed for one in found)
    assert found[RECIRCULATES].smallest == "2.0 K between the two, or 13 % of outdoor air past the shut damper"
    assert found[HEATING_SHUTS].smallest == "+0.7 K (1.7 kW)"
    assert found[COOLING_SHUTS].smallest == "-0.7 K (1.7 kW)"
    assert found[FULL].smallest == "18 % of return air, or 2.5 K of a sensor"


@pytest.mark.parametrize(
    ("stage", "temperatures", "test", "outcome"),
    [
        ("REST", (22.0, 20.1, 20.5), RECIRCULATES, Ruling.PASSED),
        ("REST", (22.0, 19.9, 20.3), RECIRCULATES, Ruling.FAILED),
        ("REST", (22.0, 24.1, 24.5), RECIRCULATES, Ruling.FAILED),
        ("REST", (22.0, 22.0, 24.9), FAN, Ruling.PASSED),
        ("REST", (22.0, 22.0, 25.1), FAN, Ruling.FAILED),
        ("REST", (22.0, 22.0, 20.1), FAN, Ruling.PASSED),
        ("REST", (22.0, 22.0, 19.9), FAN, Ruling.FAILED),
        ("HEATING_SHUT", (22.0, 22.0, 22.85), HEATING_SHUTS, Ruling.PASSED),
        ("HEATING_SHUT", (22.0, 22.0, 22.95), HEATING_SHUTS, Ruling.FAILED),
        ("HEATING_SHUT", (22.0, 22.0, 21.8), HEATING_SHUTS, Ruling.NOT_TESTABLE),
        ("COOLING_SHUT", (22.0, 22.0, 21.95), COOLING_SHUTS, Ruling.PASSED),
        ("COOLING_SHUT", (22.0, 22.0, 21.85), COOLING_SHUTS, Ruling.FAILED),
        ("COOLING_SHUT", (22.0, 22.0, 23.0), COOLING_SHUTS, Ruling.NOT_TESTABLE),
        ("HALF", (21.5, 17.9, 18.3), HALF, Ruling.PASSED),
        ("HALF", (21.5, 19.9, 20.3), HALF, Ruling.NOT_TESTABLE),
        ("HALF", (21.5, 20.3, 20.7), HALF, Ruling.FAILED),
        ("HALF", (21.5, 8.7, 9.1), HALF, Ruling.FAILED),
        ("FULL", (21.0, 9.4, 9.8), FULL, Ruling.PASSED),
        ("FULL", (21.0, 9.6, 10.0), FULL, Ruling.FAILED),
        ("FULL", (21.0, 4.4, 4.8), FULL, Ruling.FAILED),
        ("FULL", (21.0, 12.0, 12.4), HALF, Ruling.NOT_TESTABLE),
        ("HEATING_OPEN", (21.5, 21.5, 25.9), HEATING_OPENS, Ruling.PASSED),
        ("HEATING_OPEN", (21.5, 21.5, 25.8), HEATING_OPENS, Ruling.FAILED),
        ("HEATING_OPEN", (21.5, 21.5, 17.0), HEATING_OPENS, Ruling.FAILED),
        ("COOLING_OPEN", (21.5, 21.5, 18.0), COOLING_OPENS, Ruling.FAILED),
        ("COOLING_OPEN", (21.5, 21.5, 26.5), COOLING_OPENS, Ruling.FAILED),
        ("COOLING_OPEN", (21.5, 21.5, 18.0), COOLING_SHUTS, Ruling.NOT_TESTABLE),
    ],
)
def test_check_vectors(stage: str, temperatures: tuple[float, float, float], test: int, outcome: Ruling) -> None:
    assert verdicts(changed={Stage[stage]: temperatures})[test].outcome is outcome


def test_a_leak_is_a_leak_even_where_the_open_valve_has_shown_nothing() -> None:
    found = verdicts(changed={Stage.HEATING_SHUT: (22.0, 22.0, 24.4), Stage.HEATING_OPEN: (21.5, 21.5, 22.0)})
    assert (found[HEATING_SHUTS].outcome, found[HEATING_OPENS].outcome) == (Ruling.FAILED, Ruling.FAILED)
    assert found[HEATING_SHUTS].found == "supply air +2.0 K (4.8 kW) with the pump on"


@pytest.mark.parametrize(
    ("outdoor", "tolerances", "rest", "testable"),
    [
        (13.4, OWN, (22.0, 22.0, 22.4), True),
        (13.6, OWN, (22.0, 22.0, 22.4), False),
        (7.6, SHARED, (22.0, 22.0, 22.4), False),
        (7.4, SHARED, (22.0, 22.0, 22.4), True),
        (6.1, OWN, (22.0, 25.0, 25.4), False),
        (5.9, OWN, (22.0, 25.0, 25.4), True),
    ],
)
def test_a_damper_needs_three_times_what_all_sensors_may_be_off_by(
    outdoor: float, tolerances: Tolerances, rest: tuple[float, float, float], testable: bool
) -> None:
    """7.5 K where mixed and return air were matched at rest, 13.5 K with a shared outdoor sensor, 15 K unmatched."""
    changed = {Stage.REST: rest, Stage.FULL: (21.0, outdoor, outdoor + 0.4)}
    found = verdicts(outdoor=outdoor, tolerances=tolerances, changed=changed)
    assert (found[FULL].outcome is not Ruling.NOT_TESTABLE) == testable
    if not testable:
        assert "K are needed" in found[FULL].why


def test_what_mixed_air_was_off_by_at_rest_is_taken_off_with_open_dampers() -> None:
    for at_rest, outcome in (((22.0, 23.5, 23.9), Ruling.PASSED), ((22.0, 20.5, 20.9), Ruling.FAILED)):
        found = verdicts(changed={Stage.REST: at_rest, Stage.FULL: (21.0, 10.5, 10.9)})
        assert found[FULL].outcome is outcome


@pytest.mark.parametrize(("flow", "outcome"), [(1.45, Ruling.PASSED), (1.35, Ruling.FAILED)])
def test_air_may_fall_by_its_tolerance_when_dampers_move(flow: float, outcome: Ruling) -> None:
    assert verdicts(flows={Stage.FULL: flow})[AIR].outcome is outcome


def test_what_has_not_settled_is_not_judged_and_says_how_fast_it_still_was() -> None:
    found = verdicts(unsettled=Stage.FULL)
    assert [number for number, one in enumerate(found) if one.outcome is Ruling.NOT_TESTABLE] == [HALF, FULL]
    assert "not settled in time (0.30 K/min)" in found[FULL].why


def test_a_course_that_was_cut_says_why_it_did_not_get_there() -> None:
    course = CommissioningCourse(STAGES, Pace(), 0.0)
    course.cut_off("the night is over")
    found = findings_of(course, STAGES, OWN)
    assert {one.verdict.outcome for one in found} == {Ruling.NOT_TESTABLE}
    assert found[FULL].verdict.why == "at rest: not reached (the night is over)"


def test_only_what_an_air_handler_has_is_tried() -> None:
    assert stages_of(()) == (Stage.REST, Stage.HALF, Stage.FULL)
    assert Stage.HEATING_SHUT not in stages_of(["heating_valve"])
    assert Stage.HEATING_SHUT in stages_of(["heating_valve", "heating_pump"])
    assert Stage.COOLING_OPEN not in stages_of(["cooling_pump"])


PACE = Pace(rate_k_min=0.1, creep_k=0.2, average_s=180.0, limit_s=1800.0)


def settled(course: Callable[[float], float], pace: Pace = PACE) -> StageMeans:
    """What is measured of a temperature over time, seen every half minute."""
    subject = Settling(pace, ("air",), "air", 0.0)
    for tick in range(1000):
        if (measured := subject.step(30.0 * tick, {"air": course(30.0 * tick)})) is not None:
            return measured
    raise AssertionError("it has not come to an end")


def test_what_stands_still_is_measured_after_the_slope_and_twice_the_time_of_the_mean() -> None:
    measured = settled(lambda time_s: 20.0)
    assert (measured.settled, measured.to_s) == (True, 180.0 + 360.0)
    assert measured.means == {"air": 20.0}


@pytest.mark.parametrize("minutes", [1.0, 3.0, 5.0, 8.0])
def test_what_dies_away_is_measured_within_a_quarter_of_a_kelvin_of_where_it_goes(minutes: float) -> None:
    measured = settled(lambda time_s: 20.0 + 20.0 * exp(-time_s / (60.0 * minutes)), Pace(limit_s=7200.0))
    assert measured.settled
    assert measured.means["air"] == pytest.approx(20.0, abs=0.25)


def test_what_turns_around_is_not_at_rest() -> None:
    """The supply air of a coil whose pump has started: it falls, stands, and rises again over a quarter of an hour."""
    measured = settled(lambda time_s: 22.4 - 1.2 * (exp(-time_s / 480.0) - exp(-time_s / 90.0)))
    assert measured.settled
    assert measured.means["air"] == pytest.approx(22.4, abs=0.25)


def test_what_does_not_come_to_rest_is_given_up_at_the_limit() -> None:
    measured = settled(lambda time_s: 20.0 + time_s / 60.0)
    assert (measured.settled, measured.to_s) == (False, 1800.0)
    assert measured.rate_k_min == pytest.approx(1.0)
    assert measured.means["air"] == pytest.approx(20.0 + 28.5)


def test_a_drift_below_the_slope_that_creeps_on_is_not_settled() -> None:
    assert not settled(lambda time_s: 20.0 + 0.05 * time_s / 60.0).settled
    assert settled(lambda time_s: 20.0 + 0.02 * time_s / 60.0).settled
