"""Two days, closed loop, through their recordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from recording import Direction, open_run
from recording.columns import RunData, read_run
from recording.comparing import DayOfOutput, Likeness, compare_days, other_day
from tests.recording.made_run import JULY_6_S, MadeRun, made_office

SECOND_S = JULY_6_S + 80 * 300.0
OPEN, UNHEARD = ({"hvac_oveAhu_yCoo_u": value} for value in (1.0, None))


def data_of(made: MadeRun, folder: Path) -> RunData:
    with open_run(made.write(folder)) as run:
        return read_run(run)


def valve_of(one: MadeRun, other: MadeRun, folder: Path, episode: int = 0) -> DayOfOutput:
    """What is said of the cooling valve in an episode of each."""
    found = [data_of(made, folder / str(number)).episode(episode) for number, made in enumerate((one, other))]
    assert found[0] is not None
    assert found[1] is not None
    return compare_days(found[0], found[1])[0]


def silent(office: MadeRun, from_s: float) -> MadeRun:
    """The same with controllers that were not heard from some moment on."""
    told = office.values
    return replace(office, values=lambda time_s: {**told(time_s), **(UNHEARD if time_s > from_s else {})})


def test_an_output_that_one_of_them_has_not_heard_is_not_the_same(tmp_path: Path) -> None:
    office = made_office(0.5)
    assert valve_of(office, office, tmp_path / "whole").likeness is Likeness.SAME
    for number, pair in enumerate([(office, silent(office, 0.0)), (silent(office, JULY_6_S + 20_000.0), office)]):
        found = valve_of(*pair, tmp_path / str(number))
        assert found.likeness is Likeness.NOT_COMPARABLE
        assert found.words[0].startswith("known in ")


def test_each_episode_is_compared_with_its_own_kind(tmp_path: Path) -> None:
    """The second one of a run with a reset is not the first."""
    office = made_office(0.5, episode_of=lambda number: int(number > 72))
    told = office.values
    changed = replace(office, values=lambda time_s: {**told(time_s), **(OPEN if time_s > SECOND_S else {})})
    assert valve_of(office, changed, tmp_path / "first").likeness is Likeness.SAME
    assert valve_of(office, changed, tmp_path / "second", 1).likeness is Likeness.DIFFERENT


def test_days_that_begin_apart_are_not_the_same(tmp_path: Path) -> None:
    one = data_of(made_office(0.1), tmp_path / "one")
    later = data_of(made_office(0.1, first_s=JULY_6_S + 7200.0), tmp_path / "later")
    assert "begins 2.0 h of model time apart" in other_day(one, later)
    assert other_day(one, one) == ""
    assert other_day(one, one, 1) == "one of them has no steps of episode 1"


def test_an_output_that_only_the_second_has_is_told(tmp_path: Path) -> None:
    office = made_office(0.1)
    less = replace(office, tied=[one for one in office.tied if one.direction != Direction.FROM_CONTROLLER][:1])
    found = compare_days(data_of(less, tmp_path / "less").episodes[0], data_of(office, tmp_path / "all").episodes[0])
    assert {(day.signal.object, day.words) for day in found} == {
        ("CoolingValve", ("the first recording does not have it",)),
        ("HeatingValve", ("the first recording does not have it",)),
    }
