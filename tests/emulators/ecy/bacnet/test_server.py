"""BACnet/IP as a part of emulated controllers: ports, start and end, and what goes wrong on the way."""

from __future__ import annotations

import socket
import threading
from time import monotonic

import pytest
from bacpypes3.apdu import IAmRequest, WhoIsRequest
from bacpypes3.primitivedata import Real

from emulators.bench import BenchPlan, serve
from emulators.ecy.bacnet.server import BacnetServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.faults.datagrams import Mute, Slow
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.process import EmulatorError
from emulators.program import ObjectSpec
from tests.emulators.ecy.bacnet.client import BacnetClient, bacnet_bench, refusal
from tests.emulators.ecy.client import OBJECTS, PASSWORD, SOME_OBJECTS, USER, signed_in
from tests.ports import free_port

SPEC = ControllerSpec("AHU", objects=SOME_OBJECTS)


@pytest.fixture
def port() -> int:
    """The first of two free ones in a row: the BBMD takes the next."""
    return free_port(in_a_row=2)


def server_of(**options: object) -> EcyServer:
    return EcyServer([SPEC], username=USER, password=PASSWORD, **options)  # type: ignore[arg-type]


def test_nothing_of_bacnet_is_there_unless_asked_for() -> None:
    with server_of() as server:
        assert server.bacnet_addresses == {}
        assert server.bacnet_broadcast_address is None
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("ecy-bacnet")]


def test_controllers_take_consecutive_ports_and_the_bbmd_the_next(port: int) -> None:
    with server_of(bacnet_port=port) as server:
        assert server.bacnet_addresses == {"AHU": f"127.0.0.1:{port}"}
        assert server.bacnet_broadcast_address == f"127.0.0.1:{port + 1}"


def test_a_port_is_free_again_after_the_end(port: int) -> None:
    for _ in range(2):
        with server_of(bacnet_port=port) as server, BacnetClient(server.bacnet_addresses["AHU"]) as client:
            assert client.read("analog-value,3") == 21.0


def test_a_taken_port_is_an_error_at_once(port: int) -> None:
    with server_of(bacnet_port=port), pytest.raises(OSError, match=r"in use|10048|only one usage"):
        server_of(bacnet_port=port).__enter__()


def test_a_port_is_shared_with_nobody(port: int) -> None:
    with server_of(bacnet_port=port), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        if hasattr(socket, "SO_REUSEPORT"):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match=r"in use|10048|10013|access"):
            other.bind(("127.0.0.1", port))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])  # noqa: S104 - this is what is refused
def test_nobody_outside_this_computer_can_be_shown_emulated_devices(host: str) -> None:
    with pytest.raises(EmulatorError, match="not on loopback"):
        BacnetServer([], host, [0])


def test_a_unit_that_bacnet_does_not_know_is_an_error_at_the_start() -> None:
    spec = ControllerSpec("AHU", objects=[ObjectSpec("AnalogValue", "Fruit", "bananas")])
    server = EcyServer([spec], username=USER, password=PASSWORD, bacnet_port=0)
    with pytest.raises(EmulatorError, match=r"Fruit \(bananas\)"):
        server.__enter__()


def test_an_unplugged_controller_is_silent_on_both_sides_and_comes_back() -> None:
    with server_of(bacnet_port=0) as server, BacnetClient(server.bacnet_addresses["AHU"], timeout_s=0.1) as client:
        server.unplug("AHU")
        assert refusal(lambda: client.read("analog-value,3")) == "no-response"
        server.plug_in("AHU")
        assert client.read("analog-value,3") == 21.0


def test_a_controller_is_silent_while_it_reboots() -> None:
    now_s = [0.0]
    with bacnet_bench(Profile(reboot_s=5.0), monotonic=lambda: now_s[0], timeout_s=0.1) as bench:
        bench.controller.reboot()
        assert refusal(lambda: bench.client.read("analog-value,3")) == "no-response"
        now_s[0] = 5.0
        assert bench.client.read("analog-value,3") == 21.0


def test_a_mute_controller_does_nothing() -> None:
    with bacnet_bench(timeout_s=0.1) as bench:
        mute = Mute()
        bench.controller.faults.add(mute)
        assert refusal(lambda: bench.client.command("analog-value,3", Real(25.0), 8)) == "no-response"
        bench.controller.faults.remove(mute)
        assert bench.client.read("analog-value,3") == 21.0


def test_a_lost_answer_leaves_the_work_done() -> None:
    with bacnet_bench(timeout_s=0.1) as bench:
        bench.controller.faults.add(Mute(1, after_work=True))
        assert refusal(lambda: bench.client.command("analog-value,3", Real(25.0), 8)) == "no-response"
        assert bench.client.read("analog-value,3") == 25.0


def test_a_slow_controller_answers_late_and_many_at_once() -> None:
    with bacnet_bench() as bench:
        bench.controller.faults.add(Slow(0.05))
        start_s = monotonic()
        assert bench.client.read("analog-value,3") == 21.0
        assert monotonic() - start_s >= 0.05


