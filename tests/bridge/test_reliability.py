"""A bench without sensors: what inputs show for their Reliability is made good over BACnet, and put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bridge.check import CheckReport, Preflight
from clients.making import Credentials, DeviceClients
from emulators.ecy.controller import OPEN_LOOP, EmulatedController
from emulators.ecy.objects.objects import NO_FAULT, forced, with_out_of_service, with_reliability
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec, ProgramIO
from ledger import Journals, Ledger, Outcome, Patiences, TakenInput, recover
from tests import bench
from tests.bridge.looking import held
from tests.bridge.rig import AHU_OBJECTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.settings import SettingsSource
from utils.state_folder import StateFolder

BENCH = Profile(sensors="open-loop", trusts_faulty_inputs=False, out_of_service_survives_reboot=False, reboot_s=0.0)
ACTS = "its application may act on it"


class Follows:
    """An application that reads its sensor and drives the fan by it."""

    objects: Sequence[ObjectSpec] = AHU_OBJECTS

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        io.write("FanSpeed", 50.0 + io.read("DischAirTemp") / 10)


@contextmanager
def bench_of(folder: Path, profile: Profile = BENCH, *, over_bacnet: bool = True) -> Iterator[Rig]:
    with rig(folder, profile=profile, ahu_program=Follows(), over_bacnet=over_bacnet) as subject:
        yield subject


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with bench_of(tmp_path) as running:
        yield running


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


def shown(subject: Rig, name: str = "DischAirTemp") -> tuple[bool, int]:
    found = ahu(subject).objects.named(name)
    return found.out_of_service, found.reliability


def scans(subject: Rig) -> bool:
    """Whether the application has driven its fan."""
    return ahu(subject).objects.named("FanSpeed").slots[15] is not None


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in caplog.messages if ACTS in line]


def test_the_application_trusts_what_it_is_shown_and_all_is_as_it_was_at_the_end(
    both: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    assert shown(both) == (False, OPEN_LOOP)
    seen: list[tuple[bool, int]] = []
    held(both, lambda _run: seen.append(shown(both)), steps=5)
    assert scans(both)
    assert seen == [(True, NO_FAULT)]
    assert shown(both) == shown(both, "FanStatus") == (False, OPEN_LOOP)
    names = [record.property_name for record in ahu(both).journal if record.name == "DischAirTemp"]
    assert names.index("out-of-service") < names.index("present-value") < names.index("reliability")
    assert names[-2:] == ["reliability", "out-of-service"], "put back while it still takes it"
    assert not [record for record in ahu(both).journal if record.refused]
    assert not warned(caplog)


def test_one_that_takes_none_is_told_once_with_what_that_means(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bench_of(tmp_path, replace(BENCH, reliability_writable=False)) as subject:
        summary = subject.execute(steps=12, ECY_REFRESH_TIME="0.001")
        assert (summary.is_clean, scans(subject)) == (True, False)
        told = [line for line in warned(caplog) if line.startswith("DischAirTemp of bacnet://")]
        assert len(told) == 1
        assert "shows open-loop while it is forced" in told[0]
        assert not [line for line in caplog.messages if "refused a write" in line]
        refused = [one for one in ahu(subject).journal if one.refused and one.name == "DischAirTemp"]
        assert [one.property_name for one in refused] == ["reliability"] * 2, "in a list, and by itself"


def test_where_there_are_sensors_nothing_is_written(tmp_path: Path) -> None:
    with bench_of(tmp_path, replace(BENCH, sensors="wired")) as subject:
        subject.execute(steps=5)
        assert not [record for record in ahu(subject).journal if record.property_name == "reliability"]


def test_over_rest_nothing_is_known_of_it_and_nothing_written(tmp_path: Path) -> None:
    with bench_of(tmp_path, over_bacnet=False) as subject:
        assert subject.execute(steps=5).is_clean
        assert not [record for record in ahu(subject).journal if record.property_name == "reliability"]
        assert not scans(subject)


def test_a_restart_in_mid_run_brings_it_back_and_it_is_made_good_again(both: Rig) -> None:
    run = both.run(ECY_REFRESH_TIME="0.2")
    with in_background(run) as future:
        eventually(lambda: shown(both) == (True, NO_FAULT))
        ahu(both).reboot()
        eventually(lambda: shown(both) == (True, NO_FAULT))
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    assert shown(both) == (False, OPEN_LOOP)


def test_one_that_was_forced_before_keeps_its_service_value_and_fault(both: Rig) -> None:
    both.keys = {"take_occupied": True}
    objects = ahu(both).objects
    ref = objects.find("DischAirTemp")
    objects.update(ref, lambda one: with_reliability(with_out_of_service(one, True), 7))
    seen: list[tuple[bool, int]] = []
    held(both, lambda _run: seen.append(shown(both)), steps=5)
    assert seen == [(True, NO_FAULT)]
    found = objects.get(ref)
    assert (found.out_of_service, found.reliability, found.present_value) == (True, 7, -40.0)


def test_what_somebody_else_has_written_there_since_is_left_alone(both: Rig) -> None:
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: shown(both) == (True, NO_FAULT))
        objects = ahu(both).objects
        objects.update(objects.find("DischAirTemp"), lambda one: with_reliability(one, 7))
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    assert OPEN_LOOP not in [
        record.value
        for record in ahu(both).journal
        if (record.name, record.property_name) == ("DischAirTemp", "reliability")
    ]


def test_a_run_that_was_killed_has_it_in_its_journal_and_it_is_put_back(both: Rig) -> None:
    state, address = StateFolder(both.folder / "left"), f"bacnet://{both.controllers.bacnet_addresses['AHU']}"
    objects = ahu(both).objects
    ref = objects.find("DischAirTemp")
    ledger = Ledger(Journals.of(state).own({address: Credentials(interface="127.0.0.1")}))
    ledger.take(TakenInput(address, ref, "DischAirTemp", True, -40.0, OPEN_LOOP))
    ledger.sent(address, ref, 21.0)
    ledger.close()
    objects.update(ref, lambda one: with_reliability(forced(with_out_of_service(one, True), 21.0), NO_FAULT))
    with DeviceClients(SettingsSource({}, both.folder), state) as clients:
        [receipt] = recover(Journals.of(state), clients.client_for, Patiences.none())
    assert (receipt.outcome, receipt.before) == (Outcome.RESTORED, "out of service, -40.0, open-loop")
    found = objects.get(ref)
    assert (found.out_of_service, found.reliability, found.present_value) == (True, OPEN_LOOP, -40.0)


def check(subject: Rig) -> CheckReport:
    settings = subject.settings()
    manager = bench.manager(subject.folder, settings, *subject.configs())
    return Preflight(settings, manager, StateFolder(settings.state_dir)).look()


@pytest.mark.parametrize(
    ("over_bacnet", "words"),
    [(True, "it shows open-loop: no-fault-detected is written"), (False, "its status flags say fault")],
    ids=["bacnet", "rest"],
)
def test_check_says_what_will_become_of_it(tmp_path: Path, over_bacnet: bool, words: str) -> None:
    with bench_of(tmp_path, over_bacnet=over_bacnet) as subject:
        told = [str(finding) for finding in check(subject).findings if words in finding.what]
        assert [line for line in told if "DischAirTemp" in line], told
