"""The kill switch of a real runtime: whatever happens, disabled means that nothing is owned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clients.bacnet.stack import BACnetStack
from emulators.boptest.faults import BoptestFault
from emulators.boptest.server import BoptestServer
from emulators.http.messages import Response
from emulators.plants.multizone_office import MultizoneOffice
from tests import bench
from tests.command_line import MAIN, environment, run
from tests.ports import free_port
from tests.supervisory.supervised import PROGRAM, Site, site
from tests.waiting import DEADLINE_S, eventually

pytestmark = pytest.mark.slow

SAFE_S = 5.0
"""One second is promised on loopback; a safety deadline may be asserted at five times that."""
PROGRAMS = ("steady", "single", "failing", "starting", "stopping", "blocked", "stuck", "shared", "away", "still")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A runtime that all tests of this file use, each with a program of its own. ``test_gate`` does it over REST."""
    with site(tmp_path_factory.mktemp("runtime"), "bacnet", *PROGRAMS) as subject:
        subject.run()
        yield subject


def free_after(subject: Site, program: str) -> float:
    """Seconds until the program's slot is free."""
    return eventually(lambda: subject.slot(program) is None)


def settled(subject: Site, program: str, mode: str) -> bool:
    return subject.mode(program) == mode


class TestOneProgram:
    def test_switched_off_alone_it_gives_back_and_the_others_go_on(self, running: Site) -> None:
        running.switch(False, "single")
        assert free_after(running, "single") < SAFE_S
        eventually(lambda: settled(running, "single", "disabled"))
        assert running.reason("single") == "single-enabled was switched off at priority 8"
        assert running.slot("steady") is not None
        running.switch(True, "single")
        eventually(lambda: running.slot("single") is not None)

    def test_that_raises_in_a_step_releases_and_is_in_fault_until_switched_off_and_on(self, running: Site) -> None:
        order = running.tell("failing", "step")
        assert free_after(running, "failing") < SAFE_S
        eventually(lambda: settled(running, "failing", "fault"))
        assert "told to fail in on_step" in str(running.reason("failing"))
        assert running.slot("steady") is not None
        order.unlink()
        running.switch(False, "failing")
        running.switch(True, "failing")
        eventually(lambda: running.slot("failing") is not None)

    def test_that_raises_in_its_start_is_in_fault(self, running: Site) -> None:
        running.tell("starting", "start")
        running.switch(False, "starting")
        assert free_after(running, "starting") < SAFE_S
        running.switch(True, "starting")
        eventually(lambda: settled(running, "starting", "fault"))
        assert running.slot("starting") is None

    def test_that_raises_in_its_stop_has_given_back_all_the_same(self, running: Site) -> None:
        running.tell("stopping", "stop")
        running.switch(False, "stopping")
        assert free_after(running, "stopping") < SAFE_S
        eventually(lambda: settled(running, "stopping", "disabled"))

    def test_switched_off_in_the_middle_of_a_step_that_blocks_it_gives_back_at_once(self, running: Site) -> None:
        order = running.tell("blocked", "step", "block")
        running.switch(False, "blocked")
        assert free_after(running, "blocked") < SAFE_S
        order.unlink()
        eventually(lambda: settled(running, "blocked", "disabled"))
        assert running.slot("blocked") is None

    def test_that_blocks_for_too_long_is_abandoned(self, running: Site) -> None:
        order = running.tell("stuck", "step", "block")
        free_after(running, "stuck")
        eventually(lambda: settled(running, "stuck", "fault"))
        assert "blocked" in str(running.reason("stuck"))
        order.unlink()

    def test_leaves_a_value_alone_that_an_operator_has_put_into_its_slot(self, running: Site) -> None:
        running.put("shared", 111.0)
        eventually(lambda: "taken it over" in (running.folder / "app.log").read_text(encoding="utf-8"))
        assert running.slot("shared") == 111.0
        running.switch(False, "shared")
        eventually(lambda: settled(running, "shared", "disabled"))
        assert running.slot("shared") == 111.0

    def test_whose_controller_is_away_is_released_when_that_returns(self, running: Site) -> None:
        home = running.home("away")
        running.server.unplug(home)
        running.switch(False, "away")
        eventually(lambda: settled(running, "away", "releasing"))
        running.server.plug_in(home)
        free_after(running, "away")
        eventually(lambda: settled(running, "away", "disabled"))