def test_latency_holds_for_bacnet_too() -> None:
    with server_of(bacnet_port=0, latency_s=0.05) as server, BacnetClient(server.bacnet_addresses["AHU"]) as client:
        start_s = monotonic()
        client.read("analog-value,3")
        assert monotonic() - start_s >= 0.05


def test_writes_from_other_threads_reach_readers_and_subscribers_unharmed() -> None:
    with bacnet_bench() as bench:
        bench.client.subscribe("analog-input,1")
        threads = [
            threading.Thread(target=_measure_often, args=(bench.controller.objects, number)) for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bench.controller.objects.measure("Outdoor temperature", 99.0)
        assert bench.client.read("analog-input,1") == 99.0


def test_a_bacnet_write_does_not_begin_an_exchange_of_rest() -> None:
    with (
        server_of(bacnet_port=0, scan=ExchangeScan(step_s=60.0)) as server,
        BacnetClient(server.bacnet_addresses["AHU"]) as client,
        signed_in(server, "AHU") as rest,
    ):
        clock = server.controller("AHU").clock
        clock.enable_ntp(False)
        rest.batch([{"id": "1", "url": f"{OBJECTS}/analog-values/3/present-value"}])
        before = clock.now()
        client.command("analog-value,3", Real(25.0), 8)
        assert client.read("analog-value,3") == 25.0
        rest.batch([{"id": "1", "url": f"{OBJECTS}/analog-outputs/1/present-value"}])
        assert clock.now() == before


def test_taking_stock_lets_no_time_pass_wherever_its_list_is_cut() -> None:
    """What does not fit one request goes into the next: of the last object only some properties are asked for."""
    value, more = ["object-name", "present-value"], ["out-of-service", "priority-array"]
    with (
        server_of(bacnet_port=0, scan=ExchangeScan(step_s=60.0, over="bacnet")) as server,
        BacnetClient(server.bacnet_addresses["AHU"]) as client,
    ):
        clock = server.controller("AHU").clock
        clock.enable_ntp(False)
        client.read_multiple(("analog-value,3", value), ("analog-output,1", value))
        before = clock.now()
        client.read_multiple(("analog-output,1", value + more), ("analog-value,3", value))
        client.read_multiple(("analog-value,3", more))
        assert clock.now() == before
        client.read_multiple(("analog-value,3", value), ("analog-output,1", value))
        assert (clock.now() - before).total_seconds() == 60.0


def test_garbage_does_not_stop_a_controller() -> None:
    read = bytes.fromhex("810a0011010400050a0c0c008000031955")
    with bacnet_bench() as bench, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw:
        host, port = str(bench.server.addresses["AHU"]).split(":")
        for packet in (b"", b"\x81", b"\x00" * 40, b"GET / HTTP/1.1", *(read[:end] for end in range(1, len(read)))):
            raw.sendto(packet, (host, int(port)))
        raw.sendto(b"\xff" * 1400, (bench.server.broadcast_address.split(":")[0], int(port)))
        assert bench.client.read("analog-value,3") == 21.0


def test_the_bench_prints_an_address_for_each_controller_and_the_bbmd() -> None:
    plan = BenchPlan(boptest_port=None, ecy_port=0, bacnet_port=0, controllers={"AHU": SOME_OBJECTS, "ENERGY": []})
    with serve(plan) as lines:
        kinds = [line.split() for line in lines]
        assert [(kind, name) for kind, name, *_ in kinds] == [
            ("ECY", "AHU"),
            ("ECY", "ENERGY"),
            ("BACnet", "AHU"),
            ("BACnet", "ENERGY"),
            ("BACnet", "BBMD"),
        ]
        assert kinds[3][3:] == ["device", "2"]
        with BacnetClient(kinds[3][2], kinds[4][2]) as client:
            client.tell(WhoIsRequest(), everybody=True)
            assert len(client.heard(IAmRequest, 2)) == 2
            assert client.read("device,2", "object-name") == "ENERGY"


def test_a_taken_port_is_one_sentence_for_whoever_starts_the_bench(port: int) -> None:
    plan = BenchPlan(boptest_port=None, ecy_port=0, bacnet_port=port, controllers={"AHU": SOME_OBJECTS})
    with serve(plan), pytest.raises(EmulatorError, match=f"UDP port {port} .*; choose other ports"), serve(plan):
        pass


def test_ports_that_do_not_exist_are_one_sentence_too() -> None:
    plan = BenchPlan(boptest_port=None, ecy_port=0, bacnet_port=65_535, controllers={"AHU": SOME_OBJECTS})
    with pytest.raises(EmulatorError, match=r"there is no port 65536|in use"), serve(plan):
        pass


def _measure_often(objects: object, number: int) -> None:
    for step in range(50):
        objects.measure("Outdoor temperature", float(number * 100 + step))  # type: ignore[attr-defined]
