"""Programs in the forms of easy-aso's own: run by ``supervise`` and by themselves, with the same ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from clients.bacnet.stack import BACnetStack
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from tests.ledger.guardian import light_guardian
from tests.ports import free_port
from tests.supervisory.easy_programs import ALL, easy_program, start_file
from tests.supervisory.files import config
from tests.waiting import DEADLINE_S, eventually
from utils.state_folder import StateFolder

OBJECTS = (
    ObjectSpec("AnalogInput", "Temp", "degrees-celsius", initial=16.0),
    ObjectSpec("AnalogValue", "Outdoor", "degrees-celsius", initial=20.0),
    ObjectSpec("AnalogOutput", "Valve", "percent", initial=30.0),
    ObjectSpec("BinaryOutput", "Fan"),
    ObjectSpec("MultiStateValue", "Occupancy"),
)
SLOTS = {
    "writes": {("Fan", 10): True, ("Valve", 10): 42.5},
    "supervises": {("Outdoor", 16): 16.0, ("Valve", 16): 15.0, ("Occupancy", 16): 2},
    "sheds": {("Valve", 10): 0.0},
}
SAYS = {
    "empty": "enabled: True",
    "reads": "read 16.0",
    "reads_many": "analog-value,1 present-value 20.0",
}
Taken: TypeAlias = dict[tuple[str, int], Any]
no_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process that is sent a signal")


@pytest.fixture(scope="module")
def controllers() -> Iterator[EcyServer]:
    with EcyServer([ControllerSpec("AHU", objects=OBJECTS)], username="b", password="c", bacnet_port=0) as server:
        yield server


@pytest.fixture
def address(controllers: EcyServer) -> str:
    return controllers.bacnet_addresses["AHU"]


@pytest.fixture
def broker() -> Iterator[Callable[[], bytes]]:
    """Somebody who takes what is published; says what has come first."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def listen() -> None:
            try:
                connection, _ = server.accept()
            except OSError:  # nobody has come, and the test is over
                return
            with connection:
                heard.append(connection.recv(100))

        threading.Thread(target=listen, daemon=True).start()
        os.environ["BROKER_PORT"] = str(server.getsockname()[1])
        yield lambda: heard[0] if heard else b""
        del os.environ["BROKER_PORT"]


@pytest.fixture
def taken(controllers: EcyServer) -> Callable[[], Taken]:
    """What stands in slots of the controller."""
    objects = controllers.controller("AHU").objects
    names = [spec.name for spec in OBJECTS[1:]]

    def found() -> Taken:
        slots = {name: objects.named(name).slots for name in names}
        return {
            (name, number): value
            for name, held in slots.items()
            for number, value in enumerate(held, start=1)
            if value is not None
        }

    return found


