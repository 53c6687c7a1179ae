"""The gate: what may be written, who owns it, and that it is given back."""

from __future__ import annotations

import errno
import math
import os
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clients.bacnet.stack import BACnetStack
from emulators.ecy.faults.calls import DropConnection, Hold
from emulators.ecy.faults.storage import FailWrites, Stores
from emulators.ecy.objects.storage import StorageQuirk
from emulators.ecy.server import EcyServer
from emulators.http.messages import Request, Response
from ledger.entries import Entry
from ledger.ledger import Ledger, MemoryStore
from ledger.receipts import Outcome, Receipt
from ledger.record.journal import Journals
from supervisory.guard.enabling import State
from supervisory.guard.gate import Disabled
from supervisory.guard.releaser import Releaser
from tests.supervisory.gate_rig import (
    ECONOMIZER,
    PASSWORD,
    SPACE_TEMP,
    STATIC,
    SUPPLY,
    VAV,
    GateRig,
    as_new,
    bacnet_rig,
    controllers,
    gate_rig,
)
from tests.waiting import DEADLINE_S, eventually
from utils.values import ObjectRef, ObjectType


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with controllers() as serving:
        yield serving


@pytest.fixture
def rig(server: EcyServer) -> Iterator[GateRig]:
    as_new(server)
    with gate_rig(server) as running:
        yield running


STORED = {
    "whole numbers": StorageQuirk(step=1.0),
    "cut at 150": StorageQuirk(maximum=150.0),
    "8 bits": StorageQuirk(span=500.0),
    "another scale": StorageQuirk(factor=1.8),
}


class TestAnAccountThatIsRefused:
    """Controllers lock accounts: neither steps nor attempts to give back try the same password again and again."""

    def sign_ins(self, rig: GateRig) -> int:
        return rig.controller().counters.basic_sign_ins

    def test_steps_do_not_try_it_again(self, rig: GateRig) -> None:
        rig.controller().change_password("another one")
        before = self.sign_ins(rig)
        for _ in range(4):
            assert rig.write(rig.command(200.4)) == ["wrong user name or password"]
        assert self.sign_ins(rig) - before == 1
        rig.controller().change_password(PASSWORD)

    def test_giving_back_tries_it_twice_at_the_most(self, rig: GateRig) -> None:
        rig.write(rig.command(200.4))
        rig.controller().change_password("another one")
        before = self.sign_ins(rig)
        for _ in range(5):
            [receipt] = rig.gate.release("switched off")
            assert receipt.outcome is Outcome.FAILED
        assert self.sign_ins(rig) - before <= 2
        rig.controller().change_password(PASSWORD)


class TestControllersThatStoreOtherwise:
    @pytest.mark.parametrize("kind", STORED)
    def test_a_program_keeps_its_slot_and_gives_it_back(self, rig: GateRig, kind: str) -> None:
        rig.controller().faults.add(Stores(STORED[kind]))
        for value in (200.4, 200.4, 217.3, 221.9):
            assert rig.write(rig.command(value)) == [""]
            assert rig.slot() != value
        rig.gate.release("switched off")
        assert (rig.slot(), rig.gate.owned()) == (None, 0)

    @pytest.mark.parametrize("kind", STORED)
    def test_over_bacnet_too(self, server: EcyServer, tmp_path: Path, kind: str) -> None:
        as_new(server)
        ledger = Ledger(Journals(tmp_path).own({}))
        with BACnetStack("127.0.0.1:0") as stack, bacnet_rig(server, stack, ledger) as rig:
            rig.controller().faults.add(Stores(STORED[kind]))
            for value in (200.4, 217.3):
                assert rig.write(rig.on_bacnet(value)) == [""]
            rig.gate.release("switched off")
            assert (rig.slot(), rig.gate.owned()) == (None, 0)
        ledger.close()

    def test_somebody_else_is_told_from_a_first_value_that_stands_as_it_was_sent(self, rig: GateRig) -> None:
        rig.write(rig.command(200.4))
        rig.operator(99.0)
        [error] = rig.write(rig.command(201.1))
        assert "which is not ours" in error
        assert rig.slot() == 99.0


