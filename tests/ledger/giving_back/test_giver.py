"""Giving back to controllers that have a bad moment, or are not what they were: over real sockets, in invented time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from clients.making import Credentials
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.answers import WEB_PAGE, SpoilContent
from emulators.ecy.faults.calls import AnswerInstead, DropConnection, Hold, Later, OnPath
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from emulators.ecy.wire.messages import HTML_TYPE
from emulators.http.messages import HangUpError, Request, Response
from emulators.program import ObjectSpec
from ledger import Patience
from ledger.entries import Entry, TakenClock, TakenInput, TakenObject, TakenOutput, TakenSlot
from ledger.giving_back.giver import give_back, give_back_all
from ledger.giving_back.patience import LIMIT_S, SIGN_IN_AGAIN_S, Patiences
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt
from ledger.record.journal import Journals
from ledger.recovery import recover
from tests.faults.scene import all_with, objects_of
from utils.clocks import Clocks
from utils.errors import AccountRefused
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

PASSWORD = "correct horse"
ZONE = "US/Mountain"
FORCED, COMMANDED = 21.5, 18.25
"""What is found in them, sent by us."""
MOMENT_S = 3.0
"""So long a bad moment lasts."""
SPECS = (
    ObjectSpec("AnalogInput", "SpaceTemp", "degrees-celsius", initial=-40.0),
    ObjectSpec("AnalogValue", "OutdoorTemp", "degrees-celsius", initial=10.0),
    ObjectSpec("AnalogOutput", "Damper", "percent", initial=30.0),
)


class Time:
    """Monotonic time that passes only while somebody waits; what is planned happens on the way."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.limit_s: float | None = None
        self.waits: list[float] = []
        self._plans: list[tuple[float, Callable[[], None]]] = []

    @property
    def waited_s(self) -> float:
        return sum(self.waits)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds
        for plan in [plan for plan in self._plans if plan[0] <= self.now_s]:
            self._plans.remove(plan)
            plan[1]()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        self._plans.append((self.now_s + seconds, do))

    def patiences(self) -> Patiences:
        return Patiences(Clocks(monotonic=lambda: self.now_s, sleep=self.wait), self.limit_s)


class Heard(Fault):
    """Not a fault: notes what is asked, outside of batches and in them."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def on_request(self, request: Request) -> Response | None:
        self.requests.append(request)
        return None

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    @property
    def sign_ins(self) -> int:
        return sum("authorization" in request.headers for request in self.requests)


class ChangedPassword(Fault):
    """One connection is dropped, and after that the password is another one."""

    def __init__(self, controller: EmulatedController) -> None:
        self._controller: EmulatedController | None = controller

    async def on_request(self, request: Request) -> Response | None:
        if self._controller is not None:
            self._controller.change_password("another")
            self._controller = None
            raise HangUpError("another password holds")
        return None


@dataclass
class Stand:
    """Controllers that have been taken, and all that is needed to give back."""

    server: EcyServer
    time: Time = field(default_factory=Time)
    ledger: Ledger = field(default_factory=Ledger)
    clients: dict[str, ECYDeviceClient] = field(default_factory=dict)

    @property
    def vav(self) -> EmulatedController:
        return self.server.controller("VAV")

    @property
    def device(self) -> str:
        return self.server.addresses["VAV"]

    @property
    def slot(self) -> str:
        """How the receipt of the VAV's slot is found."""
        return f"{self.device} AnalogValue 1 OutdoorTemp slot 14"

    @property
    def clock(self) -> str:
        """How the receipt of the VAV's clock is found."""
        return f"{self.device} clock, zone and NTP"

    def client(self, device: str) -> ECYDeviceClient:
        if device not in self.clients:
            self.clients[device] = ECYDeviceClient(device, "bench", PASSWORD, tls=TlsPolicy(TlsMode.OFF), timeout_s=2.0)
        return self.clients[device]

    def fresh_client(self, device: str, _credentials: Credentials) -> ECYDeviceClient:
        """A client as ``release`` makes it."""
        return ECYDeviceClient(device, "bench", PASSWORD, tls=TlsPolicy(TlsMode.OFF), timeout_s=2.0)

    def heard(self, name: str = "VAV") -> Heard:
        """What is asked from now on."""
        heard = Heard()
        self.server.controller(name).faults.add(heard)
        return heard

    def bad_moment(self, fault: Fault, seconds: float = MOMENT_S) -> None:
        """The VAV's controller has it from now on."""
        self.vav.faults.add(fault)
        self.time.after(seconds, lambda: self.vav.faults.remove(fault))

    def give_back(self) -> dict[str, Receipt]:
        """As at the end of a run: the receipts of all controllers, by what was taken."""
        with ThreadPoolExecutor(4) as pool:
            told = give_back_all(self.ledger, self.client, pool, self.time.patiences().of)
        assert len(told) == len({(one.device, one.what) for one in told})
        return {f"{one.device} {one.what}": one for one in told}

    def taken(self, name: str = "VAV") -> tuple[TakenInput, TakenSlot, TakenOutput, TakenClock]:
        """Have a controller taken as a run does."""
        controller, device = self.server.controller(name), self.server.addresses[name]
        objects = controller.objects
        space, outdoor, damper = (objects.find(spec.name) for spec in SPECS)
        entries = (
            TakenInput(device, space, "SpaceTemp", False, -40.0),
            TakenSlot(device, outdoor, "OutdoorTemp", 14, None),
            TakenOutput(device, damper, "Damper", False),
            TakenClock(device, "UTC", True),
        )
        self.ledger.take(*entries)
        self.ledger.sent(device, space, FORCED)
        self.ledger.sent(device, outdoor, COMMANDED)
        objects.update(space, lambda one: replace(one, out_of_service=True, held=FORCED))
        objects.update(damper, lambda one: replace(one, out_of_service=True, held=one.present_value))
        objects.command("OutdoorTemp", COMMANDED, 14)
        controller.clock.enable_ntp(False)
        controller.clock.set(datetime(2023, 7, 6, 10), ZONE)
        return entries