@contextmanager
def _by_itself(folder: Path, file: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Started; and the address of its own device."""
    port = free_port()
    own = ("--name", "easy", "--instance", "4711", "--address", f"127.0.0.1/24:{port}")
    process = start_file(file, folder, *own, *options)
    try:
        yield process, f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _printed(folder: Path) -> str:
    return (folder / "printed.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_a_program_of_each_form_runs_with_supervise(
    name: str,
    tmp_path: Path,
    address: str,
    taken: Callable[[], Taken],
    broker: Callable[[], bytes],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", light_guardian.COMMAND)
    easy_program(tmp_path, name, address)
    file = config(
        tmp_path, transport="bacnet", interface="127.0.0.1:0", devices={"ahu": address}, enabled_at_start=True
    )
    plan = plan_run([f"{name}.py"], file, tmp_path)
    run = Supervision(plan, settings_for(plan.config, None, {}, tmp_path), StateFolder(tmp_path / "state"))
    said: list[str] = []

    def printed() -> str:
        said.append(capsys.readouterr().out)
        return "".join(said)

    thread = threading.Thread(target=run.execute)
    thread.start()
    try:
        eventually(lambda: taken() == SLOTS.get(name, {}) and (name != "publishes" or broker() == b"16.0\n"))
        eventually(lambda: any(status.last is not None or status.rounds for status in run.status()))
        eventually(lambda: SAYS.get(name, "") in printed())
    finally:
        run.request_stop()
        thread.join()
    assert taken() == {}


@pytest.mark.slow
def test_a_device_that_never_answers_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", light_guardian.COMMAND)
    absent = f"127.0.0.1:{free_port()}"
    easy_program(tmp_path, "reads", absent)
    file = config(
        tmp_path,
        transport="bacnet",
        interface="127.0.0.1:0",
        devices={"ahu": absent},
        enabled_at_start=True,
        timeout_s=1,
    )
    plan = plan_run(["reads.py"], file, tmp_path)
    settings = settings_for(plan.config, None, {}, tmp_path)
    summary = Supervision(plan, settings, StateFolder(tmp_path / "state"), steps=2).execute()
    assert (summary.rounds, summary.exit_code) == (2, 1)
    [trouble] = summary.troubles
    assert trouble.startswith("reads: every step was skipped: ")
    assert "no answer" in trouble
    assert "enabled: True" in capsys.readouterr().out


@no_signals
@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_a_program_of_each_form_runs_by_itself_from_anywhere(
    name: str, tmp_path: Path, address: str, taken: Callable[[], Taken], broker: Callable[[], bytes]
) -> None:
    file = easy_program(tmp_path, name, address)
    with _by_itself(tmp_path, file, "--no-bacnet-server") as (process, _):
        eventually(lambda: taken() == SLOTS.get(name, {}) and SAYS.get(name, "") in _printed(tmp_path))
        eventually(lambda: name != "publishes" or broker() == b"16.0\n")
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0, _printed(tmp_path)
    assert taken() == {}
    assert "Traceback" not in _printed(tmp_path)
    assert "the kill switch is served all the same" in _printed(tmp_path)


@no_signals
def test_one_that_runs_by_itself_is_found_and_switched_off_and_on_by_an_operator(
    tmp_path: Path, address: str, taken: Callable[[], Taken]
) -> None:
    file = easy_program(tmp_path, "writes", address)
    with _by_itself(tmp_path, file) as (process, own), BACnetStack("127.0.0.1:0") as operator:
        eventually(lambda: taken() == SLOTS["writes"])
        operator.ask(lambda client: client.write(own, "binary-value,1", False, 8))
        eventually(lambda: taken() == {})
        eventually(lambda: operator.ask(lambda client: client.read(own, "multi-state-value,2")).value == 1)
        operator.ask(lambda client: client.write(own, "binary-value,1", None, 8))
        eventually(lambda: taken() == SLOTS["writes"])
        process.terminate()
        assert process.wait(DEADLINE_S) == 0
    assert taken() == {}


TOGETHER = """
    import asyncio
    from supervisory import EasyASO

    class Fan(EasyASO):
        async def on_step(self):
            await self.bacnet_write("{address}", "binary-output,1", 1)

    class Valve(EasyASO):
        async def on_step(self):
            await self.bacnet_write("{address}", "analog-output,1", 7)

    class Bot:
        async def run(self):
            await asyncio.gather(Fan().run(), Valve().run())
"""


@no_signals
@pytest.mark.slow
def test_programs_that_one_process_awaits_together_share_a_device_and_have_a_switch_each(
    tmp_path: Path, address: str, taken: Callable[[], Taken]
) -> None:
    file = easy_program(tmp_path, "together", address, TOGETHER)
    with _by_itself(tmp_path, file) as (process, own), BACnetStack("127.0.0.1:0") as operator:
        eventually(lambda: taken() == {("Fan", 12): True, ("Valve", 12): 7.0})
        operator.ask(lambda client: client.write(own, "binary-value,3", False, 8))
        eventually(lambda: taken() == {("Fan", 12): True})
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0
    assert taken() == {}


@pytest.mark.slow
def test_what_is_wrong_with_a_command_line_is_one_line_and_exit_code_2(tmp_path: Path, address: str) -> None:
    with start_file(easy_program(tmp_path, "together", address, TOGETHER), tmp_path, "--address", "nowhere/x") as ended:
        assert ended.wait(DEADLINE_S) == 2
    assert "write this computer's own address" in _printed(tmp_path)
    assert "Traceback" not in _printed(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="it is about SIGKILL")
@pytest.mark.slow
def test_one_that_runs_by_itself_is_released_after_a_kill(
    tmp_path: Path, address: str, taken: Callable[[], Taken]
) -> None:
    with _by_itself(tmp_path, easy_program(tmp_path, "writes", address)) as (process, _):
        eventually(lambda: taken() == SLOTS["writes"])
        process.kill()
    eventually(lambda: taken() == {})
    eventually(lambda: not list((tmp_path / "state" / "ledgers").glob("*.jsonl")))
