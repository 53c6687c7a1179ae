"""Whose value stands there: sent, stored, in doubt, or somebody else's."""

from __future__ import annotations

import logging

import pytest

from ledger.storage import Storage
from ledger.watched import AGREE_S, KEPT_VALUES, Judgement, Remembered, Watched

OURS, IN_DOUBT, THEIRS = Judgement.OURS, Judgement.IN_DOUBT, Judgement.THEIRS


@pytest.fixture
def fresh() -> Watched:
    return Watched("10.0.0.1 AnalogValue 3", Remembered(), is_exact=False)


def test_what_was_sent_and_not_read_back_yet_leaves_everything_in_doubt(fresh: Watched) -> None:
    fresh.send(33.37)
    assert [fresh.judge(33.37), fresh.judge(15.5), fresh.judge(99.0)] == [OURS, IN_DOUBT, IN_DOUBT]


def test_a_value_that_is_read_back_as_it_was_sent_is_proof_at_once(fresh: Watched) -> None:
    fresh.send(33.37)
    assert fresh.saw(33.37, 0.0)
    assert fresh.judge(99.0) is THEIRS


def test_a_rounded_one_has_to_be_read_twice_some_seconds_apart(fresh: Watched) -> None:
    fresh.send(22.6)
    assert [fresh.saw(23.0, at_s) for at_s in (0.0, AGREE_S - 0.1, AGREE_S)] == [False, False, True]
    fresh.send(19.2)
    assert [fresh.judge(19.0), fresh.judge(25.0)] == [OURS, THEIRS]


def test_a_value_that_stands_while_what_we_send_moves_is_judged_by_all_of_it(fresh: Watched) -> None:
    for at_s, sent in ((0.0, 22.6), (3.0, 22.7), (6.0, 22.8), (9.0, 22.9)):
        fresh.send(sent)
        assert fresh.saw(23.0, at_s) is (at_s == AGREE_S)
    assert [fresh.judge(23.0), fresh.judge(40.0)] == [OURS, THEIRS]


def test_a_limit_is_seen_although_what_is_cut_to_it_never_stands_still(fresh: Watched) -> None:
    for second in range(0, 20, 5):
        fresh.send(33.0 + second / 7)
        fresh.saw(15.5, float(second))
    assert [fresh.judge(15.5), fresh.judge(13.0), fresh.judge(99.0)] == [OURS, THEIRS, THEIRS]


def test_reads_that_agree_on_what_had_been_sent_before_them_teach_nothing_of_what_is_sent_now(fresh: Watched) -> None:
    fresh.send(22.6)
    fresh.saw(23.0, 0.0)
    fresh.send(40.1)
    assert not fresh.saw(23.0, 5.0)
    fresh.saw(40.0, 6.0)
    assert not fresh.storage.is_known


def test_a_stale_read_of_the_value_before_is_not_what_became_of_the_new_one(fresh: Watched) -> None:
    fresh.send(20.0)
    fresh.saw(20.0, 0.0)
    fresh.send(20.3)
    assert not fresh.saw(20.0, 1.0)
    assert fresh.saw(20.3, 6.5)
    assert fresh.judge(21.0) is THEIRS


def test_what_nothing_explains_stays_in_doubt_however_long_it_stands(fresh: Watched) -> None:
    fresh.send(33.37)
    assert [fresh.saw(15.5, at_s) for at_s in (0.0, 6.0, 12.0)] == [False] * 3
    assert [fresh.judge(15.5), fresh.judge(99.0)] == [IN_DOUBT, IN_DOUBT]


def test_a_limit_is_seen_with_the_second_value_that_is_cut_to_it(fresh: Watched) -> None:
    for number, sent in enumerate((33.37, 34.2)):
        fresh.send(sent)
        fresh.saw(15.5, 20.0 * number)
        fresh.saw(15.5, 20.0 * number + 6.0)
    fresh.send(36.0)
    assert [fresh.judge(15.5), fresh.judge(14.0), fresh.judge(40.0)] == [OURS, THEIRS, THEIRS]
    assert fresh.judge(16.0) is IN_DOUBT  # nobody could have written it, if that were a limit
    assert fresh.judge(float("nan")) is THEIRS


def test_a_value_that_moves_slowly_within_one_coarse_level_is_not_taken_for_cut(fresh: Watched) -> None:
    level = 100 / 255
    for number, sent in enumerate((29.45, 29.5, 29.55)):
        fresh.send(sent)
        fresh.saw(75 * level, 20.0 * number)
        fresh.saw(75 * level, 20.0 * number + 6.0)
    for sent, step in ((29.65, 76), (30.1, 77), (29.1, 74)):
        fresh.send(sent)
        assert fresh.judge(step * level) is not THEIRS
    assert fresh.judge(50.0) is THEIRS


def test_one_who_types_the_number_that_we_send_does_not_make_our_own_scaled_one_his(fresh: Watched) -> None:
    for number, sent in enumerate((20.0, 21.0)):
        fresh.send(sent)
        fresh.saw(sent / 2, 20.0 * number)
        fresh.saw(sent / 2, 20.0 * number + 6.0)
    assert [fresh.judge(10.5), fresh.judge(33.0)] == [OURS, THEIRS]
    fresh.saw(21.0, 50.0)
    assert [fresh.judge(10.5), fresh.judge(33.0)] == [IN_DOUBT, THEIRS]


def test_what_stood_in_doubt_stays_so_when_somebody_types_the_only_number_that_we_send(fresh: Watched) -> None:
    fresh.send(21.0)
    assert not fresh.saw(10.5, 0.0)
    assert fresh.saw(21.0, 60.0)
    assert [fresh.judge(10.5), fresh.judge(21.0), fresh.judge(33.0)] == [IN_DOUBT, OURS, THEIRS]


def test_states_are_stored_as_they_are() -> None:
    state = Watched("a state", Remembered(), is_exact=True)
    state.send(2)
    assert [state.judge(2), state.judge(3), state.saw(3, 0.0)] == [OURS, THEIRS, False]


def test_what_is_lost_leaves_everything_in_doubt() -> None:
    lost = Watched("lost", None, is_exact=True)
    assert lost.may_have_been_sent
    assert lost.judge(1) is IN_DOUBT


def test_what_was_remembered_judges_as_before() -> None:
    remembered = Remembered((20.1, 22.6), Storage(steps=1, low=20.0, high=23.0))
    again = Watched("again", remembered, is_exact=False)
    assert [again.judge(22.6), again.judge(25.0)] == [OURS, THEIRS]


def test_an_object_whose_read_back_keeps_moving_is_told_once(fresh: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    fresh.send(33.37)
    for step in range(12):
        fresh.saw(40.0 + step, float(step))
    assert [record.getMessage() for record in caplog.records] == [
        "10.0.0.1 AnalogValue 3: what it holds of ours (33.37) keeps moving: its values stay in doubt"
    ]
    assert fresh.judge(51.0) is IN_DOUBT


def test_ten_thousand_values_leave_no_more_behind_than_a_few(fresh: Watched) -> None:
    for step in range(10_000):
        fresh.send(20.0 + step * 0.001)
        fresh.saw(20.0 + step * 0.001, float(step))
    assert len(fresh._sent) == KEPT_VALUES
    assert len(fresh._pairs) <= 4
