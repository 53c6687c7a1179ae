"""The switch: found, seen, obeyed and remembered over BACnet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from bacpypes3.apdu import ErrorRejectAbortNack
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier

from clients.bacnet.results import BacnetReading
from clients.bacnet.stack import BACnetStack
from supervisory.guard.enabling import Enabling, State
from supervisory.switch.buttons import Buttons
from supervisory.switch.memory import SwitchMemory, SwitchPlace
from supervisory.switch.switch import EVERYTHING, Switch
from tests.waiting import eventually
from utils.errors import ConfigError, ObjectError
from utils.values import PointValue

INSTANCE = 599001
FILE = f"bacnet-127.0.0.0_8-{INSTANCE}.json"
MONDAY = datetime(2026, 3, 2, 9, 30).astimezone()
SWITCH, PROGRAM_SWITCH = "binary-value,1", "binary-value,2"
MODE, PROGRAM_MODE = "multi-state-value,1", "multi-state-value,2"
DISABLED, RUN, RELEASING, FAULT = 1, 2, 3, 4


class Owner:
    """Stands for the gate: some slots are owned."""

    slots = 0

    def owned(self, program: str | None = None) -> int:
        return self.slots if program in (None, "reset") else 0


@dataclass
class Served:
    """A switch that is served, and an operator's workstation."""

    enabling: Enabling
    owner: Owner
    operator: BACnetStack
    address: str
    switch: Switch
    buttons: Buttons

    def read(self, thing: str, name: str = "present-value") -> object:
        return self.operator.ask(lambda client: client.read(self.address, thing, name)).value

    def write(self, value: PointValue | None, thing: str = SWITCH, priority: int = 8) -> None:
        self.operator.ask(lambda client: client.write(self.address, thing, value, priority))


@pytest.fixture(scope="module")
def operator() -> Iterator[BACnetStack]:
    with BACnetStack("127.0.0.1:0") as stack:
        yield stack


@contextmanager
def served(folder: Path, operator: BACnetStack, *programs: str, starts_on: bool = False) -> Iterator[Served]:
    enabling, owner = Enabling(programs or ("reset", "shed")), Owner()
    buttons = Buttons({"shed": {"begin": "Active: begins anew"}} if "shed" in enabling.programs else {})
    with BACnetStack("127.0.0.1/8:0", instance=INSTANCE, name="bench-supervisor", lock_folder=folder) as stack:
        memory = SwitchMemory(folder / "switches", SwitchPlace("bacnet", stack.network, INSTANCE), lambda: MONDAY)
        with Switch(stack, enabling, owner, memory, buttons, starts_on=starts_on) as switch:
            yield Served(enabling, owner, operator, stack.address, switch, buttons)


@pytest.fixture
def subject(tmp_path: Path, operator: BACnetStack) -> Iterator[Served]:
    with served(tmp_path, operator) as serving:
        yield serving


class TestCommands:
    def test_without_a_command_everything_stands_at_its_default(self, subject: Served) -> None:
        assert subject.read(SWITCH) is False
        assert subject.read(PROGRAM_SWITCH) is True
        assert subject.enabling.state() is State.DISABLED

    def test_the_default_may_be_on(self, tmp_path: Path, operator: BACnetStack) -> None:
        with served(tmp_path, operator, starts_on=True) as subject:
            assert subject.enabling.state() is State.RUN
            subject.write(False)
            assert subject.enabling.state() is State.RELEASING

    def test_a_command_is_obeyed_before_it_is_acknowledged(self, subject: Served) -> None:
        subject.write(True)
        assert subject.enabling.state() is State.RUN
        subject.write(False)
        assert subject.enabling.state() is State.RELEASING
        assert subject.enabling.reason("reset") == "optimization-enabled was switched off at priority 8"

    def test_to_release_the_command_is_to_go_back_to_the_default(self, subject: Served) -> None:
        subject.write(True)
        subject.write(None)
        assert subject.enabling.state() is State.RELEASING
        assert "by default" in subject.enabling.reason("reset")

    def test_the_stronger_command_counts(self, subject: Served) -> None:
        subject.write(False, priority=5)
        subject.write(True, priority=8)
        assert subject.enabling.state() is State.DISABLED
        subject.write(None, priority=5)
        assert subject.enabling.state() is State.RUN

    def test_one_program_can_be_switched_off_alone(self, subject: Served) -> None:
        subject.write(True)
        subject.write(False, PROGRAM_SWITCH)
        assert subject.enabling.state("reset") is State.RELEASING
        assert subject.enabling.state("shed") is State.RUN
        assert subject.enabling.reason("reset") == "reset-enabled was switched off at priority 8"


