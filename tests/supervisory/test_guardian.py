"""A runtime that is killed, frozen or stopped: what it owned is given back, whoever has to do it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulators.ecy.server import EcyServer
from tests import bench
from tests.command_line import ROOT, environment
from tests.supervisory.gate_rig import AHU, NAMES, STATIC, SUPPLY, VAV, as_new, controllers
from tests.supervisory.runtime_process import PRIORITY
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")]

DOUBT_S, END_S = 1.0, 0.5
SAFE_S = 5.0
"""One second is promised on loopback; a safety deadline may be asserted at five times that."""


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with controllers() as serving:
        yield serving


@pytest.fixture(autouse=True)
def _as_new(server: EcyServer) -> None:
    as_new(server)


@pytest.fixture
def rest(server: EcyServer) -> list[str]:
    """Both controllers as the ledger knows them over REST."""
    return [server.addresses[name] for name in (AHU, VAV)]


@pytest.fixture
def bacnet(server: EcyServer) -> list[str]:
    """Both controllers as the ledger knows them over BACnet."""
    return [f"bacnet://{server.bacnet_addresses[name]}" for name in (AHU, VAV)]


@dataclass
class Runtime:
    """A runtime that owns slots, in a process of its own."""

    process: subprocess.Popen[str]
    guardian: int
    server: EcyServer
    state: Path

    def slots(self) -> list[float | None]:
        """What our slots of all controllers hold."""
        objects = [self.server.controller(name).objects for name in (AHU, VAV)]
        return [one.get(ref).slots[PRIORITY - 1] for one in objects for ref in (STATIC, SUPPLY)]

    def kill(self) -> None:
        """End it as it is."""
        self.process.kill()
        self.process.wait()

    def until_released(self) -> float:
        """How long it takes until all slots are free, in s."""
        return eventually(lambda: self.slots() == [None] * 4)

    def ledgers(self) -> list[Path]:
        """Journals with something open in them."""
        return list((self.state / "ledgers").glob("*.jsonl"))

    def receipt(self) -> str:
        """What the guardian has written down."""
        [file] = (self.state / "guardian").glob("*.log")
        return file.read_text(encoding="utf-8")


def start(server: EcyServer, devices: Sequence[str], folder: Path, silence_s: float = 10.0) -> Runtime:
    """A runtime that owns four slots."""
    state = folder / "state"
    variables = {**bench.VARIABLES, "ECY_TLS": "off", "INTERFACE": "127.0.0.1:47999"}
    arguments = [str(state), f"{silence_s},{DOUBT_S},{END_S}", *devices]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.supervisory.runtime_process", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(**variables),
    )
    assert process.stdout is not None
    guardian = int(process.stdout.readline())
    assert process.stdout.readline() == "written\n"
    return Runtime(process, guardian, server, state)


@contextmanager
def runtime(server: EcyServer, devices: Sequence[str], folder: Path, silence_s: float = 10.0) -> Iterator[Runtime]:
    """As :func:`start`; it does not outlive the test."""
    started = start(server, devices, folder, silence_s)
    with started.process:
        try:
            assert started.slots() == [200.0, 14.0, 200.0, 14.0]
            yield started
        finally:
            started.process.kill()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def test_after_a_kill_everything_is_given_back_but_an_operators_value(
    server: EcyServer, rest: Sequence[str], tmp_path: Path
) -> None:
    with runtime(server, rest, tmp_path) as subject:
        for number in (signal.SIGTERM, signal.SIGINT):  # what ends the runtime does not end the guardian first
            os.kill(subject.guardian, number)
        server.controller(AHU).objects.command(NAMES[SUPPLY], 111.0, PRIORITY)
        subject.kill()
        took_s = eventually(lambda: subject.slots() == [None, 111.0, None, None])
        eventually(lambda: not is_running(subject.guardian))
        assert took_s < SAFE_S
        assert subject.ledgers() == []
        assert "it has died" in subject.receipt()
        assert (
            "SupplySetpoint slot 12: left alone: somebody else has taken it over (it holds 111.0)" in subject.receipt()
        )
        assert subject.slots() == [None, 111.0, None, None]


def test_a_write_that_is_carried_out_after_the_release_is_given_back_too(
    server: EcyServer, rest: Sequence[str], tmp_path: Path
) -> None:
    with runtime(server, rest, tmp_path) as subject:
        subject.kill()
        subject.until_released()
        eventually(lambda: subject.ledgers() == [])
        server.controller(AHU).objects.command(NAMES[STATIC], 200.0, PRIORITY)
        server.controller(AHU).objects.command(NAMES[SUPPLY], 111.0, PRIORITY)
        eventually(lambda: not is_running(subject.guardian))
        assert subject.slots() == [None, 111.0, None, None]
        assert subject.receipt().count("StaticSetpoint slot 12: released") == 3


def test_a_frozen_runtime_is_ended_before_it_is_released(
    server: EcyServer, bacnet: Sequence[str], tmp_path: Path
) -> None:
    with runtime(server, bacnet, tmp_path, silence_s=1.0) as subject:
        subject.process.send_signal(signal.SIGSTOP)
        subject.until_released()
        assert subject.process.wait(SAFE_S) == -signal.SIGKILL
        eventually(lambda: not is_running(subject.guardian))
        assert "it does not move any more" in subject.receipt()


def test_a_guardian_that_is_frozen_or_killed_is_replaced(
    server: EcyServer, rest: Sequence[str], tmp_path: Path
) -> None:
    with runtime(server, rest, tmp_path, silence_s=1.0) as subject:
        assert subject.process.stdout is not None
        os.kill(subject.guardian, signal.SIGSTOP)
        second = int(subject.process.stdout.readline())
        assert not is_running(subject.guardian)
        threading.Event().wait(2.5)
        assert is_running(second)  # it answers, so it stays
        os.kill(second, signal.SIGKILL)
        assert int(subject.process.stdout.readline()) not in (subject.guardian, second)
        assert subject.slots() == [200.0, 14.0, 200.0, 14.0]
        subject.kill()
        subject.until_released()


def test_a_controller_that_is_away_is_given_back_when_it_returns(
    server: EcyServer, bacnet: Sequence[str], tmp_path: Path
) -> None:
    with runtime(server, bacnet, tmp_path) as subject:
        server.unplug(VAV)
        subject.kill()
        eventually(lambda: subject.slots() == [None, None, 200.0, 14.0])
        eventually(lambda: "NOT released" in subject.receipt())
        server.plug_in(VAV)
        subject.until_released()
        eventually(lambda: not is_running(subject.guardian))
        assert subject.ledgers() == []


def test_what_is_left_at_an_orderly_end_is_the_guardians(
    server: EcyServer, rest: Sequence[str], tmp_path: Path
) -> None:
    with runtime(server, rest, tmp_path) as subject:
        server.unplug(VAV)
        subject.process.send_signal(signal.SIGTERM)
        subject.process.wait(3 * SAFE_S)
        assert subject.slots() == [None, None, 200.0, 14.0]
        assert is_running(subject.guardian)
        server.plug_in(VAV)
        subject.until_released()
        eventually(lambda: not is_running(subject.guardian))