def test_switched_off_all_give_back_and_switched_on_all_begin_again(running: Site) -> None:
    running.switch(False)
    took_s = eventually(lambda: {running.slot("steady"), running.slot("still")} == {None})
    assert took_s < SAFE_S
    eventually(lambda: settled(running, "steady", "disabled"))
    running.switch(True)
    eventually(lambda: None not in {running.slot("steady"), running.slot("still")})


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
class TestTheEnd:
    @pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
    def test_a_signal_in_the_middle_of_a_step_that_blocks_gives_everything_back(
        self, tmp_path: Path, name: str
    ) -> None:
        with site(tmp_path, "bacnet", "one", "two") as subject:
            process = subject.run()
            subject.tell("one", "step", "block")
            process.send_signal(signal.Signals[name])
            assert eventually(lambda: subject.slots() == [None, None]) < SAFE_S
            process.wait(DEADLINE_S)
            assert "Traceback" not in subject.output()
            [receipts] = (tmp_path / "state" / "receipts").iterdir()
            assert receipts.read_text(encoding="utf-8").count(": released") == 2

    def test_when_the_guardian_dies_with_it_release_gives_back_without_any_settings(self, tmp_path: Path) -> None:
        with site(tmp_path, "bacnet", "one", "two") as subject:
            end_with_its_guardian(subject.run())
            assert None not in subject.slots()
            folders = {"BRIDGE_STATE_DIR": str(tmp_path / "state"), "LOG_FILE": str(tmp_path / "release.log")}
            code, output = run("release", "--env", "absent", **folders)
            assert code == 0, output
            assert subject.slots() == [None, None]

    def test_when_the_guardian_dies_with_it_the_next_start_gives_back_first(self, tmp_path: Path) -> None:
        with site(tmp_path, "ecy", "one", "two") as subject:
            end_with_its_guardian(subject.run())
            subject.tell("one", "start")
            subject.start()
            eventually(lambda: subject.slot("one") is None)
            eventually(lambda: subject.output().count("left by an earlier run") == 2)
            eventually(lambda: subject.slot("two") is not None)
            assert len(subject.ledgers()) == 1

    def test_beside_a_simulation_off_means_no_override_and_a_kill_stops_the_test(self, tmp_path: Path) -> None:
        port, overridden = free_port(), Overridden()
        with (
            BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as building,
            BACnetStack("127.0.0.1:0") as stack,
            ExitStack() as cleanup,
        ):
            building.faults.add(overridden, "advance", times=None)
            process = start_simulated(tmp_path, building.url, port)
            cleanup.callback(process.wait)
            cleanup.callback(process.kill)
            eventually(lambda: overridden.now is True, 40.0)
            stack.ask(lambda client: client.write(f"127.0.0.1:{port}", "binary-value,1", False, 8))
            eventually(lambda: overridden.now is False)
            stack.ask(lambda client: client.write(f"127.0.0.1:{port}", "binary-value,1", None, 8))
            eventually(lambda: overridden.now is True)
            [note] = (tmp_path / "state" / "tests").glob("*.json")
            assert "Running" in status(building.url, note.stem)
            process.kill()
            process.wait()
            eventually(lambda: "Running" not in status(building.url, note.stem))
            eventually(lambda: not list((tmp_path / "state" / "ledgers").glob("*.jsonl")))


class Overridden(BoptestFault):
    """Looks at every advance: whether the simulation says that the set point is overridden."""

    now: bool | None = None

    def after(self, response: Response) -> Response:
        """Look, and change nothing."""
        self.now = bool(json.loads(response.body)["payload"]["hvac_oveAhu_dpSet_activate"])
        return response


def start_simulated(folder: Path, url: str, port: int) -> subprocess.Popen[bytes]:
    """A runtime that overrides a set point of a simulation, two steps a second."""
    own = {"program": str(PROGRAM), "parameters": {"folder": str(folder), "name": "one"}}
    points = {"setpoint": {"point": "hvac_oveAhu_dpSet"}}
    config = {"transport": "simulation", "interface": f"127.0.0.1:{port}", "step_s": 30.0}
    config["programs"] = {"one": {**own, "points": points}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    settings = {**bench.VARIABLES, "BOP_SERVER_URL": url, "BOP_TIME_SCALE": "60"}
    folders = {"BRIDGE_STATE_DIR": str(folder / "state"), "LOG_FILE": str(folder / "app.log")}
    return subprocess.Popen(  # noqa: S603
        [*MAIN, "supervise", "one", "--config", str(folder / "config.json"), "--env", "absent"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment(**settings, **folders),
    )


def status(url: str, testid: str) -> str:
    """How the server says that a test stands."""
    try:
        with urllib.request.urlopen(f"{url}/status/{testid}") as reply:  # noqa: S310 - our own server
            return str(reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)


def end_with_its_guardian(process: subprocess.Popen[str]) -> None:
    """Both die, and nobody is left to give back. Stopped first, so that neither can act on the other's end."""
    [guardian] = children(process.pid)
    process.send_signal(signal.SIGSTOP)
    os.kill(guardian, signal.SIGKILL)
    process.kill()
    process.wait()


def children(pid: int) -> set[int]:
    """Processes that a process has started; Linux tells."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text(encoding="ascii").split()}