class TestRefusals:
    @pytest.mark.parametrize(
        ("thing", "name", "value"),
        [
            (SWITCH, "relinquish-default", True),
            (SWITCH, "out-of-service", True),
            (MODE, "present-value", 2),
            ("analog-value,1000", "present-value", 5.0),
            ("analog-value,1", "present-value", 5.0),
            ("characterstring-value,1", "present-value", "fine"),
            (f"device,{INSTANCE}", "object-name", "somebody-else"),
            (f"device,{INSTANCE}", "system-status", 1),
            ("network-port,1", "object-name", "somebody-else"),
            ("network-port,1", "bacnet-ip-udp-port", 47999),
        ],
        ids=str,
    )
    def test_nothing_but_a_switch_can_be_written(
        self, subject: Served, thing: str, name: str, value: PointValue
    ) -> None:
        with pytest.raises(ObjectError, match="write-access-denied"):
            subject.operator.ask(
                lambda client: client.write(subject.address, thing, value, 8 if name == "present-value" else None, name)
            )
        assert subject.enabling.state() is State.DISABLED

    @pytest.mark.parametrize("thing", ["device", "network-port"])
    def test_a_plain_client_cannot_renumber_the_device_or_its_port(self, subject: Served, thing: str) -> None:
        number = {"device": INSTANCE, "network-port": 1}[thing]
        wanted = ObjectIdentifier((thing, number)), ObjectIdentifier((thing, 7))
        with BACnetStack("127.0.0.1:0") as plain:
            writing = plain.application.write_property(
                Address(subject.address), wanted[0], "object-identifier", wanted[1]
            )
            with pytest.raises(ErrorRejectAbortNack, match="write-access-denied"):
                plain.call(writing, 5.0)
        assert subject.read(f"device,{INSTANCE}", "object-name") == "bench-supervisor"

    def test_a_refused_write_changes_nothing(self, subject: Served) -> None:
        subject.write(True)
        with pytest.raises(ObjectError):
            subject.operator.ask(lambda client: client.write(subject.address, SWITCH, False, None, "polarity"))
        assert subject.read(SWITCH) is True