class TestWriting:
    def test_values_go_into_the_slots_of_all_controllers(self, rig: GateRig) -> None:
        commands = [rig.command(200.0), rig.command(True, ECONOMIZER), rig.command(14.0, SUPPLY, VAV)]
        assert rig.write(*commands) == ["", "", ""]
        assert (rig.slot(), rig.slot(ECONOMIZER), rig.slot(SUPPLY, VAV)) == (200.0, 1.0, 14.0)
        assert rig.gate.owned("one") == 3
        assert rig.gate.owned("two") == 0

    def test_none_gives_the_slot_back(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0), rig.command(14.0, SUPPLY))
        assert rig.write(rig.command(None)) == [""]
        assert rig.slot() is None
        assert rig.slot(SUPPLY) == 14.0
        assert rig.gate.owned() == 1

    def test_a_slot_that_is_not_ours_is_never_given_back(self, rig: GateRig) -> None:
        rig.operator(111.0)
        assert rig.write(rig.command(None)) == [""]
        assert rig.slot() == 111.0
        assert rig.controller().journal == []

    @pytest.mark.parametrize("priority", [0, 6, 17, -1, None, True, 12.0])
    def test_a_priority_that_is_none_is_refused(self, rig: GateRig, priority: object) -> None:
        [error] = rig.write(rig.command(200.0, priority=priority))
        assert "is not a priority" in error
        assert rig.controller().journal == []

    @pytest.mark.parametrize("value", [math.nan, math.inf, 1e39, "null"])
    def test_a_value_that_no_controller_can_hold_is_refused(self, rig: GateRig, value: float) -> None:
        [error, other] = rig.write(rig.command(value), rig.command(14.0, SUPPLY))
        assert "is not a value that a controller can hold" in error
        assert other == ""
        assert (rig.slot(), rig.slot(SUPPLY)) == (None, 14.0)

    def test_an_input_is_refused(self, rig: GateRig) -> None:
        [error] = rig.write(rig.command(20.0, SPACE_TEMP))
        assert "cannot be commanded" in error

    def test_an_object_that_is_not_there_is_refused(self, rig: GateRig) -> None:
        [error] = rig.write(rig.command(20.0, ObjectRef(ObjectType.ANALOG_VALUE, 99)))
        assert "there is no such object" in error
        assert rig.gate.owned() == 0

    def test_an_object_under_another_name_is_refused(self, rig: GateRig) -> None:
        [error] = rig.write(rig.command(20.0, STATIC, name="DuctStatic"))
        assert "which was DuctStatic, is StaticSetpoint now" in error
        assert rig.slot() is None

    def test_without_a_name_the_object_is_taken_by_its_own(self, rig: GateRig) -> None:
        assert rig.write(rig.command(20.0, STATIC, name="")) == [""]
        [entry] = rig.ledger.open_entries
        assert getattr(entry, "name") == "StaticSetpoint"  # noqa: B009 - of one kind of entry only

    def test_a_controller_that_nobody_knows_is_refused(self, rig: GateRig) -> None:
        [error, other] = rig.write(rig.command(20.0, device="10.0.0.9"), rig.command(14.0, SUPPLY))
        assert error == "this controller is not in the config"
        assert other == ""

    def test_a_controller_that_is_away_does_not_keep_the_other_from_being_written(self, rig: GateRig) -> None:
        rig.controller(VAV).faults.add(DropConnection(None))
        [error, other] = rig.write(rig.command(20.0, at=VAV), rig.command(14.0))
        assert error
        assert other == ""
        assert rig.slot() == 14.0

    def test_nothing_is_written_while_no_guardian_watches(self, rig: GateRig) -> None:
        rig.guard.is_watching = False
        assert "no guardian" in rig.write(rig.command(200.0))[0]
        rig.guard.is_watching = True
        assert rig.write(rig.command(200.0)) == [""]


