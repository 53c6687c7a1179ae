"""The commissioning program as ``supervise`` runs it on controllers: whatever ends it, nothing of it is left there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clients.bacnet.stack import BACnetStack
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests import bench
from tests.command_line import MAIN, environment
from tests.ports import free_port
from tests.waiting import DEADLINE_S, eventually
from utils.home import HOME

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")]

NAME = "air_handler_commissioning"
SAFE_S = 5.0
ANALOG = ("DischFanSpeed", "OutdoorAirDamper", "ReturnAirDamper", "HeatingValve", "CoolingValve")
PUMPS = ("HeatingPumpCmd", "CoolingPumpCmd")
AIR = {"MixedAirTemp": 22.0, "RetAirTemp": 22.0, "DischAirTemp": 22.4}
OBJECTS = (
    *(ObjectSpec("AnalogOutput", name, "percent", initial=0.0) for name in ANALOG),
    *(ObjectSpec("BinaryOutput", name) for name in PUMPS),
    *(ObjectSpec("AnalogInput", name, "degrees-celsius", initial=value) for name, value in AIR.items()),
    ObjectSpec("AnalogInput", "SupplyAirFlow", "cubic-meters-per-second", initial=2.0),
    ObjectSpec("AnalogValue", "OutdoorAirTemp", "degrees-celsius", initial=8.0),
    *(ObjectSpec("BinaryValue", name) for name in ("LowLimitAlarm", "FanAlarm", "SensorAlarm", "OccupiedCmd")),
    ObjectSpec("BinaryInput", "DischFanStatus"),
)
AT_REST = [50.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0]


@dataclass
class Testing:
    """A runtime that tests an air handler, and the controller that it does that to."""

    __test__ = False

    process: subprocess.Popen[str]
    server: EcyServer
    switch: str
    folder: Path

    def slots(self) -> list[object]:
        """What the program's slots hold."""
        objects = self.server.controller("AHU").objects
        return [objects.named(name).slots[11] for name in (*ANALOG, *PUMPS)]

    def page(self) -> str:
        """The report of the air handler, once there is one."""
        files = list((self.folder / "state" / "programs").glob("*.html"))
        return files[0].read_text(encoding="utf-8") if files else ""


def _config(server: EcyServer, transport: str, port: int, folder: Path) -> Path:
    """The one that ships, with this controller's address, around this hour, and without the zones' controllers."""
    config = json.loads((HOME / "configs" / "supervisory" / f"{NAME}.{transport}.json").read_text(encoding="utf-8"))
    addresses = server.bacnet_addresses if transport == "bacnet" else server.addresses
    config |= {"devices": {"ahu": addresses["AHU"]}, "interface": f"127.0.0.1:{port}", "enabled_at_start": True}
    hour = datetime.now(UTC).hour
    program = config["programs"][NAME] | {"period_s": 0.5}
    program["parameters"] = {"from_h": (hour - 1) % 24, "to_h": (hour + 12) % 24}
    program["points"].pop("zone_temperature")
    config["programs"] = {NAME: program}
    file = folder / "site.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return file


@contextmanager
def begun(transport: str, folder: Path) -> Iterator[Testing]:
    """A course that has begun."""
    port = free_port()
    spec = ControllerSpec("AHU", objects=OBJECTS)
    with EcyServer([spec], username="bench", password="correct horse", bacnet_port=0) as server:
        config = _config(server, transport, port, folder)
        folders = {"BRIDGE_STATE_DIR": str(folder / "state"), "LOG_FILE": str(folder / "app.log"), "ECY_TLS": "off"}
        with (folder / "output.txt").open("w", encoding="utf-8") as output:
            process = subprocess.Popen(  # noqa: S603
                [*MAIN, "supervise", NAME, "--config", str(config), "--env", "absent"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env=environment(**bench.VARIABLES, **folders),
            )
        subject = Testing(process, server, f"127.0.0.1:{port}", folder)
        try:
            eventually(lambda: subject.slots() == AT_REST or process.poll() is not None, 40.0)
            assert process.poll() is None, (folder / "output.txt").read_text(encoding="utf-8")
            yield subject
        finally:
            process.kill()
            process.wait(DEADLINE_S)


@pytest.mark.parametrize("transport", ["bacnet", "ecy"])
def test_the_switch_gives_everything_back_at_once_and_the_report_says_why(transport: str, tmp_path: Path) -> None:
    with begun(transport, tmp_path) as subject, BACnetStack("127.0.0.1:0") as operator:
        operator.ask(lambda client: client.write(subject.switch, "binary-value,1", False, 8))
        assert eventually(lambda: set(subject.slots()) == {None}) < SAFE_S
        eventually(lambda: "The course was cut off" in subject.page())
        assert "switched off" in subject.page()


def test_a_low_limit_alarm_ends_the_course_in_the_next_step(tmp_path: Path) -> None:
    with begun("bacnet", tmp_path) as subject:
        subject.server.controller("AHU").objects.command("LowLimitAlarm", True, 8)
        assert eventually(lambda: set(subject.slots()) == {None}) < SAFE_S
        eventually(lambda: "low limit is in alarm" in subject.page())


@pytest.mark.parametrize("transport", ["bacnet", "ecy"])
def test_after_a_kill_the_guardian_gives_everything_back(transport: str, tmp_path: Path) -> None:
    with begun(transport, tmp_path) as subject:
        subject.process.send_signal(signal.SIGKILL)
        subject.process.wait(DEADLINE_S)
        assert eventually(lambda: set(subject.slots()) == {None}) < SAFE_S
        eventually(lambda: not list((tmp_path / "state" / "ledgers").glob("*.jsonl")))


def test_a_signal_gives_everything_back(tmp_path: Path) -> None:
    with begun("bacnet", tmp_path) as subject:
        subject.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: set(subject.slots()) == {None}) < SAFE_S
        assert subject.process.wait(DEADLINE_S) == 0
        assert "The course was cut off" in subject.page()