@contextmanager
def stand(*names: str, profile: Profile | None = None) -> Iterator[Stand]:
    specs = [ControllerSpec(name, objects=SPECS, instance=n) for n, name in enumerate(names or ("VAV",), 1)]
    with EcyServer(specs, username="bench", password=PASSWORD, profile=profile or Profile(), journal=True) as server:
        subject = Stand(server)
        yield subject
        for client in subject.clients.values():
            client.close()


@pytest.fixture
def vav() -> Iterator[Stand]:
    """One controller that has been taken."""
    with stand() as subject:
        subject.taken()
        yield subject


def outcomes(receipts: Iterable[Receipt]) -> set[Outcome]:
    return {receipt.outcome for receipt in receipts}


def assert_as_it_was(controller: EmulatedController) -> None:
    for found in objects_of(controller):
        assert not found.out_of_service, found.name
        assert set(found.slots) <= {None}, found.name
    assert (controller.clock.zone, controller.clock.ntp_enabled) == ("UTC", True)


def assert_given_back(subject: Stand, receipts: dict[str, Receipt]) -> None:
    assert outcomes(receipts.values()) == {Outcome.RELEASED, Outcome.RESTORED}
    assert len(receipts) == 4
    assert subject.ledger.open_entries == ()
    assert_as_it_was(subject.vav)


def busy(status: int, **headers: str) -> Callable[[], Fault]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: AnswerInstead(Response(status, b"{}", headers=told), None)