class TestOwners:
    def test_a_slot_that_is_occupied_before_us_is_refused(self, rig: GateRig) -> None:
        rig.operator(111.0)
        [error] = rig.write(rig.command(200.0))
        assert "holds 111.0 already" in error
        assert (rig.slot(), rig.gate.owned()) == (111.0, 0)

    def test_a_slot_that_is_taken_nevertheless_is_restored(self, rig: GateRig) -> None:
        rig.operator(111.0)
        assert rig.write(rig.command(200.0, take_occupied=True)) == [""]
        assert rig.slot() == 200.0
        [receipt] = rig.gate.release("enough")
        assert receipt.outcome is Outcome.RESTORED
        assert rig.slot() == 111.0

    def test_two_programs_cannot_have_one_slot(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0))
        [error] = rig.write(rig.command(201.0), program="two")
        assert "belongs to the program one" in error
        assert rig.slot() == 200.0

    def test_two_programs_may_use_two_priorities(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0))
        assert rig.write(rig.command(201.0, priority=13), program="two") == [""]

    def test_a_value_that_somebody_puts_into_our_slot_stays(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0))
        rig.operator(111.0)
        [error] = rig.write(rig.command(201.0))
        assert "holds 111.0, which is not ours" in error
        assert (rig.slot(), rig.gate.owned()) == (111.0, 0)

    def test_what_has_been_yielded_is_not_taken_again_before_the_next_enable(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0))
        rig.operator(111.0)
        rig.write(rig.command(201.0))
        rig.operator(None)
        assert "left alone" in rig.write(rig.command(202.0))[0]
        rig.enabling.switch(False)
        rig.gate.release("switched off")
        rig.enabling.switch(True)
        assert rig.write(rig.command(203.0)) == [""]

    def test_a_first_value_that_is_refused_leaves_nothing_to_give_back(self, rig: GateRig) -> None:
        rig.controller().faults.add(FailWrites(["StaticSetpoint"]))
        [error] = rig.write(rig.command(200.0))
        assert error
        assert (rig.gate.owned(), rig.ledger.open_entries) == (0, ())


class TestSwitchingOff:
    def test_everything_is_given_back(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0), rig.command(14.0, SUPPLY, VAV))
        rig.write(rig.command(True, ECONOMIZER), program="two")
        rig.enabling.switch(False)
        receipts = rig.gate.release("switched off")
        assert [receipt.outcome for receipt in receipts] == [Outcome.RELEASED] * 3
        assert (rig.slot(), rig.slot(SUPPLY, VAV), rig.slot(ECONOMIZER)) == (None, None, None)
        assert rig.enabling.state() is State.DISABLED

    def test_one_program_gives_back_its_own_only(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0))
        rig.write(rig.command(True, ECONOMIZER), program="two")
        rig.enabling.switch(False, "one")
        rig.gate.release("switched off", "one")
        assert (rig.slot(), rig.slot(ECONOMIZER)) == (None, 1.0)
        assert (rig.gate.owned("one"), rig.gate.owned("two")) == (0, 1)

    def test_what_an_operator_has_put_there_stays(self, rig: GateRig) -> None:
        rig.write(rig.command(200.0), rig.command(14.0, SUPPLY))
        rig.operator(111.0)
        outcomes = {receipt.outcome for receipt in rig.gate.release("enough")}
        assert outcomes == {Outcome.LEFT_ALONE, Outcome.RELEASED}
        assert (rig.slot(), rig.slot(SUPPLY), rig.gate.owned()) == (111.0, None, 0)

    def test_a_pass_from_before_does_not_write_any_more(self, rig: GateRig) -> None:
        old = rig.leave()
        rig.enabling.switch(False)
        rig.gate.release("switched off")
        rig.enabling.switch(True)
        with pytest.raises(Disabled):
            rig.gate.write(old, [rig.command(200.0)])
        assert rig.controller().journal == []

    def test_no_pass_is_given_while_disabled(self, rig: GateRig) -> None:
        rig.enabling.switch(False, "one")
        assert rig.gate.admit("one") is None
        assert rig.gate.admit("two") is not None

    def test_a_step_whose_look_is_in_flight_writes_nothing(self, rig: GateRig) -> None:
        rig.write(rig.command(14.0, SUPPLY))
        leave, hold = rig.leave(), Hold()
        rig.controller().faults.add(hold)
        with ThreadPoolExecutor(1) as pool:
            step = pool.submit(rig.gate.write, leave, [rig.command(200.0)])
            assert hold.holding.wait(DEADLINE_S)
            rig.enabling.switch(False)
            hold.release()
            with pytest.raises(Disabled):
                step.result(DEADLINE_S)
        assert rig.slot() is None
        rig.gate.release("switched off")
        assert (rig.slot(), rig.slot(SUPPLY), rig.gate.owned()) == (None, None, 0)

    def test_a_batch_that_hangs_is_abandoned_and_what_it_may_have_written_given_back(self, rig: GateRig) -> None:
        rig.write(rig.command(14.0, SUPPLY))
        leave, hold = rig.leave(), Hold()
        rig.controller().faults.add(hold)
        with ThreadPoolExecutor(1) as pool:
            step = pool.submit(rig.gate.write, leave, [rig.command(200.0)])
            assert hold.holding.wait(DEADLINE_S)
            rig.controller().faults.remove(hold)
            rig.gate.release("switched off")
            with pytest.raises(Disabled):
                step.result(DEADLINE_S)
        assert (rig.slot(), rig.slot(SUPPLY), rig.gate.owned()) == (None, None, 0)


