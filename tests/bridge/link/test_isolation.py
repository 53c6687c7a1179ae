"""Terminals that must not follow a simulated building: isolation over real sockets, and the warning without it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.logging import RichHandler

from bridge.link import isolation
from bridge.real_outputs import wired_equipments
from bridge.run import Declined
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.objects.database import Change
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from ledger.entries import TakenOutput
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from ledger.record.journal import Journals
from tests import bench
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched, held
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.errors import DeviceRefused
from utils.values import ObjectRef, ObjectType

OUTPUTS = ("FanSpeed", "CoolingPump")
PROGRAM_PRIORITY = 10


@pytest.fixture
def isolated(tmp_path: Path) -> Iterator[Rig]:
    """A rig whose air handler is isolated."""
    with rig(tmp_path) as running:
        running.keys = {"isolate_outputs": True}
        yield running


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


def services(subject: Rig) -> list[bool]:
    return [ahu(subject).objects.named(name).out_of_service for name in OUTPUTS]


def put_out_of_service(controller: EmulatedController, name: str) -> None:
    """What an operator does at the controller's own page."""
    ref = controller.objects.find(name)
    controller.objects.update(ref, lambda one: replace(one, out_of_service=True, held=one.present_value))


class TestIsolation:
    def test_terminals_stay_as_they_are_while_the_commands_drive_the_simulation(self, isolated: Rig) -> None:
        objects = ahu(isolated).objects
        run = isolated.run()
        with in_background(run) as future:
            eventually(lambda: activations(run) == (1.0, 1.0))
            objects.command("FanSpeed", 80.0, PROGRAM_PRIORITY)
            eventually(lambda: run.last_values["hvac_oveAhu_yFan_u"] == pytest.approx(0.8))
            assert objects.named("FanSpeed").terminal == 60.0
            assert not isolated.controllers.controller("VAV").objects.named("Damper").out_of_service
            run.request_stop()
            future.result(DEADLINE_S)
        assert objects.named("FanSpeed").terminal == 80.0

    def test_outputs_are_isolated_before_anything_is_forced_and_put_back_after_everything_else(
        self, isolated: Rig
    ) -> None:
        summary = isolated.execute()
        journal = [(record.name, record.property_name, record.value) for record in ahu(isolated).journal]
        assert journal[:2] == [(name, "out-of-service", True) for name in OUTPUTS]
        assert journal[-2:] == [(name, "out-of-service", False) for name in OUTPUTS]
        assert {receipt.outcome for receipt in summary.receipts} == {Outcome.RELEASED}
        assert len(summary.receipts) == 6
        assert_as_it_was(isolated)

    def test_an_output_that_was_out_of_service_stays_so(self, isolated: Rig) -> None:
        put_out_of_service(ahu(isolated), "FanSpeed")
        summary = isolated.execute()
        assert services(isolated) == [True, False]
        assert not summary.not_released

    def test_a_reboot_that_loses_the_isolation_is_noticed_by_the_inputs_that_it_put_in_service(
        self, isolated: Rig
    ) -> None:
        run = isolated.run()
        with in_background(run):
            eventually(lambda: activations(run) == (1.0, 1.0))
            ahu(isolated).objects.restart(keep_out_of_service=False, keep_slots=False)
            eventually(lambda: services(isolated) == [True, True])

    def test_an_output_that_could_not_be_isolated_again_is_tried_at_the_next_opportunity(self, isolated: Rig) -> None:
        run, stuck = isolated.run(), FailWrites({"FanSpeed"})
        with in_background(run):
            eventually(lambda: activations(run) == (1.0, 1.0))
            ahu(isolated).faults.add(stuck)
            ahu(isolated).objects.restart(keep_out_of_service=False, keep_slots=False)
            eventually(lambda: ahu(isolated).objects.named("CoolingPump").out_of_service)
            assert services(isolated) == [False, True]
            ahu(isolated).faults.remove(stuck)
            eventually(lambda: services(isolated) == [True, True])

    def test_the_isolation_is_asserted_again_with_the_refresh(self, isolated: Rig) -> None:
        isolated.ahu_points = [point for point in AHU_POINTS if not str(point["object_type"]).endswith("Input")]
        run = isolated.run(ECY_REFRESH_TIME="0.2")
        with in_background(run):
            eventually(lambda: activations(run) == (1.0, 1.0))
            ahu(isolated).objects.restart(keep_out_of_service=False, keep_slots=True)
            eventually(lambda: services(isolated) == [True, True])

    @pytest.mark.slow
    def test_stale_reads_are_waited_for(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=Profile(stale_reads_s=0.3)) as subject:
            subject.keys = {"isolate_outputs": True}
            held(subject, lambda run: eventually(lambda: services(subject) == [True, True]))

    def test_outputs_that_no_config_knows_are_named(self, isolated: Rig, caplog: pytest.LogCaptureFixture) -> None:
        ahu(isolated).objects.add(ObjectSpec("BinaryOutput", "Lighting"))
        isolated.execute(steps=1)
        [told] = [message for message in caplog.messages if "stay in service" in message]
        assert told == f"{isolated.controllers.addresses['AHU']} has outputs that stay in service: Lighting"

    def test_a_crashed_runs_isolation_is_read_back_from_its_journal(self, tmp_path: Path) -> None:
        entry = TakenOutput("10.0.0.1", ObjectRef(ObjectType.ANALOG_OUTPUT, 3), "FanSpeed", was_out_of_service=False)
        ledger = Ledger(Journals(tmp_path / "ledgers").own({}))
        ledger.take(entry)
        ledger.close()
        [orphan] = Journals(tmp_path / "ledgers").orphans()
        assert orphan.ledger.open_entries == (entry,)
        orphan.close()