MOMENTS: dict[str, Callable[[], Fault]] = {
    "connections dropped": lambda: DropConnection(None),
    "answers lost": lambda: DropConnection(None, after_work=True),
    "500": busy(500),
    "502": busy(502),
    "503": busy(503),
    "429": busy(429),
    "301": busy(301, location="https://192.0.2.1/"),
    "302": busy(302),
    "401": busy(401),
    "403": busy(403),
    "a web page": lambda: AnswerInstead(WEB_PAGE, None),
    "an error page": lambda: AnswerInstead(Response(500, b"<html>", HTML_TYPE), None),
    "garbage": lambda: SpoilContent(lambda content: content[: len(content) // 2]),
}
"""What may last for a moment."""


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_bad_moment_is_waited_out_wherever_it_begins(moment: Callable[[], Fault]) -> None:
    with stand() as vav:
        for after in (0, 1, 2, 3, 5, 7):
            vav.taken()
            vav.client(vav.device).connect()
            vav.time = Time()
            vav.bad_moment(Later(moment(), after))
            receipts = vav.give_back()
            assert_given_back(vav, receipts)
            assert vav.time.waited_s <= LIMIT_S
            slot = receipts[vav.slot]
            assert (slot.before, slot.found, slot.after) == ("empty", f"{COMMANDED}", "empty"), after
            vav.vav.faults.clear()


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_client_that_has_never_met_the_controller_waits_as_well(vav: Stand, moment: Callable[[], Fault]) -> None:
    vav.bad_moment(moment())
    assert_given_back(vav, vav.give_back())


@pytest.mark.parametrize("moment", ["connections dropped", "503", "a web page", "301"])
def test_a_controller_that_stays_away_is_asked_for_fifteen_seconds_and_named(vav: Stand, moment: str) -> None:
    heard = vav.heard()
    vav.vav.faults.add(MOMENTS[moment]())
    receipts = vav.give_back()
    assert outcomes(receipts.values()) == {Outcome.FAILED}
    assert len(receipts) == len(vav.ledger.open_entries) == 4
    assert LIMIT_S - 2.0 <= vav.time.waited_s <= LIMIT_S
    assert len(heard.requests) >= 8
    assert heard.sign_ins == 0


def test_one_that_hangs_costs_one_time_out_per_attempt(vav: Stand) -> None:
    vav.time.limit_s = 0.6
    vav.clients[vav.device] = ECYDeviceClient(vav.device, "bench", PASSWORD, tls=TlsPolicy(TlsMode.OFF), timeout_s=0.1)
    heard = vav.heard()
    vav.vav.faults.add(Hold(before_work=True))
    receipts = vav.give_back()
    assert outcomes(receipts.values()) == {Outcome.FAILED}
    assert len(heard.requests) <= 2
    assert vav.time.waited_s == 0.5
    vav.vav.faults.clear()


def test_one_that_dies_while_it_is_given_back_is_not_asked_for_its_clock(vav: Stand) -> None:
    vav.client(vav.device).connect()
    heard = vav.heard()
    vav.vav.faults.add(Later(DropConnection(None), 2))
    receipts = vav.give_back()
    assert outcomes(receipts.values()) == {Outcome.FAILED}
    assert not any("platform" in path for path in heard.paths)


def test_the_others_are_given_back_meanwhile_and_there_is_a_receipt_for_everything() -> None:
    with stand("AHU", "VAV") as both:
        both.taken("AHU")
        both.taken("VAV")
        both.vav.faults.add(DropConnection(None))
        receipts = both.give_back()
        assert_as_it_was(both.server.controller("AHU"))
        assert len(receipts) == 8
        assert {one.device for one in receipts.values() if one.outcome is Outcome.FAILED} == {both.device}
        assert {entry.device for entry in both.ledger.open_entries} == {both.device}


class TestAskedToWait:
    def test_a_wait_within_the_patience_is_honoured(self, vav: Stand) -> None:
        vav.client(vav.device).connect()
        heard = vav.heard()
        vav.bad_moment(busy(503, retry_after="7")(), 7.0)
        assert_given_back(vav, vav.give_back())
        assert 7.0 in vav.time.waits
        assert len([path for path in heard.paths if path.endswith("/services")]) == 2

    def test_one_beyond_it_is_told_and_nobody_waits(self, vav: Stand) -> None:
        vav.vav.faults.add(busy(429, retry_after="900")())
        receipts = vav.give_back()
        assert "it asks to be left alone for 900 s" in receipts[vav.slot].note
        assert outcomes(receipts.values()) == {Outcome.FAILED}
        assert vav.time.waited_s == 0.0


class TestAccount:
    @pytest.mark.parametrize("is_signed_in", [True, False])
    def test_a_wrong_password_is_tried_twice_and_no_third_time(self, vav: Stand, is_signed_in: bool) -> None:
        if is_signed_in:
            vav.client(vav.device).connect()
        vav.vav.change_password("another")
        heard = vav.heard()
        receipts = vav.give_back()
        assert outcomes(receipts.values()) == {Outcome.FAILED}
        assert "wrong user name or password" in receipts[vav.slot].note
        assert heard.sign_ins == 2
        assert vav.time.waited_s == SIGN_IN_AGAIN_S

    def test_one_that_the_run_has_seen_rejected_has_one_attempt_left(self, vav: Stand) -> None:
        client = vav.client(vav.device)
        client.connect()
        vav.vav.change_password("another")
        heard = vav.heard()
        with pytest.raises(AccountRefused, match="wrong user name"):
            client.get_clock()
        vav.give_back()
        assert heard.sign_ins == 2

    def test_one_that_is_rejected_after_a_lost_connection_is_tried_twice_and_no_third_time(self, vav: Stand) -> None:
        vav.client(vav.device).connect()
        heard = vav.heard()
        vav.vav.faults.add(Later(ChangedPassword(vav.vav), 1))
        assert outcomes(vav.give_back().values()) == {Outcome.FAILED}
        assert heard.sign_ins == 2

    def test_missing_rights_get_one_fresh_sign_in(self, vav: Stand) -> None:
        vav.client(vav.device).connect()
        heard = vav.heard()
        vav.vav.faults.add(AnswerInstead(Response(403, b"{}"), None))
        receipts = vav.give_back()
        assert "lacks the rights" in receipts[vav.slot].note
        assert heard.sign_ins == 1

    def test_two_dead_processes_do_not_double_the_attempts(self, vav: Stand, tmp_path: Path) -> None:
        journals = Journals(tmp_path)
        left_behind(journals, *vav.ledger.open_entries[:2])
        left_behind(journals, *vav.ledger.open_entries[2:])
        vav.vav.change_password("another")
        heard = vav.heard()
        receipts = recover(journals, vav.fresh_client, vav.time.patiences())
        assert outcomes(receipts) == {Outcome.FAILED}
        assert (len(receipts), heard.sign_ins) == (4, 2)

    def test_a_changed_certificate_is_shown_no_password_and_not_waited_for(self, vav: Stand, tmp_path: Path) -> None:
        pins = StateFolder(tmp_path).pins
        pins.set(vav.device, "0" * 64)
        policy = TlsPolicy(TlsMode.PIN, pins=pins)
        vav.clients[vav.device] = ECYDeviceClient(vav.device, "bench", PASSWORD, tls=policy)
        heard = vav.heard()
        receipts = vav.give_back()
        assert "its certificate has changed" in receipts[vav.slot].note
        assert (heard.requests, vav.time.waited_s) == ([], 0.0)


def left_behind(journals: Journals, *entries: Entry) -> None:
    """The journal of a process that took these, sent our values, and died."""
    ledger = Ledger(journals.own({}))
    ledger.take(*entries)
    for entry in entries:
        if isinstance(entry, TakenInput | TakenSlot):
            ledger.sent(entry.device, entry.ref, FORCED if isinstance(entry, TakenInput) else COMMANDED)
    ledger.close()


def test_in_mid_run_nobody_waits_for_a_lost_connection(vav: Stand) -> None:
    in_a_hurry = Patience(0.0, Clocks(sleep=vav.time.wait))
    heard = vav.heard()
    vav.vav.faults.add(DropConnection(None))
    receipts = give_back(vav.device, vav.client(vav.device), vav.ledger, vav.ledger.open_entries, in_a_hurry)
    assert outcomes(receipts) == {Outcome.FAILED}
    assert len(heard.requests) == 1
    assert vav.time.waited_s == 0.0


def test_a_controller_that_denies_every_item_of_a_batch_has_given_nothing_back(vav: Stand) -> None:
    vav.vav.faults.add(all_with(403))
    receipts = vav.give_back()
    told = {one.what: one.outcome for one in receipts.values()}
    assert told.pop("clock, zone and NTP") is Outcome.RESTORED
    assert set(told.values()) == {Outcome.FAILED}
    assert receipts[vav.slot].note == "the controller does not tell how it stands"


class TestOrder:
    def test_slots_and_inputs_come_first_then_outputs_then_the_clock(self, vav: Stand) -> None:
        heard = vav.heard()
        vav.give_back()
        names = [record.name for record in vav.vav.journal]
        assert names[-1] == "Damper"
        assert set(names[:-1]) == {"SpaceTemp", "OutdoorTemp"}
        kinds = ["platform" in path for path in heard.paths if "batch" in path or "platform" in path]
        assert kinds == sorted(kinds)
        assert any(kinds)

    @pytest.mark.parametrize("reply", [Response(500, b"{}"), Response(400, b"{}"), Response(503, b"{}")])
    def test_an_ntp_call_that_fails_holds_nothing_else_up(self, vav: Stand, reply: Response) -> None:
        vav.vav.faults.add(OnPath("/time/ntp", reply))
        receipts = vav.give_back()
        assert {one.what for one in receipts.values() if one.outcome is Outcome.FAILED} == {"clock, zone and NTP"}
        assert f"HTTP {reply.status}" in receipts[vav.clock].note
        clock = vav.vav.clock
        assert (clock.zone, clock.ntp_enabled) == ("UTC", False)
        assert abs(clock.aware_now().timestamp() - datetime.now().timestamp()) < 60
        [left] = vav.ledger.open_entries
        vav.vav.faults.clear()
        assert isinstance(left, TakenClock)
        assert_given_back_at_last(vav)

    def test_a_zone_that_is_not_taken_any_more_keeps_neither_time_nor_ntp(self) -> None:
        with stand(profile=Profile(accepted_zones=frozenset({ZONE}))) as vav:
            vav.taken()
            receipts = vav.give_back()
            assert "its clock cannot be set" in receipts[vav.clock].note
            clock = vav.vav.clock
            assert (clock.zone, clock.ntp_enabled) == (ZONE, True)
            assert abs(clock.aware_now().timestamp() - datetime.now().timestamp()) < 60

    def test_ntp_that_cannot_be_turned_off_keeps_the_zone_from_nothing(self, vav: Stand) -> None:
        vav.vav.clock.enable_ntp(True)
        vav.vav.faults.add(OnPath("/time/ntp", Response(400, b"{}")))
        receipts = vav.give_back()
        assert receipts[vav.clock].outcome is Outcome.FAILED
        assert "NTP is enabled" in receipts[vav.clock].note
        assert (vav.vav.clock.zone, vav.vav.clock.ntp_enabled) == ("UTC", True)

    def test_a_clock_is_given_back_although_an_input_is_stuck(self, vav: Stand) -> None:
        vav.vav.faults.add(FailWrites({"SpaceTemp"}))
        receipts = vav.give_back()
        left = {one.what for one in receipts.values() if one.outcome is Outcome.FAILED}
        assert left == {"AnalogInput 1 SpaceTemp out-of-service", "AnalogOutput 1 Damper out-of-service"}
        assert vav.vav.clock.zone == "UTC"


def assert_given_back_at_last(subject: Stand) -> None:
    assert Outcome.FAILED not in outcomes(subject.give_back().values())
    assert_as_it_was(subject.vav)


def moved(controller: EmulatedController, *moves: tuple[str, int]) -> None:
    """Give objects other instance numbers, with all that is in them."""
    objects = controller.objects
    found = [(objects.named(name), instance) for name, instance in moves]
    for old, _ in found:
        objects.delete(old.ref)
    for old, instance in found:
        kind = old.ref.object_type
        ref = objects.add(ObjectSpec(str(kind), old.name, old.units, instance=instance))
        objects.update(ref, partial(_with_all_that_is_in, old))


def _with_all_that_is_in(old: BacnetObject, new: BacnetObject) -> BacnetObject:
    return replace(old, ref=new.ref)


STRANGER = ObjectSpec("AnalogValue", "BoilerLimit", "degrees-celsius", initial=70.0, instance=1)


class TestRenumbered:
    """Between a crash and the release, an application was downloaded."""

    @pytest.fixture
    def journals(self, vav: Stand, tmp_path: Path) -> Journals:
        journals = Journals(tmp_path / "ledgers")
        left_behind(journals, *vav.ledger.open_entries)
        return journals

    def release(self, vav: Stand, journals: Journals) -> dict[str, Receipt]:
        told = recover(journals, vav.fresh_client, vav.time.patiences())
        assert len(told) == 4
        return {one.what: one for one in told}

    def test_everything_is_found_by_name_and_given_back_there(self, vav: Stand, journals: Journals) -> None:
        moved(vav.vav, ("SpaceTemp", 7), ("OutdoorTemp", 8), ("Damper", 9))
        receipts = self.release(vav, journals)
        assert receipts["AnalogInput 1 SpaceTemp out-of-service"].note == "it is AnalogInput 7 now"
        assert outcomes(receipts.values()) == {Outcome.RELEASED, Outcome.RESTORED}
        assert_as_it_was(vav.vav)
        assert journals.orphans() == []

    def test_a_stranger_at_the_old_instance_is_left_alone(self, vav: Stand, journals: Journals) -> None:
        moved(vav.vav, ("OutdoorTemp", 8))
        vav.vav.objects.add(STRANGER)
        vav.vav.objects.command("BoilerLimit", 55.0, 14)
        receipts = self.release(vav, journals)
        assert receipts["AnalogValue 1 OutdoorTemp slot 14"].outcome is Outcome.RELEASED
        assert vav.vav.objects.named("BoilerLimit").slots[13] == 55.0
        assert vav.vav.objects.named("OutdoorTemp").slots[13] is None

    def test_our_value_in_a_stranger_is_taken_away_as_well(self, vav: Stand, journals: Journals) -> None:
        moved(vav.vav, ("OutdoorTemp", 8))
        vav.vav.objects.add(STRANGER)
        vav.vav.objects.command("BoilerLimit", COMMANDED, 14)
        self.release(vav, journals)
        assert_as_it_was(vav.vav)

    def test_our_value_that_stays_in_a_stranger_is_not_given_back(self, vav: Stand, journals: Journals) -> None:
        moved(vav.vav, ("OutdoorTemp", 8))
        vav.vav.objects.add(STRANGER)
        vav.vav.objects.command("BoilerLimit", COMMANDED, 14)
        vav.vav.faults.add(FailWrites({"BoilerLimit"}))
        assert self.release(vav, journals)["AnalogValue 1 OutdoorTemp slot 14"].outcome is Outcome.FAILED
        [orphan] = journals.orphans()
        assert [entry.name for entry in orphan.ledger.open_entries if isinstance(entry, TakenSlot)] == ["OutdoorTemp"]
        orphan.close()

    def test_a_renamed_object_is_freed_of_our_value_and_one_that_is_gone_is_gone(
        self, vav: Stand, journals: Journals
    ) -> None:
        objects = vav.vav.objects
        objects.update(objects.find("SpaceTemp"), lambda one: replace(one, name="RoomTemp"))
        objects.delete(objects.find("OutdoorTemp"))
        receipts = self.release(vav, journals)
        assert receipts["AnalogInput 1 SpaceTemp out-of-service"].outcome is Outcome.RELEASED
        assert receipts["AnalogValue 1 OutdoorTemp slot 14"].outcome is Outcome.GONE
        assert not objects.named("RoomTemp").out_of_service
        assert journals.orphans() == []

    def test_a_renamed_object_that_may_hold_our_value_as_it_stores_it_is_not_passed_over(
        self, vav: Stand, journals: Journals
    ) -> None:
        objects = vav.vav.objects
        objects.update(objects.find("OutdoorTemp"), lambda one: replace(one, name="Elsewhere"))
        objects.command("Elsewhere", 15.5, 14)
        receipt = self.release(vav, journals)["AnalogValue 1 OutdoorTemp slot 14"]
        assert receipt.outcome is Outcome.FAILED
        assert receipt.note.startswith("it is named Elsewhere now and is not touched: it held 15.5, which may be ours")
        assert objects.named("Elsewhere").slots[13] == 15.5
        objects.command("Elsewhere", None, 14)
        receipts = {one.what: one for one in recover(journals, vav.fresh_client, vav.time.patiences())}
        assert receipts["AnalogValue 1 OutdoorTemp slot 14"].outcome is Outcome.GONE
        assert journals.orphans() == []

    def test_a_name_that_two_bear_is_not_touched(self, vav: Stand, journals: Journals) -> None:
        moved(vav.vav, ("OutdoorTemp", 8))
        vav.vav.objects.add(ObjectSpec("AnalogValue", "OutdoorTemp2", "degrees-celsius", instance=9))
        vav.vav.objects.command("OutdoorTemp2", COMMANDED, 14)
        vav.vav.faults.add(SpoilContent(lambda content: content.replace(b"OutdoorTemp2", b"OutdoorTemp")))
        receipt = self.release(vav, journals)["AnalogValue 1 OutdoorTemp slot 14"]
        assert receipt.outcome is Outcome.FAILED
        assert receipt.note.startswith("AnalogValue 8 and AnalogValue 9 are both named OutdoorTemp")
        assert {vav.vav.objects.named(name).slots[13] for name in ("OutdoorTemp", "OutdoorTemp2")} == {COMMANDED}
        [orphan] = journals.orphans()
        orphan.close()

    def test_a_controller_that_does_not_list_what_it_has_is_not_believed(self, vav: Stand, journals: Journals) -> None:
        moved(vav.vav, ("OutdoorTemp", 8))
        vav.vav.objects.add(STRANGER)
        vav.vav.faults.add(SpoilContent(lambda content: content.replace(b'"analog-values":{', b'"others":{')))
        assert self.release(vav, journals)["AnalogValue 1 OutdoorTemp slot 14"].outcome is Outcome.FAILED
        assert vav.vav.objects.named("OutdoorTemp").slots[13] == COMMANDED


def test_objects_that_have_taken_each_others_numbers_are_no_strangers() -> None:
    names = [f"Setpoint{n}" for n in range(1, 5)]
    specs = [ObjectSpec("AnalogValue", name, "degrees-celsius", initial=1.0) for name in names]
    with stand() as vav:
        vav.vav.download(specs)
        entries: list[TakenObject] = []
        for n, name in enumerate(names, 1):
            ref = ObjectRef(ObjectType.ANALOG_VALUE, n)
            entries.append(TakenSlot(vav.device, ref, name, 14, before=40.0 + n))
            vav.vav.objects.command(name, COMMANDED, 14)
        vav.ledger.take(*entries)
        for entry in entries:
            vav.ledger.sent(vav.device, entry.ref, COMMANDED)
        moved(vav.vav, *((name, n + 1) for n, name in enumerate(names, 1)))
        assert outcomes(vav.give_back().values()) == {Outcome.RESTORED}
        held = [vav.vav.objects.named(name).slots[13] for name in names]
        assert held == [41.0, 42.0, 43.0, 44.0]
        assert len(vav.vav.journal) == 4


CUSTOM = "Distech/Custom"


class TestZonesOfItsOwn:
    """A zone that this computer does not know: the text is put back, and the controller's own time in it."""

    def test_text_and_time_are_put_back(self) -> None:
        profile = Profile(own_zones={CUSTOM: -4.5})
        with stand(profile=profile) as vav:
            clock = vav.vav.clock
            clock.set(None, CUSTOM)
            clock.enable_ntp(False)
            ahead = timedelta(hours=-4.5)
            entry = TakenClock(vav.device, CUSTOM, False, ahead.total_seconds())
            vav.ledger.take(entry)
            clock.set(datetime(2023, 7, 6, 10), ZONE)
            assert vav.give_back()[vav.clock].outcome is Outcome.RESTORED
            assert (clock.zone, clock.ntp_enabled) == (CUSTOM, False)
            assert abs(clock.now() - (datetime.now(UTC).replace(tzinfo=None) + ahead)) < timedelta(seconds=60)

    @pytest.mark.parametrize(("ntp", "outcome"), [(True, Outcome.RESTORED), (False, Outcome.FAILED)])
    def test_what_an_older_version_took_is_put_back_as_far_as_it_is_known(self, ntp: bool, outcome: Outcome) -> None:
        with stand(profile=Profile(own_zones={CUSTOM: -4.5})) as vav:
            vav.ledger.take(TakenClock(vav.device, CUSTOM, ntp))
            vav.vav.clock.enable_ntp(False)
            vav.vav.clock.set(datetime(2023, 7, 6, 10), ZONE)
            assert vav.give_back()[vav.clock].outcome is outcome
            assert (vav.vav.clock.zone, vav.vav.clock.ntp_enabled) == (CUSTOM, ntp)


def test_a_fault_of_our_own_with_one_controller_costs_neither_the_others_nor_their_receipts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stand("AHU", "VAV") as subject:
        ahu, vav = subject.taken("AHU"), subject.taken("VAV")

        def blunder(_refs: Iterable[ObjectRef]) -> None:
            raise RuntimeError("never thought of")

        monkeypatch.setattr(subject.client(subject.device), "survey", blunder)
        told = subject.give_back()
        assert len(told) == len(ahu) + len(vav) + 1
        assert outcomes(one for one in told.values() if one.device == subject.device) == {Outcome.FAILED}
        assert_as_it_was(subject.server.controller("AHU"))
        assert set(subject.ledger.open_entries) == set(vav)