class TestLedger:
    def test_a_slot_is_on_disk_before_the_controller_is_touched(self, rig: GateRig, tmp_path: Path) -> None:
        ledger = Ledger(Journals(tmp_path).own({}))
        rig.controller().faults.add(DropConnection(None))
        with gate_rig(rig.server, ledger) as other:
            assert other.write(other.command(200.0)) != [""]
            assert not list(tmp_path.glob("*.jsonl"))
            rig.controller().faults.clear()
            assert other.write(other.command(200.0)) == [""]
            [file] = tmp_path.glob("*.jsonl")
            assert '"priority": 12' in file.read_text(encoding="utf-8")
        ledger.close()

    def test_on_a_full_disk_nothing_is_written(
        self, rig: GateRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        ledger = Ledger(Journals(tmp_path).own({}))
        with gate_rig(rig.server, ledger) as other:
            monkeypatch.setattr(os, "fsync", full)
            [error] = other.write(other.command(200.0))
            assert "slot 12 of AnalogValue 1 StaticSetpoint was not written: cannot write the ledger" in error
            assert (other.slot(), other.gate.owned()) == (None, 0)
            monkeypatch.undo()
        ledger.close()

    def test_on_a_full_disk_nothing_new_is_written_over_bacnet_and_what_is_owned_is_given_back(
        self, rig: GateRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        ledger = Ledger(Journals(tmp_path).own({}))
        with BACnetStack("127.0.0.1:0") as stack, bacnet_rig(rig.server, stack, ledger) as other:
            static, supply = other.on_bacnet(200.0), other.on_bacnet(14.0, SUPPLY)
            assert other.write(static) == [""]
            monkeypatch.setattr(os, "fsync", full)
            [error] = other.write(supply)
            assert "cannot write the ledger" in error
            assert (other.slot(), other.slot(SUPPLY), other.gate.owned()) == (200.0, None, 1)
            other.gate.release("the disk is full")
            assert (other.slot(), other.gate.owned()) == (None, 0)
            monkeypatch.undo()
        ledger.close()

    def test_what_another_process_drives_is_refused_and_the_rest_written(self, rig: GateRig, tmp_path: Path) -> None:
        journals = Journals(tmp_path)
        first, second = Ledger(journals.own({})), Ledger(journals.own({}))
        with gate_rig(rig.server, first) as one, gate_rig(rig.server, second) as other:
            one.write(one.command(200.0))
            one.operator(None)
            [error, fine] = other.write(other.command(201.0), other.command(14.0, SUPPLY))
            assert f"process {os.getpid()} on this computer drives StaticSetpoint" in error
            assert fine == ""
        for ledger in (first, second):
            ledger.close()


class TestReleaser:
    def test_its_thread_ends_with_it(self, rig: GateRig) -> None:
        with Releaser(rig.enabling, rig.gate):
            assert any(thread.name == "releaser" for thread in threading.enumerate())
        assert not any(thread.name == "releaser" for thread in threading.enumerate())

    @pytest.fixture
    def releaser(self, rig: GateRig) -> Iterator[Releaser]:
        with Releaser(rig.enabling, rig.gate, backoff_s=(0.05,)) as working:
            yield working

    def test_a_program_that_loses_its_leave_is_released_without_anybody_asking(
        self, rig: GateRig, releaser: Releaser
    ) -> None:
        rig.write(rig.command(200.0))
        rig.enabling.fault("one", "it raised")
        eventually(lambda: rig.enabling.state("one") is State.FAULT)
        assert (rig.slot(), rig.gate.owned()) == (None, 0)
        assert [receipt.outcome for receipt in releaser.receipts] == [Outcome.RELEASED]

    def test_whatever_giving_back_raises_it_is_tried_again(self, rig: GateRig) -> None:
        """A thread that died of it would leave every program's slots taken from then on, in silence."""

        class OnceFull:
            tries = 0

            def give_back(self, programs: Collection[str]) -> list[Receipt]:
                self.tries += 1
                if self.tries == 1:
                    raise OSError(28, "No space left on device")
                return rig.gate.give_back(programs)

        rig.write(rig.command(200.0))
        gate = OnceFull()
        with Releaser(rig.enabling, gate, backoff_s=(0.05,)):
            rig.enabling.fault("one", "it raised")
            eventually(lambda: rig.slot() is None)
        assert gate.tries > 1

    def test_what_cannot_be_reached_is_tried_again_until_it_has_been_given_back(
        self, rig: GateRig, releaser: Releaser
    ) -> None:
        rig.write(rig.command(200.0), rig.command(14.0, SUPPLY, VAV))
        rig.server.unplug(VAV)
        rig.enabling.switch(False)
        eventually(lambda: rig.slot() is None)
        eventually(lambda: bool(failed(releaser)))
        assert rig.enabling.state() is State.RELEASING
        rig.server.plug_in(VAV)
        eventually(lambda: rig.enabling.state() is State.DISABLED)
        assert rig.slot(SUPPLY, VAV) is None
        assert len(failed(releaser)) == 1


def failed(releaser: Releaser) -> list[str]:
    return [receipt.what for receipt in releaser.receipts if receipt.outcome is Outcome.FAILED]


class HoldWrites(Hold):
    """Holds the first batch that commands something, before it is carried out; others pass."""

    def __init__(self) -> None:
        super().__init__(before_work=True)
        self._is_used = False

    async def on_request(self, request: Request) -> Response | None:
        """Wait if it writes."""
        if self._is_used or b'"POST"' not in request.body:
            return None
        self._is_used = True
        return await super().on_request(request)


class TestDoubt:
    def test_a_write_that_comes_after_its_call_was_abandoned_is_given_back_too(self, rig: GateRig) -> None:
        late = HoldWrites()
        rig.controller().faults.add(late)
        with Releaser(rig.enabling, rig.gate, backoff_s=(0.05,)), ThreadPoolExecutor(1) as pool:
            step = pool.submit(rig.gate.write, rig.leave(), [rig.command(200.0)])
            assert late.holding.wait(DEADLINE_S)
            rig.enabling.switch(False)
            [result] = step.result(DEADLINE_S)
            assert result.error is not None
            late.release()
            eventually(lambda: rig.enabling.state() is State.DISABLED)
        written = [record.value for record in rig.controller().journal]
        assert 200.0 in written
        assert written[-1] is None
        assert (rig.slot(), rig.gate.owned()) == (None, 0)


class Noting(MemoryStore):
    """Notes when something is entered and when it is closed."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def take(self, entries: Sequence[Entry]) -> None:
        """Entered."""
        self.noted += ["taken"] * len(entries)

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Closed."""
        self.noted += ["given back"] * len(entries)


def test_a_slot_that_was_given_back_stays_on_record_and_is_looked_at_again_while_a_cut_write_may_still_come(
    server: EcyServer,
) -> None:
    as_new(server)
    late, store = HoldWrites(), Noting()
    with (
        gate_rig(server, Ledger(store)) as rig,
        Releaser(rig.enabling, rig.gate, backoff_s=(0.05,)),
        ThreadPoolExecutor(1) as pool,
    ):
        rig.controller().faults.add(late)
        step = pool.submit(rig.gate.write, rig.leave(), [rig.command(200.0)])
        assert late.holding.wait(DEADLINE_S)
        rig.enabling.switch(False)
        assert step.result(DEADLINE_S)[0].error is not None
        eventually(lambda: len(store.noted) >= 3)
        assert store.noted[:3] == ["taken", "given back", "taken"]
        late.release()
        eventually(lambda: rig.enabling.state() is State.DISABLED)
        assert 200.0 in [record.value for record in rig.controller().journal]
        assert (rig.slot(), rig.gate.owned()) == (None, 0)
        assert (store.noted[-1], rig.ledger.open_entries) == ("given back", ())
