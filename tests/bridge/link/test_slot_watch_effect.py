"""Writes that succeed but do not win are noticed and told once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.link.slot_watch import SlotWatch
from emulators.ecy.profile import Profile
from ledger.entries import TakenSlot
from ledger.ledger import Ledger
from tests.bridge.looking import activations
from tests.bridge.rig import Rig, in_background, rig
from tests.equipment.plan_points import INPUT, VALUE, bound
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import MonotonicSeconds
from utils.values import ObjectRef, ObjectState, PointValue, Sample, as_real32

DEVICE = "10.0.0.1"
WRITTEN = [bound(INPUT, 1), bound(VALUE, 2, priority=12)]
INPUT_REF, VALUE_REF = WRITTEN[0].ref, WRITTEN[1].ref
SENT = 21.1


def check() -> SlotWatch:
    ledger = Ledger()
    ledger.take(TakenSlot(DEVICE, VALUE_REF, "value", 12, 99.0))
    for item in WRITTEN:
        ledger.sent(DEVICE, item.ref, SENT)
        ledger.saw(DEVICE, item.ref, as_real32(SENT))
    return SlotWatch(DEVICE, ledger, lambda: WRITTEN)


def states(shown: PointValue | None = SENT, **slots: PointValue) -> dict[ObjectRef, ObjectState]:
    array: list[PointValue | None] = [None] * 16
    for name, value in slots.items():
        array[int(name.removeprefix("slot")) - 1] = value
    return {
        INPUT_REF: ObjectState(Sample(shown), out_of_service=True),
        VALUE_REF: ObjectState(Sample(shown), priority_array=tuple(array)),
    }


def told(subject: SlotWatch, caplog: pytest.LogCaptureFixture, *looks: dict[ObjectRef, ObjectState]) -> list[str]:
    caplog.set_level(logging.INFO, logger="bridge.link.slot_watch")
    for look in looks:
        subject.see(look, MonotonicSeconds(0.0))
    return [record.getMessage().partition(": ")[2] for record in caplog.records]


def test_what_wins_is_not_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    stored = as_real32(SENT)
    assert told(check(), caplog, *[states(stored, slot12=stored)] * 3) == []


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        ({"slot12": SENT, "slot8": 55.0}, "slot 8 holds 55.0"),
        ({"slot12": SENT, "slot8": 55.0, "slot3": 1.0}, "slot 3 holds 1.0"),
        ({"slot12": 99.0}, "slot 12 holds 99.0, as it did before this run"),
    ],
)
def test_a_command_that_does_not_win_is_told_once(
    caplog: pytest.LogCaptureFixture, slots: dict[str, PointValue], reason: str
) -> None:
    assert told(check(), caplog, *[states(SENT, **slots)] * 4) == [f"written but not effective: {reason}"]


def test_a_weaker_slot_does_not_matter(caplog: pytest.LogCaptureFixture) -> None:
    assert told(check(), caplog, *[states(SENT, slot12=SENT, slot16=70.0)] * 3) == []


def test_an_input_that_ignores_what_it_is_sent_is_told(caplog: pytest.LogCaptureFixture) -> None:
    looks = [states(-40.0, slot12=SENT)] * 2
    assert told(check(), caplog, *looks) == ["written but not effective: present-value is -40.0"]


def test_what_may_be_ours_as_the_controller_stored_it_is_not_somebody_elses(caplog: pytest.LogCaptureFixture) -> None:
    subject = check()
    subject._ledger.sent(DEVICE, VALUE_REF, 30.0)
    assert told(subject, caplog, *[states(SENT, slot12=25.5)] * 3) == []


def test_one_look_may_be_stale_and_is_not_enough(caplog: pytest.LogCaptureFixture) -> None:
    looks = [states(SENT, slot12=99.0), states(SENT, slot12=SENT), states(SENT, slot12=99.0)]
    assert told(check(), caplog, *looks) == []


def test_where_ours_may_have_been_lost_that_it_does_not_win_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    subject, beaten = check(), states(SENT, slot12=SENT, slot8=55.0)
    for _ in range(3):
        subject.judge(beaten, MonotonicSeconds(0.0))
    assert told(subject, caplog, beaten) == []


def test_its_end_is_told_and_its_return_again(caplog: pytest.LogCaptureFixture) -> None:
    beaten, winning = states(SENT, slot12=SENT, slot8=55.0), states(SENT, slot12=SENT)
    messages = told(check(), caplog, beaten, beaten, winning, beaten, beaten)
    assert [message.partition(":")[0] for message in messages] == [
        "written but not effective",
        "effective again",
        "written but not effective",
    ]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, profile=Profile(stale_reads_s=0.0)) as running:
        yield running


def test_an_operators_override_in_mid_run_is_told(both: Rig, caplog: pytest.LogCaptureFixture) -> None:
    run = both.run(ECY_REFRESH_TIME="0.1")
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 55.0, 8)
        eventually(lambda: "written but not effective: slot 8 holds 55" in caplog.text)
        run.request_stop()
        future.result(DEADLINE_S)
    assert caplog.text.count("written but not effective") == 1
    assert both.controllers.controller("AHU").objects.named("OutdoorAirTemp").slots[7] == 55.0