class TestIsolationThatFails:
    def test_an_output_that_refuses_ends_the_run_before_anything_is_forced(self, isolated: Rig) -> None:
        ahu(isolated).faults.add(FailWrites({"CoolingPump"}))
        with pytest.raises(DeviceRefused, match=r"BinaryOutput 1 cannot be isolated: .*ECY_BENCH=isolated"):
            isolated.execute()
        assert not [record for record in ahu(isolated).journal if record.property_name == "present-value"]
        ahu(isolated).faults.clear()
        isolated.execute(steps=1)
        assert_as_it_was(isolated)

    def test_an_output_that_only_says_yes_ends_the_run_as_well(
        self, isolated: Rig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(isolation, "_PATIENCE_S", 0.0)
        objects = ahu(isolated).objects

        def resist(change: Change) -> None:
            if change.new is not None and change.new.name == "FanSpeed" and change.new.out_of_service:
                objects.update(change.new.ref, lambda one: replace(one, out_of_service=False))

        objects.subscribe(resist)
        with pytest.raises(DeviceRefused, match="FanSpeed cannot be isolated: it does not show as out of service"):
            isolated.execute()
        assert_as_it_was(isolated)

    def test_outputs_wait_for_an_input_that_cannot_be_given_back(self, isolated: Rig) -> None:
        stuck = FailWrites({"FanStatus"})
        run = held(isolated, lambda run: ahu(isolated).faults.add(stuck))
        assert services(isolated) == [True, True]
        texts = [str(receipt) for receipt in run.summary().not_released]
        assert len(texts) == 3
        assert any("FanSpeed out-of-service: NOT released (stays out of service until" in text for text in texts)
        ahu(isolated).faults.remove(stuck)
        isolated.execute(steps=1)
        assert_as_it_was(isolated)


class TestWarning:
    def warnings(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        return [record.getMessage() for record in caplog.records if "REAL OUTPUTS" in record.getMessage()]

    def test_it_names_every_equipment_whose_outputs_are_in_service_once(
        self, isolated: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        isolated.execute(steps=2)
        [warning] = self.warnings(caplog)
        assert "the terminals of VAV will follow a simulated building" in warning

    def test_it_comes_before_anything_is_written(self, isolated: Rig, caplog: pytest.LogCaptureFixture) -> None:
        run = isolated.run()
        run.confirm = lambda contacts: False
        with pytest.raises(Declined):
            run.execute()
        assert_untouched(isolated)
        assert len(self.warnings(caplog)) == 1

    def test_on_a_terminal_it_is_bold_and_said_once(self, isolated: Rig) -> None:
        screen = StringIO()
        console = Console(file=screen, force_terminal=True, soft_wrap=True)
        handler = RichHandler("WARNING", console, show_time=False, show_path=False, keywords=[])
        logging.getLogger("bridge.real_outputs").addHandler(handler)
        try:
            isolated.execute(steps=1)
        finally:
            logging.getLogger("bridge.real_outputs").removeHandler(handler)
        assert screen.getvalue().count("REAL OUTPUTS") == 1
        assert "\x1b[1;31mREAL OUTPUTS: the terminals of VAV" in screen.getvalue()

    def test_a_confirmed_bench_is_not_warned_about(self, isolated: Rig, caplog: pytest.LogCaptureFixture) -> None:
        isolated.execute(steps=1, ECY_BENCH="Isolated")
        assert self.warnings(caplog) == []

    @pytest.mark.parametrize(
        ("keys", "points", "expected"),
        [
            ({}, VAV_POINTS, ("VAV",)),
            ({"isolate_outputs": True}, VAV_POINTS, ()),
            ({}, VAV_POINTS[:1], ()),
        ],
    )
    def test_only_outputs_count(
        self, tmp_path: Path, keys: bench.Config, points: tuple[bench.Config, ...], expected: tuple[str, ...]
    ) -> None:
        settings = bench.settings(tmp_path)
        manager = bench.manager(tmp_path, settings, bench.equipment("VAV", "10.0.0.1", points, **keys))
        assert wired_equipments(manager.equipment.values(), settings) == expected
