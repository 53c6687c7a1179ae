"""Controllers that store what they are sent in a form of their own: it is ours all the same, and is given back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.receipts import print_receipts
from bridge.run import Run
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import Ramps, Stores, Wanders
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.objects.storage import StorageQuirk
from ledger.receipts import Outcome, Receipt
from tests.bridge.looking import assert_as_it_was, held
from tests.bridge.rig import AHU_POINTS, Rig, rig
from tests.command_line import run as run_main
from tests.command_line import variables
from tests.ledger.record.killing import killed

KINDS: dict[str, StorageQuirk] = {
    "cut at 15.5": StorageQuirk(maximum=15.5),
    "not below 40": StorageQuirk(minimum=40.0),
    "whole numbers": StorageQuirk(step=1.0),
    "tenths": StorageQuirk(step=0.1),
    "8 bits": StorageQuirk(span=100.0),
    "8 bits of 50": StorageQuirk(span=50.0),
    "Unsigned": StorageQuirk(unsigned=True),
    "another scale": StorageQuirk(factor=1.8),
}
OUTDOOR = "OutdoorAirTemp"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


def steady(subject: Rig) -> None:
    """The outdoor temperature stands still for the controller, so that nothing of an operator's is written over."""
    subject.ahu_points = [
        {**point, "deadband": 100.0} if point["ecy_point"] == OUTDOOR else point for point in AHU_POINTS
    ]


def plague(subject: Rig, fault: Fault) -> None:
    for name in ("AHU", "VAV"):
        subject.controllers.controller(name).faults.add(fault)


def outcomes(receipts: tuple[Receipt, ...]) -> set[Outcome]:
    return {receipt.outcome for receipt in receipts}


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_it_is_given_back_and_the_next_start_is_not_locked_out(both: Rig, kind: str) -> None:
    plague(both, Stores(KINDS[kind]))
    for _ in range(2):
        summary = both.execute(steps=4)
        assert outcomes(summary.receipts) <= {Outcome.RELEASED, Outcome.RESTORED}
        assert summary.yielded == ()
        assert_as_it_was(both)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cut at 15.5", "whole numbers", "another scale"])
def test_after_a_crash_too_with_the_value_printed_that_was_not_understood(both: Rig, kind: str) -> None:
    plague(both, Stores(KINDS[kind]))
    killed(both)
    code, output = run_main("release", "--env", "absent", **variables(both))
    assert code == 0, output
    assert_as_it_was(both)


@pytest.mark.parametrize("fault", [Wanders(), Ramps(reads=500)], ids=["wanders", "ramps"])
def test_what_moves_is_neither_yielded_nor_left(both: Rig, fault: Fault) -> None:
    plague(both, fault)
    summary = both.execute(steps=4)
    assert Outcome.LEFT_ALONE not in outcomes(summary.receipts)
    assert summary.yielded == ()
    assert not any(
        both.controllers.controller(name).objects.named(point).out_of_service
        for name, point in (("AHU", "DischAirTemp"), ("VAV", "SpaceTemp"))
    )


def test_what_may_have_been_somebody_elses_is_printed(both: Rig) -> None:
    plague(both, Stores(StorageQuirk(maximum=15.5)))
    summary = both.execute(steps=1)
    [receipt] = [one for one in summary.receipts if OUTDOOR in one.what]
    assert receipt.outcome is Outcome.RELEASED
    print_receipts(Console(file=(page := io.StringIO()), width=200), summary.receipts)
    assert "it held 15.5" in page.getvalue()


def test_it_is_in_the_log_before_it_is_gone(both: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    logged: list[bool] = []

    class Listening(Fault):
        def on_write(self, target: BacnetObject) -> None:
            if target.name == OUTDOOR:
                logged.append("OutdoorAirTemp slot 14: it held 15.5, which may be ours" in caplog.text)

    plague(both, Stores(StorageQuirk(maximum=15.5)))
    plague(both, Listening())
    both.execute(steps=1)
    assert logged[0] is False
    assert logged[-1] is True


def test_a_value_that_was_taken_is_put_back_at_the_objects_own_scale(both: Rig) -> None:
    both.ahu_points = [
        {**point, "take_occupied": True} if point["ecy_point"] == OUTDOOR else point for point in AHU_POINTS
    ]
    objects = both.controllers.controller("AHU").objects
    objects.command(OUTDOOR, 20.0, 14)
    plague(both, Stores(StorageQuirk(step=0.5)))
    both.execute(steps=3)
    assert objects.named(OUTDOOR).slots[13] == 20.0


def test_an_operator_who_takes_over_is_left_alone_as_soon_as_a_value_of_ours_has_been_read_back(both: Rig) -> None:
    steady(both)
    objects = both.controllers.controller("AHU").objects

    def take_over(_run: Run) -> None:
        objects.command(OUTDOOR, 99.0, 14)

    run = held(both, take_over, steps=2)
    [receipt] = [one for one in run.summary().receipts if OUTDOOR in one.what]
    assert receipt.outcome is Outcome.LEFT_ALONE
    assert objects.named(OUTDOOR).slots[13] == 99.0


def test_one_who_writes_between_our_write_and_its_read_back_is_given_back_and_printed(both: Rig) -> None:
    """The window that is left: nothing that we sent has been read back as it was, so his value may be ours."""
    steady(both)
    objects = both.controllers.controller("AHU").objects
    plague(both, Stores(StorageQuirk(factor=1.8), names=[OUTDOOR]))

    def take_over(_run: Run) -> None:
        objects.command(OUTDOOR, 99.0, 14)

    run = held(both, take_over)
    [receipt] = [one for one in run.summary().receipts if OUTDOOR in one.what]
    assert receipt.outcome is Outcome.RELEASED
    assert "it held 99.0" in str(receipt)


@pytest.mark.slow
def test_a_controller_that_stores_0_for_null_has_not_let_go(both: Rig) -> None:
    plague(both, Stores(StorageQuirk(null_is_zero=True), names=[OUTDOOR]))
    summary = both.execute(steps=1)
    assert [OUTDOOR in receipt.what for receipt in summary.not_released] == [True]


def test_the_read_back_costs_no_exchange_of_its_own(both: Rig) -> None:
    def exchanges() -> int:
        counted = both.controllers.controller("AHU").counters.requests
        before = sum(counted.values())
        both.execute(steps=3)
        return sum(counted.values()) - before

    exchanges()
    usual = exchanges()
    plague(both, Stores(StorageQuirk(maximum=15.5)))
    assert exchanges() == usual


def test_what_cannot_be_put_back_as_it_was_is_said_with_what_became_of_it(both: Rig) -> None:
    """At a scale of its own that one value does not tell."""
    both.ahu_points = [
        {**point, "take_occupied": True, "deadband": 100.0} if point["ecy_point"] == OUTDOOR else point
        for point in AHU_POINTS
    ]
    both.controllers.controller("AHU").objects.command(OUTDOOR, 20.0, 14)
    plague(both, Stores(StorageQuirk(factor=2.0), names=[OUTDOOR]))
    [receipt] = both.execute(steps=1).not_released
    assert "asked for 20.0, it is 40.0" in str(receipt)