class TestSight:
    def test_the_device_is_found_and_tells_what_its_objects_are(self, subject: Served) -> None:
        [device] = subject.operator.ask(lambda client: client.who_is(INSTANCE, INSTANCE, subject.address))
        assert device.instance == INSTANCE
        names = {point.name for point in subject.operator.ask(lambda client: client.discover_points(subject.address))}
        assert {EVERYTHING, "mode", "heartbeat", "overrides", "reset-enabled", "shed-enabled", "reset-mode"} <= names

    def test_mode_overrides_and_reason_follow_what_happens(self, subject: Served) -> None:
        assert subject.read(MODE) == DISABLED
        subject.owner.slots = 3
        subject.write(True)
        eventually(lambda: (subject.read(MODE), subject.read("analog-value,1")) == (RUN, 3.0))
        subject.enabling.fault("reset", "it raised ValueError")
        eventually(lambda: subject.read(PROGRAM_MODE) == RELEASING)
        subject.owner.slots = 0
        subject.enabling.released("reset")
        eventually(lambda: (subject.read(PROGRAM_MODE), subject.read(MODE)) == (FAULT, RUN))
        assert subject.read("analog-value,1") == 0.0
        assert subject.read("characterstring-value,2") == "it raised ValueError"
        assert subject.read("characterstring-value,1") == "reset: it raised ValueError"

    def test_states_have_names(self, subject: Served) -> None:
        texts = subject.operator.ask(lambda client: client.read(subject.address, MODE, "state-text")).value
        assert list(texts) == ["disabled", "run", "releasing", "fault"]  # type: ignore[arg-type]

    def test_the_heartbeat_counts(self, subject: Served) -> None:
        first = subject.read("analog-value,1000")
        eventually(lambda: subject.read("analog-value,1000") != first)

    @pytest.mark.parametrize("thing", [SWITCH, MODE, "analog-value,1", "characterstring-value,1"])
    def test_changes_are_told_to_who_has_subscribed(self, subject: Served, thing: str) -> None:
        told: list[BacnetReading] = []
        subscription = subject.operator.ask(lambda client: client.subscribe_cov(subject.address, thing, told.append))
        eventually(lambda: bool(told))
        before = told[0].value
        subject.owner.slots = 2
        subject.write(True)
        if thing.startswith("char"):
            subject.write(False)
        eventually(lambda: any(one.value != before for one in told if one.property == "present-value"))
        subject.operator.ask(lambda _: subscription.close())


BUTTON = "binary-value,4"


class TestButtons:
    def test_a_press_is_taken_once_and_the_button_comes_up_again(self, subject: Served) -> None:
        assert subject.read(BUTTON, "object-name") == "shed-begin"
        assert subject.read(BUTTON, "description") == "Active: begins anew"
        assert not subject.buttons.take("shed", "begin")
        subject.write(True, BUTTON, priority=8)
        subject.write(True, BUTTON, priority=10)
        assert subject.read(BUTTON) is True
        assert subject.buttons.take("shed", "begin")
        eventually(lambda: subject.read(BUTTON) is False)
        assert not subject.buttons.take("shed", "begin")

    def test_a_button_that_is_let_go_before_its_program_looks_was_pressed_all_the_same(self, subject: Served) -> None:
        subject.write(True, BUTTON)
        subject.write(None, BUTTON)
        assert subject.buttons.take("shed", "begin")

    def test_writing_inactive_is_no_press(self, subject: Served) -> None:
        subject.write(False, BUTTON)
        assert not subject.buttons.take("shed", "begin")

    def test_a_press_switches_nothing_and_is_not_remembered(self, tmp_path: Path, operator: BACnetStack) -> None:
        with served(tmp_path, operator, starts_on=True) as subject:
            subject.write(True, BUTTON)
            subject.write(False, PROGRAM_SWITCH)
            assert subject.enabling.state("shed") is State.RUN
        with served(tmp_path, operator, starts_on=True) as subject:
            assert subject.read(BUTTON) is False
            assert not subject.buttons.take("shed", "begin")
            assert not [line for line in told(subject) if "shed-begin" in line]

    def test_a_button_keeps_its_instance_when_programs_come(self, tmp_path: Path, operator: BACnetStack) -> None:
        with served(tmp_path, operator) as subject:
            subject.write(True)
        with served(tmp_path, operator, "night-flush", "reset", "shed") as subject:
            assert subject.read(BUTTON, "object-name") == "shed-begin"


