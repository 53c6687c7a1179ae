"""A slot that somebody else takes over in mid-run is left to them, and said once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.console import print_summary
from bridge.link.duty import Look
from bridge.link.link import LinkState
from bridge.link.slot_watch import SlotWatch
from bridge.run import Run
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.calls import DropConnection
from ledger.entries import TakenSlot
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from tests.bridge.looking import activations, state_of, written
from tests.bridge.rig import AHU_POINTS, Rig, in_background, rig
from tests.equipment.plan_points import INPUT, VALUE, bound
from tests.faults.scene import HURRY, HostClock
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks, MonotonicSeconds
from utils.values import Exchange, ObjectState, PointValue, Sample, as_real32

DEVICE = "10.0.0.1"
POINT = bound(VALUE, 2, priority=12)
SENT, FOREIGN = 21.1, 99.0


NOT_YET = MonotonicSeconds(0.0)


@dataclass
class Bench:
    """One slot of ours in a controller, and what is seen of it."""

    ledger: Ledger = field(default_factory=Ledger)
    now_s: MonotonicSeconds = NOT_YET

    def __post_init__(self) -> None:
        self.subject = SlotWatch(DEVICE, self.ledger, lambda: [POINT])
        self.ledger.sent(DEVICE, POINT.ref, SENT)

    @property
    def state(self) -> str:
        if self.subject.is_yielded(POINT.target):
            return "yielded"
        return "held back" if self.subject.holds_back(POINT.target) else "written"

    def look(self, held: PointValue | None, after_s: float = 1.0, shown: float = SENT) -> str:
        """Look at the slot, and say what becomes of the point."""
        slots: list[PointValue | None] = [None] * 16
        slots[11] = held
        self.now_s = MonotonicSeconds(self.now_s + after_s)
        self.subject.see({POINT.ref: ObjectState(Sample(shown), priority_array=tuple(slots))}, self.now_s)
        return self.state

    def glance(self, held: PointValue | None, after_s: float = 1.0) -> str:
        """Read the slot along, and say what becomes of the point."""
        slots: list[PointValue | None] = [None] * 16
        slots[11] = held
        self.now_s = MonotonicSeconds(self.now_s + after_s)
        read = self.subject.look(self.now_s).slots
        self.subject.hear(Exchange((), {}, slots=dict.fromkeys(read, tuple(slots))), self.now_s)
        return self.state


@pytest.fixture
def proved() -> Bench:
    """A bench whose slot has been seen to hold what we sent."""
    bench = Bench()
    assert bench.look(as_real32(SENT)) == "written"
    return bench


class TestLooking:
    def test_a_foreign_value_is_not_overwritten_from_the_first_sight_and_yielded_at_the_second(
        self, proved: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert [proved.look(FOREIGN), proved.look(FOREIGN, 5.0), proved.look(FOREIGN, 1.0)] == [
            "held back",
            "held back",
            "yielded",
        ]
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "somebody else has written 99.0 into slot 12, which was ours" in caplog.text
        assert [str(one) for one in proved.subject.yielded] == [
            f"{DEVICE} {POINT.target.name} ({POINT.ref}) slot 12: it held 99.0"
        ]

    @pytest.mark.parametrize("then", [SENT, None])
    def test_a_stale_or_passing_sight_costs_a_moment_only(self, proved: Bench, then: float | None) -> None:
        assert [proved.look(FOREIGN), proved.look(then, 6.0), proved.look(FOREIGN, 60.0)] == [
            "held back",
            "written",
            "held back",
        ]

    def test_what_was_yielded_stays_so(self, proved: Bench) -> None:
        proved.look(FOREIGN)
        proved.look(FOREIGN, 6.0)
        assert [proved.look(None, 60.0), proved.look(SENT, 60.0)] == ["yielded", "yielded"]

    def test_a_controller_that_never_shows_our_value_as_ours_proves_nothing(self) -> None:
        rounding = Bench()
        assert [rounding.look(15.5), rounding.look(15.5, 60.0)] == ["written", "written"]

    def test_what_was_there_before_us_is_not_somebody_elses_news(self) -> None:
        ledger = Ledger()
        ledger.take(TakenSlot(DEVICE, POINT.ref, POINT.target.name, 12, FOREIGN))
        bench = Bench(ledger)
        assert [bench.look(SENT), bench.look(FOREIGN), bench.look(FOREIGN, 60.0)] == ["written"] * 3

    def test_a_value_that_no_controller_stores_is_not_ours_and_harms_nobody(self, proved: Bench) -> None:
        assert proved.look(1e300) == "held back"

    def test_what_was_never_sent_is_passed_over(self) -> None:
        subject = SlotWatch(DEVICE, Ledger(), lambda: [bound(INPUT, 1), POINT])
        assert not any(subject.look(MonotonicSeconds(0.0)))


class TestGlancing:
    def test_slots_are_read_along_once_a_second(self) -> None:
        bench = Bench()
        read = []
        for now_s in (0.0, 0.9, 1.0, 1.9, 2.0):
            read.append(bool(bench.subject.look(MonotonicSeconds(now_s)).slots))
            bench.now_s = MonotonicSeconds(now_s)
            bench.glance(as_real32(SENT), 0.0)
        assert read == [True, False, True, False, True]

    def test_what_was_asked_and_not_heard_is_asked_again(self) -> None:
        bench = Bench()
        assert (
            bench.subject.look(MonotonicSeconds(0.0)).slots
            == bench.subject.look(MonotonicSeconds(0.1)).slots
            == (POINT.ref,)
        )

    def test_before_the_first_write_nothing_is_read_along_and_right_after_it_what_was_written(self) -> None:
        ledger = Ledger()
        subject = SlotWatch(DEVICE, ledger, lambda: [POINT])
        assert not any(subject.look(MonotonicSeconds(0.0)))
        subject.hear(Exchange((), {}), MonotonicSeconds(0.0))
        ledger.sent(DEVICE, POINT.ref, SENT)
        assert subject.look(MonotonicSeconds(0.1)).slots == (POINT.ref,)

    def test_an_input_that_we_force_is_read_along_by_its_value(self) -> None:
        ledger, forced = Ledger(), bound(INPUT, 1)
        subject = SlotWatch(DEVICE, ledger, lambda: [forced, POINT])
        for one in (forced, POINT):
            ledger.sent(DEVICE, one.ref, SENT)
        assert subject.look(MonotonicSeconds(0.0)) == Look(reads=(forced.ref,), slots=(POINT.ref,))

    def test_a_foreign_value_is_held_back_from_the_first_sight_and_yielded_when_it_is_no_stale_one(
        self, proved: Bench
    ) -> None:
        assert [proved.glance(FOREIGN), proved.glance(FOREIGN, 5.0), proved.glance(FOREIGN, 1.0)] == [
            "held back",
            "held back",
            "yielded",
        ]

    def test_an_empty_slot_right_after_the_write_is_not_taken_over(self, proved: Bench) -> None:
        assert [proved.glance(None), proved.glance(None, 60.0)] == ["written", "written"]

    def test_a_controller_that_does_not_tell_its_slots_is_not_asked_again_and_yields_nothing(
        self, proved: Bench
    ) -> None:
        proved.subject.hear(Exchange((), {}, slots={POINT.ref: None}), MonotonicSeconds(10.0))
        assert not any(proved.subject.look(MonotonicSeconds(20.0)))
        assert proved.state == "written"
        proved.look(SENT)
        assert any(proved.subject.look(MonotonicSeconds(30.0)))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@pytest.fixture
def hurried(both: Rig) -> Rig:
    """A host whose refreshes come often, and a value that is written with them only."""
    both.clocks = Clocks(monotonic=HostClock(HURRY))
    both.ahu_points = [AHU_POINTS[0], {**AHU_POINTS[1], "deadband": 100.0}, *AHU_POINTS[2:]]
    return both


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


def slot(subject: Rig) -> float | None:
    return ahu(subject).objects.named("OutdoorAirTemp").slots[13]


def writes(subject: Rig) -> int:
    return len(written(subject, "AHU", "OutdoorAirTemp"))


def take_over(subject: Rig, run: Run, value: float = FOREIGN) -> None:
    """An operator who writes into our slot until it stays."""
    while not run.summary().yielded:
        before = writes(subject)
        ahu(subject).objects.command("OutdoorAirTemp", value, 14)
        eventually(lambda seen=before: bool(run.summary().yielded) or writes(subject) > seen)  # type: ignore[misc]


def let_pass(subject: Rig, steps: int = 20) -> None:
    """Let some steps pass in which something else is written."""
    before = len(written(subject, "AHU", "DischAirTemp"))
    eventually(lambda: len(written(subject, "AHU", "DischAirTemp")) > before + steps)


@pytest.mark.slow
def test_a_slot_that_is_taken_over_between_two_writes_is_left_to_the_operator(
    both: Rig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.link.slot_watch._STALE_S", 0.1)
    monkeypatch.setattr("bridge.link.slot_watch._GLANCE_EVERY_S", 0.0)
    run = both.run(ECY_SETTLE_TIME="0.02")
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        let_pass(both)
        take_over(both, run)
        before = writes(both)
        let_pass(both)
        assert (writes(both), slot(both)) == (before, FOREIGN)
        run.request_stop()
        summary = future.result(DEADLINE_S)
    assert slot(both) == FOREIGN
    assert [(one.target.name, one.priority, one.found) for one in summary.yielded] == [("OutdoorAirTemp", 14, FOREIGN)]
    assert {receipt.outcome for receipt in summary.receipts} == {Outcome.RELEASED, Outcome.LEFT_ALONE}
    assert caplog.text.count("somebody else has written 99.0 into slot 14") == 1
    assert "written but not effective" not in caplog.text
    print_summary(Console(file=(page := io.StringIO()), width=200), summary)
    assert "left to somebody else during the run: " in page.getvalue()


@pytest.mark.slow
def test_the_refresh_does_not_take_it_back(hurried: Rig) -> None:
    both, run = hurried, hurried.run()
    with in_background(run):
        eventually(lambda: activations(run) == (1.0, 1.0))
        let_pass(both)
        take_over(both, run)
        before = writes(both)
        let_pass(both, 100)
        assert (writes(both), slot(both)) == (before, FOREIGN)


def test_one_that_was_taken_over_while_its_controller_was_away_is_not_overwritten(hurried: Rig) -> None:
    silence = DropConnection(None)
    both, run = hurried, hurried.run()
    with in_background(run):
        eventually(lambda: activations(run) == (1.0, 1.0))
        let_pass(both)
        ahu(both).faults.add(silence)
        eventually(lambda: state_of(both, run, "AHU") is LinkState.OFFLINE)
        before = writes(both)
        ahu(both).objects.command("OutdoorAirTemp", FOREIGN, 14)
        ahu(both).faults.remove(silence)
        eventually(lambda: bool(run.summary().yielded))
        assert (writes(both), slot(both)) == (before, FOREIGN)


@pytest.mark.slow
def test_it_stays_yielded_when_the_controller_comes_back_and_is_taken_again_by_the_next_run(hurried: Rig) -> None:
    silence = DropConnection(None)
    both, run = hurried, hurried.run()
    with in_background(run):
        eventually(lambda: activations(run) == (1.0, 1.0))
        let_pass(both)
        take_over(both, run)
        ahu(both).objects.command("OutdoorAirTemp", None, 14)
        before = writes(both)
        ahu(both).faults.add(silence)
        eventually(lambda: state_of(both, run, "AHU") is LinkState.OFFLINE)
        ahu(both).faults.remove(silence)
        eventually(lambda: state_of(both, run, "AHU") is LinkState.ONLINE)
        let_pass(both)
        assert (writes(both), slot(both)) == (before, None)
    both.execute(steps=2)
    assert writes(both) > before + 1


def test_it_does_not_keep_its_controller_from_coming_back(hurried: Rig) -> None:
    both, run = hurried, hurried.run()
    fan = ahu(both).objects.find("FanSpeed")

    def rename(name: str) -> None:
        ahu(both).objects.update(fan, lambda one: replace(one, name=name))

    with in_background(run):
        eventually(lambda: activations(run) == (1.0, 1.0))
        let_pass(both)
        take_over(both, run)
        rename("Fan")
        eventually(lambda: not ahu(both).objects.named("DischAirTemp").out_of_service)
        rename("FanSpeed")
        eventually(lambda: state_of(both, run, "AHU") is LinkState.ONLINE)
    assert slot(both) == FOREIGN
