"""Our own BACnet port: taken by one, opened or a clear error, closed without a trace."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bacpypes3.local.analog import AnalogValueObject
from filelock import FileLock

from clients.bacnet.errors import StackError
from clients.bacnet.port import check_broadcast, with_likely_mask
from clients.bacnet.stack import BACnetStack
from tests.clients.bacnet.server import device, stack
from tests.ports import free_port
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, DeviceError

ROOT = Path(__file__).parents[3]
_HOLDER = """
import sys
from clients.bacnet.stack import BACnetStack
with BACnetStack(sys.argv[1]) as stack:
    print(stack.address, flush=True)
    sys.stdin.read()
"""


@contextmanager
def taken_by_another_program() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        yield other.getsockname()[1]


def test_a_free_port_is_picked_and_told() -> None:
    with stack() as one, stack() as two:
        assert one.address != two.address
        assert one.address.startswith("127.0.0.1:")


def test_a_port_that_another_program_has_is_refused() -> None:
    with taken_by_another_program() as port, pytest.raises(StackError, match=f"port {port} .* in use"):
        BACnetStack(f"127.0.0.1/24:{port}").open()


def test_a_broadcast_address_that_another_program_listens_on_is_refused_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.255", 0))
        port = other.getsockname()[1]
        with pytest.raises(StackError, match=f"port {port} of 127.0.0.255 is in use"):
            BACnetStack(f"127.0.0.1/24:{port}").open()


def test_a_mask_that_is_not_the_networks_is_refused() -> None:
    with pytest.raises(StackError, match=r"203\.0\.113\.255 is no broadcast address .* mask"):
        check_broadcast("203.0.113.255", 0)


@pytest.mark.parametrize(("broadcast", "mask"), [("10.1.2.255", 24), ("10.1.255.255", 16), ("10.1.3.255", 23)])
def test_the_mask_is_the_one_whose_broadcast_address_this_computer_knows(broadcast: str, mask: int) -> None:
    assert with_likely_mask("10.1.2.3", lambda address: address == broadcast) == f"10.1.2.3/{mask}"
    assert with_likely_mask("10.1.2.3", lambda _: False) == "10.1.2.3/24"
    assert with_likely_mask("127.0.0.1") == "127.0.0.1/24"


def test_a_port_that_we_have_in_this_process_is_refused() -> None:
    with stack() as first, pytest.raises(StackError, match="in use"):
        BACnetStack(f"{first.address}").open()


@pytest.mark.slow
def test_a_port_that_we_have_in_another_process_is_refused() -> None:
    command = [sys.executable, "-c", _HOLDER, f"127.0.0.1/24:{free_port()}"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:  # noqa: S603
        assert holder.stdout is not None
        address = holder.stdout.readline().strip()
        with pytest.raises(StackError, match="in use"):
            BACnetStack(address).open()
        holder.communicate()
    with BACnetStack(address) as after:
        assert after.address == address


def test_a_port_whose_lock_is_held_is_refused_although_it_could_be_bound(tmp_path: Path) -> None:
    port = free_port()
    with FileLock(tmp_path / f"bacnet-127.0.0.1-{port}.lock"), pytest.raises(StackError, match="in use"):
        BACnetStack(f"127.0.0.1/24:{port}", lock_folder=tmp_path).open()


def test_a_lock_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with stack(lock_folder=tmp_path / "file") as opened:
        assert opened.address


def test_an_interface_that_this_computer_lacks_is_named() -> None:
    with pytest.raises(StackError, match=r"no interface with the address 203\.0\.113\.5"):
        BACnetStack("203.0.113.5/24:0").open()


@pytest.mark.parametrize(
    "text", ["", "nonsense!", "10.0.0.1/40", "10.0.0.300/24", "127.0.0.1/24:99999", "no-such-interface0"]
)
def test_a_text_that_is_no_interface_is_the_callers_to_mend(text: str) -> None:
    with pytest.raises(ConfigError, match="write this computer's own address"):
        BACnetStack(text)


def test_a_bbmd_needs_an_ip_address() -> None:
    with pytest.raises(ConfigError, match="BBMD"):
        BACnetStack("127.0.0.1/24:0", foreign="5:12")


def test_a_bbmd_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.bacnet.stack._OPEN_TIMEOUT_S", 0.3)
    silent = f"127.0.0.1:{free_port()}"
    with pytest.raises(StackError, match=f"BBMD {silent} does not answer"):
        stack(foreign=silent).open()
    assert not bacnet_threads()


def test_a_closed_port_can_be_opened_again_at_once() -> None:
    with stack() as first:
        address = first.address
    for _ in range(3):
        with BACnetStack(address) as again:
            assert again.address == address


def bacnet_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "bacnet"]


def test_all_stacks_share_one_thread_that_ends_with_the_last() -> None:
    with stack():
        with stack():
            assert len(bacnet_threads()) == 1
        assert len(bacnet_threads()) == 1
    assert not bacnet_threads()


def test_a_closed_stack_says_so() -> None:
    closed = stack()
    with closed:
        pass
    with pytest.raises(StackError, match="not open"):
        closed.ask(lambda client: client.read("127.0.0.1:1", "analog-input,1"))
    with pytest.raises(StackError, match="not open"):
        _ = closed.application


def test_closing_ends_calls_that_wait() -> None:
    outcome: list[BaseException] = []
    with device() as server, stack(apdu_timeout_s=30.0) as other:
        server.faults.is_silent = True
        opened = stack(apdu_timeout_s=30.0)
        opened.open()

        def wait() -> None:
            try:
                opened.ask(lambda client: client.read(server.address, "binary-input,1", timeout_s=30.0))
            except (StackError, DeviceError) as error:
                outcome.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not server.counts["ReadProperty"]:
            threading.Event().wait(0.005)
        opened.close()
        waiting.join(DEADLINE_S)
        assert not waiting.is_alive()
        assert other.address
    assert isinstance(outcome[0], StackError)


def test_objects_are_made_on_the_loops_thread_served_and_changed_there() -> None:
    with stack(instance=77, name="supervisor") as serving, stack() as asking:

        def make() -> list[AnalogValueObject]:
            assert threading.current_thread().name == "bacnet"
            return [AnalogValueObject(objectIdentifier="analog-value,1", objectName="Count", presentValue=1.0)]

        (served,) = serving.add(make)
        assert asking.ask(lambda client: client.read(serving.address, "analog-value,1")).value == 1.0
        serving.post(setattr, served, "presentValue", 2.0)
        assert asking.ask(lambda client: client.read(serving.address, "analog-value,1")).value == 2.0
        assert asking.ask(lambda client: client.read(serving.address, "device,77", "object-name")).value == "supervisor"


def test_an_object_that_cannot_be_made_is_an_error_for_who_asked() -> None:
    with stack() as serving, pytest.raises(RuntimeError, match="already an object"):
        serving.add(lambda: [AnalogValueObject(objectIdentifier="analog-value,1", objectName="X")] * 2)


def test_a_call_that_would_wait_for_itself_is_refused() -> None:
    with stack() as opened:

        async def ask() -> None:
            opened.ask(lambda client: client.read("127.0.0.1:1", "analog-input,1"))

        with pytest.raises(RuntimeError, match="own thread"):
            opened.call(ask(), 1.0)


def test_a_loop_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.bacnet.stack._SLACK_S", 0.05)
    with stack() as opened, pytest.raises(StackError, match="does not answer"):
        opened.call(asyncio.sleep(60.0), 0.05)


def test_a_stack_that_could_not_be_opened_leaves_nothing_behind() -> None:
    with taken_by_another_program() as port:
        failed = BACnetStack(f"127.0.0.1/24:{port}")
        with pytest.raises(StackError):
            failed.open()
    assert not bacnet_threads()
    with failed:
        assert failed.address.endswith(f":{port}")