class TestMemory:
    def test_a_command_outlives_the_runtime(self, tmp_path: Path, operator: BACnetStack) -> None:
        with served(tmp_path, operator) as subject:
            subject.write(True, priority=9)
            subject.write(False, PROGRAM_SWITCH)
        with served(tmp_path, operator) as subject:
            assert subject.enabling.state("reset") is State.DISABLED
            assert subject.enabling.state("shed") is State.RUN
            slots = operator.ask(lambda client: client.read_priority_array(subject.address, SWITCH))
            assert [number for number, value in enumerate(slots, 1) if value is not None] == [9]

    def test_a_program_keeps_its_instance_when_others_come_and_go(self, tmp_path: Path, operator: BACnetStack) -> None:
        with served(tmp_path, operator, "reset", "shed") as subject:
            subject.write(False, "binary-value,3")
        with served(tmp_path, operator, "night-flush", "shed") as subject:
            assert subject.read("binary-value,3", "object-name") == "shed-enabled"
            assert subject.read("binary-value,3") is False
            assert subject.read("binary-value,5", "object-name") == "night-flush-enabled"

    def test_what_cannot_be_understood_is_off_whatever_the_default_and_after_every_restart(
        self, tmp_path: Path, operator: BACnetStack
    ) -> None:
        file = tmp_path / "switches" / FILE
        file.parent.mkdir()
        file.write_text("{", encoding="utf-8")
        for _ in range(2):
            with served(tmp_path, operator, starts_on=True) as subject:
                assert subject.enabling.state() is State.DISABLED
                assert subject.read(SWITCH) is False
                assert subject.read(PROGRAM_SWITCH) is False
                assert [": what was switched cannot be read. On: " in line for line in told(subject)] == [True] * 3
                subject.write(True)
                subject.write(True, PROGRAM_SWITCH)
                assert subject.enabling.state() is State.RUN
        assert file.read_text(encoding="utf-8") == "{"

    def test_a_disk_that_takes_nothing_does_not_keep_anybody_from_switching_off(
        self, tmp_path: Path, operator: BACnetStack
    ) -> None:
        (tmp_path / "switches").write_text("in the way", encoding="utf-8")
        with served(tmp_path, operator) as subject:
            subject.write(True, PROGRAM_SWITCH)
            subject.write(True)
            subject.write(False)
            assert subject.enabling.state() is State.RELEASING


def told(subject: Served) -> list[str]:
    return subject.switch.told_at_start()


class TestStart:
    def test_says_where_the_switch_is(self, tmp_path: Path, operator: BACnetStack) -> None:
        with served(tmp_path, operator, starts_on=True) as subject:
            assert told(subject) == [f"{SWITCH} {EVERYTHING} of device {INSTANCE}, {subject.address}"]

    def test_says_how_to_switch_on_what_is_off_by_default(self, subject: Served) -> None:
        command = f"python main.py bacnet write {subject.address} {SWITCH} active --priority 8"
        (line,) = told(subject)
        assert line.endswith(f"{subject.address}; programs are off. On: {command}")

    def test_says_since_when_and_at_which_priority_something_is_off(
        self, tmp_path: Path, operator: BACnetStack
    ) -> None:
        with served(tmp_path, operator, starts_on=True) as subject:
            subject.write(True, priority=9)
            subject.write(False, priority=5)
            subject.write(False, PROGRAM_SWITCH)
        with served(tmp_path, operator, starts_on=True) as subject:
            everything, program = told(subject)
            since = "switched off on 2026-03-02 09:30 at priority"
            command = f"On: python main.py bacnet write {subject.address}"
            assert everything.endswith(f"; programs are off: {since} 5. {command} {SWITCH} active --priority 5")
            assert (
                program == f"{PROGRAM_SWITCH} reset-enabled: {since} 8. {command} {PROGRAM_SWITCH} active --priority 8"
            )

    def test_says_nothing_of_a_switch_whose_strongest_command_is_on(
        self, tmp_path: Path, operator: BACnetStack
    ) -> None:
        with served(tmp_path, operator) as subject:
            subject.write(False, priority=9)
            subject.write(True, priority=8)
        with served(tmp_path, operator) as subject:
            assert "off" not in told(subject)[0]


def test_a_program_named_like_the_switch_for_everything_is_refused(tmp_path: Path, operator: BACnetStack) -> None:
    with pytest.raises(ConfigError, match="optimization"), served(tmp_path, operator, "optimization"):
        pass
