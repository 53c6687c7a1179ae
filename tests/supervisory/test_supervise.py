"""The supervise command against real peers: what people see, and every way out."""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from rich.console import Console

from clients.bacnet.stack import BACnetStack
from clients.boptest_client import BOPTestClient
from commands.verbs import supervise as command
from emulators.boptest.faults import FailedSimulation, HoldCall
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import WallScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ObjectSpec
from ledger.receipts import Outcome, Receipt
from recording import open_run
from recording.columns import read_run
from recording.report.programs import seen_programs
from supervisory.program_status import ProgramStatus
from supervisory.runtime import transports
from supervisory.runtime.context import StepRecord
from supervisory.runtime.runtime import RuntimeSummary
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from tests.clients.bacnet.server import device
from tests.ledger.guardian import light_guardian
from tests.supervisory.files import RESET, config, problems, program
from tests.waiting import DEADLINE_S, eventually
from utils.errors import BridgeError, ConfigError, SimulationError, SimulationShared
from utils.settings import LocalSettings
from utils.state_folder import StateFolder

ROOT = Path(__file__).resolve().parents[2]
no_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process that is sent a signal")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else has our device number."""
    monkeypatch.setattr(transports, "_NUMBER_WAIT_S", 0.05)


SEED = """
    import asyncio
    from supervisory import EasyASO

    class CustomHvacAso(EasyASO):
        async def on_start(self):
            print("Custom ASO is deploying! Lets do something!")

        async def on_step(self):
            sensor = await self.bacnet_read("{address}", "analog-input,1")
            override_valve = sensor + 5.0
            await self.bacnet_write("{address}", "analog-output,2", override_valve)
            print("Executing step actions... The system is being optimized!")
            await asyncio.sleep(60)

        async def on_stop(self):
            await self.bacnet_write("{address}", "analog-output,2", "null")
            print("Executing stop actions... The system is released back to normal!")
"""
OBJECTS = (
    ObjectSpec("AnalogInput", "Temp", "degrees-celsius", initial=16.0),
    ObjectSpec("AnalogValue", "DuctSp", "pascals", initial=250.0),
    ObjectSpec("AnalogOutput", "Damper", "percent", initial=30.0),
    ObjectSpec("AnalogOutput", "Valve", "percent", initial=0.0),
)
VALVE = "Valve"
AT_AHU = {
    "temperature": {"device": "ahu", "object": "AnalogInput Temp"},
    "setpoint": {"device": "ahu", "object": "AnalogValue DuctSp"},
}


@pytest.fixture(scope="module")
def building() -> Iterator[BoptestServer]:
    with BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as server:
        yield server


@pytest.fixture(scope="module")
def controllers() -> Iterator[EcyServer]:
    spec = ControllerSpec("AHU", objects=OBJECTS)
    with EcyServer(
        [spec], username="bench", password="correct horse", scan=WallScan(scale=60.0), bacnet_port=0
    ) as server:
        yield server


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "BOP_START_TIME": "2023-07-06 10:00:00",
        "BOP_WARMUP_PERIOD": "0",
        "BOP_TIME_SCALE": "0",
        "BOP_CONNECT_TIMEOUT": "0",
        "BRIDGE_STATE_DIR": str(tmp_path / "state"),
        "LOG_FILE": str(tmp_path / "app.log"),
        "ECY2_LOGIN_USERNAME": "bench",
        "ECY2_LOGIN_PWORD": "correct horse",
        "ECY_TLS": "off",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", light_guardian.COMMAND)


def _supervise(*arguments: str | Path, told: io.StringIO | None = None) -> tuple[int, str]:
    """Run the command in this process."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    told = told or io.StringIO()
    options = parser.parse_args([*map(str, arguments), "--env", "none"])
    code = command.run(options, Console(file=told, width=200, soft_wrap=True))
    return code, told.getvalue()


def assert_report_tells_writes(file: Path) -> None:
    """Who wrote what, from when to when."""
    with open_run(file) as run:
        [program] = seen_programs(read_run(run))
    (first, last), local = program.writes(), program.local
    assert (first.label, first.after, local(first.time_s)) == ("setpoint", 101.0, datetime(2023, 7, 6, 10))
    assert (last.before, last.why) == (101.0, "releasing: the run has ended")
    assert program.run.facts_of("commanded", "reset", "setpoint")["slot"] == 12


def _supervision(config_file: Path, name: str, **options: Any) -> Supervision:  # noqa: ANN401
    """A run of a program in the config's folder, in this process."""
    plan = plan_run([name], config_file, config_file.parent)
    settings = settings_for(plan.config, None, dict(os.environ), config_file.parent)
    return Supervision(plan, settings, StateFolder(settings.part(LocalSettings).state_dir), **options)


