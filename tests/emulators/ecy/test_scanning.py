"""When a control program is scanned."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from emulators.ecy.access.sessions import Account
from emulators.ecy.controller import ControllerSpec, EmulatedController, EmulatorSettings
from emulators.ecy.profile import Profile
from emulators.ecy.rest.batch import BatchRunner
from emulators.ecy.rest.resources import RestV2
from emulators.ecy.scanning import ExchangeScan, ScanMode, WallScan, WallScanner
from emulators.ecy.wire.values import Json
from emulators.program import ObjectSpec, ProgramIO
from tests.emulators.ecy.client import OBJECTS, FakeTime
from tests.waiting import DEADLINE_S

HOST_NOW = datetime(2026, 7, 6, 12, 0, tzinfo=UTC)


class Doubler:
    """A program: its output is twice its input; it keeps what it was told about time."""

    objects: Sequence[ObjectSpec] = (
        ObjectSpec("AnalogInput", "in", initial=1.0),
        ObjectSpec("AnalogOutput", "out", initial=-1.0),
        ObjectSpec("AnalogOutput", "count"),
    )

    def __init__(self) -> None:
        self.scans: list[tuple[datetime, float]] = []
        self.scanned = threading.Condition()

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        with self.scanned:
            self.scans.append((now, dt_s))
            self.scanned.notify_all()
        io.write("out", 2 * io.read("in"))
        io.write("count", float(len(self.scans)))

    def wait_for(self, count: int) -> None:
        with self.scanned:
            assert self.scanned.wait_for(lambda: len(self.scans) >= count, timeout=DEADLINE_S)


def controller_with(
    program: Doubler, scan: ScanMode, time: FakeTime | None = None, profile: Profile | None = None
) -> EmulatedController:
    settings = EmulatorSettings(Account("u", "p"), scan, profile or Profile(), lambda: HOST_NOW, time or FakeTime())
    return EmulatedController(ControllerSpec("AHU", program=program, ntp_enabled=False), settings)


@contextmanager
def scanning(controller: EmulatedController) -> Iterator[WallScanner]:
    scanner = controller.scanner()
    assert scanner is not None
    scanner.start()
    try:
        yield scanner
    finally:
        scanner.stop()


def test_the_program_is_scanned_every_period_of_controller_time() -> None:
    time, program = FakeTime(), Doubler()
    with scanning(controller_with(program, WallScan(period_s=5.0, scale=10.0), time)) as scanner:
        for count in (1, 2):
            time.advance(0.5)
            scanner.wake()
            program.wait_for(count)
    local = HOST_NOW.replace(tzinfo=None)
    assert program.scans == [(local + timedelta(seconds=5), 5.0), (local + timedelta(seconds=10), 5.0)]


def test_late_scans_are_made_up_for() -> None:
    time, program = FakeTime(), Doubler()
    with scanning(controller_with(program, WallScan(), time)) as scanner:
        time.advance(4.5)
        scanner.wake()
        program.wait_for(4)
        time.advance(0.5)
        scanner.wake()
        program.wait_for(5)
    assert len(program.scans) == 5


def test_what_is_hopelessly_late_is_skipped() -> None:
    time, program = FakeTime(), Doubler()
    with scanning(controller_with(program, WallScan(), time)) as scanner:
        time.advance(3600.0)
        scanner.wake()
        program.wait_for(2)
    assert len(program.scans) == 2


def test_a_scanner_stops_without_waiting_for_its_next_scan() -> None:
    program = Doubler()
    with scanning(controller_with(program, WallScan(period_s=3600.0))):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "ecy-scan-AHU"]


def test_the_program_writes_in_its_own_slot() -> None:
    controller = controller_with(Doubler(), WallScan(), profile=Profile(program_priority=10))
    controller.scan(1.0)
    assert controller.objects.named("out").slots[9] == 2.0


def test_a_program_is_not_scanned_during_a_reboot() -> None:
    time, program = FakeTime(), Doubler()
    controller = controller_with(program, WallScan(), time, Profile(reboot_s=60))
    controller.reboot()
    controller.scan(1.0)
    time.advance(60)
    controller.scan(1.0)
    assert len(program.scans) == 1


def test_an_unknown_name_is_an_error_of_the_program() -> None:
    class Wrong(Doubler):
        def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
            io.read("nowhere")

    with pytest.raises(KeyError):
        controller_with(Wrong(), WallScan()).scan(1.0)


WRITE: Json = {"method": "POST", "url": f"{OBJECTS}/analog-inputs/1", "body": {"present-value": 7.0}}
FORCE: Json = {"method": "POST", "url": f"{OBJECTS}/analog-inputs/1", "body": {"out-of-service": True}}
READ_OUT: Json = {"url": f"{OBJECTS}/analog-outputs/1/present-value"}
READ_COUNT: Json = {"url": f"{OBJECTS}/analog-outputs/2/present-value"}
READ_WITH_FLAGS: Json = {"url": f"{OBJECTS}/analog-outputs/1?$select=present-value,status-flags"}
READ_NAMES: Json = {"url": f"{OBJECTS}?$select=analog-outputs($select=*($select=object-name))"}
READ_TREE: Json = {"url": f"{OBJECTS}?$select=analog-outputs($select=*($select=present-value))"}
READ_MULTIPLE: Json = {
    "method": "POST",
    "url": f"{OBJECTS}/read-property-multiple",
    "body": {
        "encode": "text",
        "property-references": [{"type": "analogOutput", "instance": 1, "property": "presentValue"}],
    },
}


class Exchange:
    """A controller whose time passes by exchanges: 10 s in scans of 2 s."""

    def __init__(self) -> None:
        self.program = Doubler()
        self.controller = controller_with(self.program, ExchangeScan(step_s=10.0, period_s=2.0))
        self._rest = RestV2(self.controller)
        self._batch = BatchRunner(self.controller, self._rest)

    def batch(self, *requests: Json) -> None:
        assert self._batch.run({"requests": list(requests)}).status == 200

    def get(self, path: str) -> None:
        self._rest.answer("GET", ("services", "bacnet", "local", "objects", *path.split("/")))

    @property
    def scans(self) -> int:
        return len(self.program.scans)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.mark.parametrize("read", [READ_OUT, READ_WITH_FLAGS, READ_TREE, READ_MULTIPLE])
def test_a_step_passes_between_the_last_write_and_the_first_read(exchange: Exchange, read: Json) -> None:
    exchange.batch(FORCE, WRITE, read, READ_COUNT)
    assert exchange.scans == 5
    assert exchange.controller.objects.named("out").present_value == 14.0
    assert exchange.controller.clock.now() == HOST_NOW.replace(tzinfo=None) + timedelta(seconds=10)
    assert [dt_s for _, dt_s in exchange.program.scans] == [2.0] * 5


def test_reads_before_the_last_write_do_not_let_time_pass(exchange: Exchange) -> None:
    exchange.batch(READ_OUT, FORCE, WRITE)
    assert exchange.scans == 0
    exchange.batch(READ_OUT, FORCE, READ_OUT)
    assert exchange.scans == 5


@pytest.mark.parametrize("read", [READ_OUT, READ_WITH_FLAGS, READ_MULTIPLE])
def test_writes_and_reads_in_two_batches_are_one_exchange(exchange: Exchange, read: Json) -> None:
    exchange.batch(FORCE, WRITE)
    exchange.batch(read)
    assert exchange.scans == 5
    exchange.batch(READ_COUNT)
    assert exchange.scans == 5


@pytest.mark.parametrize(
    "selected", ["present-value", "present-value,status-flags", "present-value&$select=status-flags"]
)
def test_values_that_are_asked_for_with_how_they_stand_are_read_as_any_others(
    exchange: Exchange, selected: str
) -> None:
    exchange.batch(FORCE, WRITE)
    exchange.batch({"url": f"{OBJECTS}/analog-outputs/1?$select={selected}"})
    assert exchange.scans == 5


@pytest.mark.parametrize("read", [READ_OUT, READ_WITH_FLAGS])
def test_batches_that_only_read_the_same_again_are_an_exchange_each(exchange: Exchange, read: Json) -> None:
    for exchanges in (1, 2, 3):
        exchange.batch(read)
        assert exchange.scans == 5 * exchanges
        exchange.batch(READ_COUNT)
    assert exchange.scans == 15


def test_discovery_and_single_reads_let_no_time_pass(exchange: Exchange) -> None:
    exchange.batch(READ_NAMES)
    exchange.get("analog-outputs/1/present-value")
    exchange.get("analog-outputs/1/present-value")
    assert exchange.scans == 0


def test_looking_at_whole_objects_lets_no_time_pass(exchange: Exchange) -> None:
    exchange.batch(FORCE, WRITE)
    for _ in range(3):
        exchange.batch({"url": f"{OBJECTS}/analog-outputs/1?$select=present-value,priority-array"})
    assert exchange.scans == 0


def test_a_step_shorter_than_the_period_is_one_scan() -> None:
    program = Doubler()
    controller = controller_with(program, ExchangeScan(step_s=0.5, period_s=1.0))
    BatchRunner(controller, RestV2(controller)).run({"requests": [READ_OUT]})
    assert [dt_s for _, dt_s in program.scans] == [0.5]


def test_there_is_no_thread_where_exchanges_scan(exchange: Exchange) -> None:
    assert exchange.controller.scanner() is None