def _on_simulation(folder: Path, **content: object) -> Path:
    points = {"temperature": {"point": "hvac_reaAhu_TSup_y"}, "setpoint": {"point": "hvac_oveAhu_dpSet"}}
    return config(folder, programs={"reset": {"points": points}}, **content)


def _on_controller(folder: Path, transport: str, address: str, **points: object) -> Path:
    return config(
        folder,
        transport=transport,
        interface="127.0.0.1/24:0",
        enabled_at_start=True,
        time_scale=60,
        timeout_s=2,
        start_timeout_s=5,
        devices={"ahu": address},
        programs={"reset": {"points": {**AT_AHU, **points}}},
    )


def _address(controllers: EcyServer, transport: str) -> str:
    return (controllers.bacnet_addresses if transport == "bacnet" else controllers.addresses)["AHU"]


@pytest.mark.slow
def test_a_program_runs_on_the_simulation_and_everything_is_given_back(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    monkeypatch.setenv("STATUS_FILE", str(tmp_path / "programs.prom"))
    file = program(tmp_path, "reset")
    code, told = _supervise(file, "--config", _on_simulation(tmp_path, step_log="steps"), "--steps", "6")
    assert code == 0
    assert '\nbench_program_rounds_total{program="reset"} 3.0\n' in (tmp_path / "programs.prom").read_text("utf-8")
    assert "reset: " in told
    assert "6 rounds, 0.04 h in the plant" in told
    assert "1 released" in told
    assert re.search(r"^  energy +\S+ kWh/m2 +ener_tot$", told, re.MULTILINE)
    rows = list(csv.DictReader((tmp_path / "steps" / "reset.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["setpoint commanded"] for row in rows] == ["101", "101", "101"]
    assert rows[0]["local_time"] == "2023-07-06T10:00:00"
    [file] = (tmp_path / "state" / "runs").glob("*-supervise-*.run")
    assert f"Recorded in {file}; python main.py report {file.stem} tells what happened" in told
    assert_report_tells_writes(file)


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["bacnet", "ecy"])
def test_a_dry_run_says_what_would_be_written_and_writes_nothing(
    controllers: EcyServer, tmp_path: Path, transport: str
) -> None:
    file = program(tmp_path, "reset")
    config_file = _on_controller(tmp_path, transport, _address(controllers, transport))
    code, told = _supervise(file, "--config", config_file, "--steps", "1", "--dry-run")
    assert code == 0
    assert "reset: would write 101 to " in told
    assert "AnalogValue DuctSp at 12" in told
    assert "dry run: nothing was written" in told
    assert not any(controllers.controller("AHU").objects.named("DuctSp").slots)


@pytest.mark.slow
def test_a_program_that_fails_makes_the_exit_code_1(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    file = program(tmp_path, "reset", RESET.replace('ctx.value("temperature")', "1 / 0"))
    code, told = _supervise(file, "--config", _on_simulation(tmp_path), "--steps", "3")
    assert code == 1
    assert "reset has failed: line 18 of reset.py: ZeroDivisionError: division by zero" in told


BAD_BINDINGS = {
    "object": ({"device": "ahu", "object": "AnalogInput Tmp"}, "ahu has no AnalogInput 'Tmp', did you mean 'Temp'?"),
    "unit": (
        {"device": "ahu", "object": "AnalogValue DuctSp"},
        "ahu AnalogValue 1: 'pascal' cannot be converted to 'degC'",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["bacnet", "ecy"])
@pytest.mark.parametrize(("binding", "words"), BAD_BINDINGS.values(), ids=BAD_BINDINGS)
def test_a_point_that_is_not_in_its_device_is_told_before_anything_is_written(
    controllers: EcyServer, tmp_path: Path, transport: str, binding: object, words: str
) -> None:
    file = program(tmp_path, "reset")
    config_file = _on_controller(tmp_path, transport, _address(controllers, transport), temperature=binding)
    with pytest.raises(ConfigError) as raised:
        _supervise(file, "--config", config_file, "--steps", "1")
    (told,) = problems(raised)
    assert told.startswith(f"config.json: programs.reset.points.temperature: {words}")


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        file = config(
            tmp_path,
            transport="bacnet",
            interface="127.0.0.1/24:0",
            timeout_s=0.5,
            start_timeout_s=0,
            devices={"ahu": address},
            programs={"reset": {"points": AT_AHU}},
        )
        with pytest.raises(BridgeError, match=address):
            _supervise(program(tmp_path, "reset"), "--config", file, "--steps", "1")


def test_a_port_that_is_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        file = config(tmp_path, transport="bacnet", interface=f"127.0.0.1/24:{port}", devices={"ahu": "127.0.0.1:1"})
        with pytest.raises(BridgeError, match=f"port {port} of 127.0.0.1 is in use"):
            _supervise(program(tmp_path, "seed", SEED.format(address="ahu")), "--config", file)


def test_a_device_number_that_somebody_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = config(tmp_path, transport="bacnet", interface="127.0.0.1/24:0", instance=61, devices={"ahu": "127.0.0.1:1"})
    with device(instance=61, is_bbmd=True) as other:
        monkeypatch.setattr(transports, "BACnetStack", partial(BACnetStack, foreign=other.address))
        monkeypatch.setattr(transports, "_NUMBER_WAIT_S", DEADLINE_S)
        with pytest.raises(ConfigError, match=f"instance: 61 is the device number of {other.address} already"):
            _supervise(program(tmp_path, "seed", SEED.format(address="ahu")), "--config", file)


def test_a_network_interface_that_is_missing_is_told(tmp_path: Path) -> None:
    file = config(tmp_path, transport="bacnet", interface="192.0.2.77/24:0", devices={"ahu": "127.0.0.1:1"})
    with pytest.raises(BridgeError, match=r"192\.0\.2\.77"):
        _supervise(program(tmp_path, "seed", SEED.format(address="ahu")), "--config", file)


@contextmanager
def _in_a_process(folder: Path, controllers: EcyServer, transport: str, text: str) -> Iterator[subprocess.Popen[str]]:
    address = _address(controllers, transport)
    file = program(folder, "seed", text.format(address=address))
    arguments = [str(ROOT / "main.py"), "supervise", str(file), "--env", "none"]
    config_file = _on_controller(folder, transport, address)
    with subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, *arguments, "--config", str(config_file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ, PYTHONUNBUFFERED="1"),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _await(condition: Callable[[], bool]) -> float:
    """Wait until it holds; returns the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < DEADLINE_S
        time.sleep(0.005)
    return time.monotonic() - began


def _slot(controllers: EcyServer) -> float | None:
    return controllers.controller("AHU").objects.named(VALVE).slots[11]


@pytest.mark.slow
@no_signals
@pytest.mark.parametrize(("transport", "way"), [("bacnet", "SIGTERM"), ("ecy", "SIGINT")])
def test_the_seeds_example_runs_and_releases_when_it_is_asked_to_stop(
    controllers: EcyServer, tmp_path: Path, transport: str, way: str
) -> None:
    with _in_a_process(tmp_path, controllers, transport, SEED) as process:
        _await(lambda: _slot(controllers) == 21.0)
        process.send_signal(getattr(signal, way))
        told, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, told
    assert _slot(controllers) is None
    assert "Custom ASO is deploying!" in told
    assert "The system is released back to normal!" in told
    assert not list((tmp_path / "state" / "ledgers").glob("*.jsonl"))
    assert not list((tmp_path / "state" / "guardian").glob("*.log"))  # it had nothing to do


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_the_seeds_example_is_released_after_a_kill_and_an_operators_slot_is_untouched(
    controllers: EcyServer, tmp_path: Path
) -> None:
    objects = controllers.controller("AHU").objects
    with _in_a_process(tmp_path, controllers, "bacnet", SEED) as process:
        _await(lambda: _slot(controllers) == 21.0)
        objects.command(VALVE, 33.0, 8)
        process.send_signal(signal.SIGKILL)
        took_s = _await(lambda: _slot(controllers) is None)
    assert took_s < DEADLINE_S
    assert objects.named(VALVE).slots[7] == 33.0
    objects.command(VALVE, None, 8)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a process's children are read from /proc")
def test_killed_with_its_guardian_as_a_container_is_it_is_given_back_by_the_next_start(
    controllers: EcyServer, tmp_path: Path
) -> None:
    with _in_a_process(tmp_path, controllers, "bacnet", SEED) as process:
        _await(lambda: _slot(controllers) == 21.0)
        process.send_signal(signal.SIGSTOP)  # it starts another guardian otherwise
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                os.kill(int(child), signal.SIGKILL)
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_S)
    assert _slot(controllers) == 21.0
    with _in_a_process(tmp_path, controllers, "bacnet", SEED) as process:
        assert process.stdout is not None
        told = ""
        while "left by an earlier run" not in told:
            told = process.stdout.readline()
            assert "seed: run" not in told, "it has begun, and nothing was left"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=DEADLINE_S)
    assert "released" in told
    assert _slot(controllers) is None


Command: TypeAlias = Callable[[float | None], None]


class TestASlotThatIsInUse:
    """Reads can be stale, and what an earlier run has left may not have been given back yet."""

    @pytest.fixture
    def occupied(
        self, controllers: EcyServer, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Callable[[float | None], None]]:
        def operator(value: float | None) -> None:
            controllers.controller("AHU").objects.command("DuctSp", value, 12)

        monkeypatch.setattr("supervisory.slots_in_use.STALE_S", 0.05)
        operator(77.0)
        yield operator
        operator(None)

    def start(self, folder: Path, controllers: EcyServer) -> tuple[int, str]:
        file = _on_controller(folder, "ecy", _address(controllers, "ecy"))
        return _supervise(program(folder, "reset"), "--config", file, "--steps", "1")

    def test_somebody_elses_is_refused_at_the_second_look(
        self, controllers: EcyServer, tmp_path: Path, occupied: Command
    ) -> None:
        with pytest.raises(ConfigError, match="slot 12 is in use and holds 77"):
            self.start(tmp_path, controllers)
        assert "looked at again" in (tmp_path / "app.log").read_text(encoding="utf-8")

    def test_one_that_is_free_by_then_is_taken(
        self,
        controllers: EcyServer,
        tmp_path: Path,
        occupied: Command,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        looks = []

        def give_back(*_: object) -> list[Receipt]:
            looks.append(True)
            if len(looks) == 2:
                occupied(None)
            return []

        monkeypatch.setattr("supervisory.supervision.give_back_leftovers", give_back)
        assert self.start(tmp_path, controllers)[0] == 0

    def test_an_own_leftover_that_stays_is_waited_for_and_no_reason_to_mend_a_config(
        self,
        controllers: EcyServer,
        tmp_path: Path,
        occupied: Command,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        stuck = Receipt("10.0.0.1", "AnalogValue 1", Outcome.FAILED, "busy")
        monkeypatch.setattr("supervisory.supervision.give_back_leftovers", lambda *_: [stuck])
        monkeypatch.setattr("supervisory.joining._RETRY_S", 10.0)
        with pytest.raises(BridgeError, match="cannot be given back yet") as caught:
            self.start(tmp_path, controllers)
        assert caught.value.exit_code == 1


@pytest.mark.slow
def test_a_device_that_is_late_is_waited_for(controllers: EcyServer, tmp_path: Path) -> None:
    controllers.unplug("AHU")
    back = threading.Timer(1.5, controllers.plug_in, ["AHU"])
    back.start()
    try:
        file = _on_controller(tmp_path, "ecy", _address(controllers, "ecy"))
        code, told = _supervise(program(tmp_path, "reset"), "--config", file, "--steps", "1")
    finally:
        back.join()
    assert code == 0
    assert "1 released" in told
    assert "waiting for it" in (tmp_path / "app.log").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_building_that_fails_ends_the_run_and_everything_is_given_back(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    building.faults.add(FailedSimulation(), "advance")
    file = program(tmp_path, "reset")
    told = io.StringIO()
    with pytest.raises(SimulationError):
        _supervise(file, "--config", _on_simulation(tmp_path), "--steps", "3", told=told)
    assert "Recorded in " in told.getvalue()
    assert not list((tmp_path / "state" / "ledgers").glob("*.jsonl"))


@pytest.mark.slow
def test_somebody_else_who_drives_the_building_ends_the_run_and_everything_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "reset")
    with (
        BoptestServer({"multizone_office_simple_air": MultizoneOffice}, legacy=True) as shared,
        BOPTestClient(shared.url) as other,
    ):
        monkeypatch.setenv("BOP_SERVER_URL", shared.url)
        other.connect()
        records: list[StepRecord] = []

        def look(record: StepRecord) -> None:
            records.append(record)
            if len(records) == 2:
                other.initialize_system(0.0, 0.0)

        supervision = _supervision(_on_simulation(tmp_path), "reset.py", steps=50, on_record=look)
        with pytest.raises(SimulationShared, match="somebody else drives this simulation"):
            supervision.execute()
    assert not list((tmp_path / "state" / "ledgers").glob("*.jsonl"))


@pytest.mark.slow
def test_a_building_that_does_not_answer_is_said_while_it_is_waited_for(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    monkeypatch.setattr("bridge.building.overdue._LEAST_S", 0.1)
    program(tmp_path, "reset")
    hold = building.faults.add(HoldCall(), "advance")
    supervision = _supervision(_on_simulation(tmp_path), "reset.py", steps=3)
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(supervision.execute)
        eventually(lambda: "has not answered advance for" in caplog.text)
        hold.release.set()
        assert ended.result(DEADLINE_S).exit_code == 0


@pytest.mark.slow
def test_people_are_told_where_the_switch_is(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    file = _on_simulation(tmp_path, instance=599123, enabled_at_start=False)
    code, told = _supervise(program(tmp_path, "reset"), "--config", file, "--steps", "2")
    assert code == 1
    assert "no program ever ran; what was switched off, and how to switch it on, is told at the start" in told
    assert "switch: binary-value,1 optimization-enabled of device 599123, 127.0.0.1:" in told
    assert "programs are off. On: python main.py bacnet write 127.0.0.1:" in told
    assert "reset: disabled" in told


@pytest.mark.slow
def test_a_dry_run_may_end_before_any_program_has_run(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    program(tmp_path, "reset")
    codes = {}
    for is_dry in (True, False):
        supervision = _supervision(_on_simulation(tmp_path), "reset.py", dry_run=is_dry)
        supervision.request_stop()
        codes[is_dry] = supervision.execute().exit_code
    assert codes == {True: 0, False: 1}


def _ended_when(
    supervision: Supervision, stands: Callable[[ProgramStatus], bool], act: Callable[[], object] = lambda: None
) -> RuntimeSummary:
    """A run that lasts until its program stands so, and something has been done."""
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(supervision.execute)
        try:
            eventually(lambda: ended.done() or any(map(stands, supervision.status())), DEADLINE_S)
            act()
        finally:
            supervision.request_stop()
        return ended.result(DEADLINE_S)


@pytest.mark.slow
def test_an_operators_off_outlives_a_demo_and_does_not_concern_a_simulation(
    controllers: EcyServer, building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    file = _on_controller(tmp_path, "bacnet", _address(controllers, "bacnet"))
    program(tmp_path, "reset")
    told: list[str] = []

    def demo() -> Supervision:
        return _supervision(file, "reset.py", tell=lambda _, line: told.append(line))

    def switch_off() -> None:
        with BACnetStack("127.0.0.1:0") as operator:
            operator.ask(lambda client: client.write(told[0].rpartition(", ")[2], "binary-value,1", False, 8))

    assert _ended_when(demo(), lambda program: program.rounds > 0, switch_off).exit_code == 0
    told.clear()
    summary = _ended_when(demo(), lambda program: program.state == "disabled")
    assert (summary.exit_code, summary.has_run) == (1, False)
    assert f"programs are off: switched off on {datetime.now():%Y-%m-%d }" in told[0]
    assert " at priority 8. On: python main.py bacnet write 127.0.0.1:" in told[0]
    code, printed = _supervise(tmp_path / "reset.py", "--config", _on_simulation(tmp_path), "--steps", "2")
    assert code == 0
    assert "programs are off" not in printed


@pytest.mark.slow
def test_a_stop_does_not_wait_for_a_building_that_is_silent(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    hold = building.faults.add(HoldCall(), "advance")
    program(tmp_path, "reset")
    supervision = _supervision(_on_simulation(tmp_path), "reset.py")
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(supervision.execute)
        assert hold.reached.wait(DEADLINE_S)
        supervision.request_stop()
        summary = ended.result(DEADLINE_S)
    hold.release.set()
    assert summary.exit_code == 0
    assert [str(receipt.outcome.value) for receipt in summary.receipts] == ["released"]


AUDITOR = """
    from supervisory import Program

    class Auditor(Program):
        needs_site = True
        period_s = 60

        def on_step(self, ctx):
            audit = ctx.site.occupied_slots()
            released = ctx.site.release(audit.slots)
            ctx.explain(slots=[str(slot) for slot in audit.slots], released=[item.released for item in released])
"""


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["bacnet", "ecy"])
def test_a_program_with_site_access_sees_and_releases_slots_of_others(
    controllers: EcyServer, tmp_path: Path, transport: str
) -> None:
    objects = controllers.controller("AHU").objects
    objects.command("Damper", 77.0, 8)
    program(tmp_path, "auditor", AUDITOR)
    records: list[StepRecord] = []
    file = _on_controller(tmp_path, transport, _address(controllers, transport))
    supervision = _supervision(file, "auditor.py", steps=1, on_record=records.append)
    assert supervision.execute().exit_code == 0
    assert records[0].facts["released"] == [True]
    assert "AnalogOutput Damper at 8" in str(records[0].facts["slots"])
    assert objects.named("Damper").slots[7] is None
    assert "Damper" in next((tmp_path / "state" / "programs").glob("*undo*")).read_text(encoding="utf-8")


ALARMING = """
    from supervisory import Program, Read

    class Alarming(Program):
        points = {"temperature": Read("degC")}
        period_s = 30
        steps = 0

        def on_step(self, ctx):
            self.steps += 1
            if self.steps in (2, 3, 5):
                ctx.alarm("it is hot")
"""


@pytest.mark.slow
def test_an_alarm_is_told_once_shown_while_it_lasts_and_told_again_when_it_returns(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    program(tmp_path, "alarming", ALARMING)
    points = {"temperature": {"point": "hvac_reaAhu_TSup_y"}}
    file = config(tmp_path, programs={"alarming": {"points": points}})
    shown: list[str] = []

    def look(_record: StepRecord) -> None:
        shown.append(supervision.status()[0].alarm)

    said: list[str] = []
    supervision = _supervision(file, "alarming.py", steps=6, on_record=look, tell=lambda _, line: said.append(line))
    assert supervision.execute().exit_code == 0
    assert shown == ["", "it is hot", "it is hot", "", "it is hot", ""]
    assert caplog.text.count("alarming: it is hot") == 2
    assert not [line for line in said if "it is hot" in line]


@pytest.mark.slow
def test_what_a_program_had_commanded_is_not_shown_when_it_owns_nothing_any_more(
    building: BoptestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOP_SERVER_URL", building.url)
    program(tmp_path, "reset")
    supervision = _supervision(_on_simulation(tmp_path), "reset.py", steps=2)
    assert supervision.execute().exit_code == 0
    (status,) = supervision.status()
    assert (status.state, status.last) == ("disabled", None)


@pytest.mark.slow
def test_a_clock_that_is_set_by_hours_moves_the_calendar_and_nothing_else(
    controllers: EcyServer, tmp_path: Path
) -> None:
    controller = controllers.controller("AHU")
    program(tmp_path, "reset", RESET.replace("period_s = 60", "period_s = 10"))
    records: list[StepRecord] = []
    jumps_h = [3, -8]

    def look(record: StepRecord) -> None:
        """Set the clock when the calendar has followed the time before; end when there is nothing left to set."""
        records.append(record)
        if len(records) >= 2 and _ahead_h(records) == sum((3, -8)[: 2 - len(jumps_h)]):
            if not jumps_h:
                supervision.request_stop()
            else:
                controller.clock.set(controller.clock.now() + timedelta(hours=jumps_h.pop(0)), None)

    controller.clock.enable_ntp(False)
    file = _on_controller(tmp_path, "bacnet", _address(controllers, "bacnet"))
    supervision = _supervision(file, "reset.py", on_record=look)
    watchdog = threading.Timer(DEADLINE_S, supervision.request_stop)
    watchdog.start()
    try:
        summary = supervision.execute()
    finally:
        watchdog.cancel()
        watchdog.join()
    assert (summary.exit_code, _ahead_h(records)) == (0, -5)
    assert {record.commanded["setpoint"] for record in records} == {101.0}
    assert max(record.moment.dt_s for record in records) < 600.0
    assert min(record.moment.dt_s for record in records[1:]) > 0.0


def _ahead_h(records: list[StepRecord]) -> int:
    """What the calendar was set forward by since the first record, in h."""
    first, last = records[0].moment, records[-1].moment
    return round(((last.now - first.now).total_seconds() - (last.time_s - first.time_s)) / 3600.0)


def test_a_config_and_a_setting_that_are_wrong_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FILE", str(tmp_path))
    with pytest.raises(ConfigError) as caught:
        _supervise("duct_static_reset", "--config", tmp_path / "absent.json")
    assert [problem.where for problem in caught.value.problems] == ["absent.json", "environment: LOG_FILE"]
