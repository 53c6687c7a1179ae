"""A run with a guardian beside it: what is taken is given back, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bridge.run import Run
from ledger import GuardianError
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched
from tests.bridge.rig import Rig, in_background, rig
from tests.command_line import ROOT, configured, environment, run, variables
from tests.waiting import DEADLINE_S, eventually

RELEASED_S = 10.0
"""Promised of a guardian, for slots, inputs and clocks."""
ZONE = {"DESIRED_TIMEZONE": "US/Mountain"}
READ_ORDER = "import sys; sys.stdin.readline(); print('ready', flush=True); "

pytestmark = pytest.mark.slow


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        running.guarded = True
        yield running


def script(code: str) -> Sequence[str]:
    return (sys.executable, "-c", code)


def is_running(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except OSError:
        return False
    return True


def in_force(subject: Run) -> None:
    eventually(lambda: activations(subject) == (1.0, 1.0))


def test_at_an_orderly_end_the_guardian_goes_with_nothing_to_do(both: Rig) -> None:
    subject = both.run()
    with in_background(subject) as future:
        in_force(subject)
        guardian = subject.guardian
        assert is_running(guardian)
        subject.request_stop()
        future.result(DEADLINE_S)
    eventually(lambda: not is_running(guardian))
    assert_as_it_was(both)
    assert not subject.ledger.open_entries
    assert not list(both.folder.rglob("guardian/*.log"))


def test_without_a_guardian_nothing_is_written(both: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.session.GUARDIAN", script(""))
    with pytest.raises(GuardianError, match="ended at once"):
        both.execute()
    assert_untouched(both)


def test_a_guardian_that_cannot_be_replaced_ends_the_run_which_gives_back_itself(
    both: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    once, end = tmp_path / "once", tmp_path / "end"
    code = f"import pathlib, time; pathlib.Path({str(once)!r}).touch(exist_ok=False); {READ_ORDER}"
    code += f"\nwhile not pathlib.Path({str(end)!r}).exists(): time.sleep(0.01)"
    monkeypatch.setattr("bridge.session.GUARDIAN", script(code))
    subject = both.run()
    with in_background(subject) as future:
        in_force(subject)
        end.touch()
        with pytest.raises(GuardianError, match="no guardian could be started"):
            future.result(DEADLINE_S)
    assert_as_it_was(both)


def test_what_is_left_at_the_end_is_the_guardians_and_this_process_lives_on(both: Rig) -> None:
    subject = both.run()
    with in_background(subject) as future:
        in_force(subject)
        guardian = subject.guardian
        both.controllers.unplug("VAV")
        subject.request_stop()
        assert not future.result(DEADLINE_S).is_clean
    assert is_running(guardian)
    both.controllers.plug_in("VAV")
    eventually(lambda: as_it_was(both))
    eventually(lambda: not list(both.folder.rglob("ledgers/*.jsonl")))


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
class TestKilled:
    @pytest.fixture
    def killed(self, both: Rig) -> Iterator[tuple[subprocess.Popen[str], int]]:
        """A run in a process of its own that has taken everything, and its guardian."""
        told = environment(**variables(both, **ZONE))
        command = [sys.executable, "-m", "tests.bridge.guarded_run", configured(both)[1]]
        with subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            assert process.stdout is not None
            guardian = int(process.stdout.readline())
            ahu = both.controllers.controller("AHU")
            assert ahu.objects.named("DischAirTemp").out_of_service
            assert (ahu.objects.named("FanSpeed").slots[7], ahu.clock.zone) == (42.0, "US/Mountain")
            yield process, guardian
            process.kill()

    def test_slots_inputs_and_clocks_are_given_back(self, both: Rig, killed: tuple[subprocess.Popen[str], int]) -> None:
        process, guardian = killed
        process.kill()
        assert eventually(lambda: as_it_was(both)) < RELEASED_S
        eventually(lambda: not is_running(guardian))
        assert_as_it_was(both)

    def test_with_its_guardian_release_finds_the_journal(
        self, both: Rig, killed: tuple[subprocess.Popen[str], int]
    ) -> None:
        process, guardian = killed
        process.send_signal(signal.SIGSTOP)  # it must not start another
        os.kill(guardian, signal.SIGKILL)
        process.kill()
        process.wait()
        assert not as_it_was(both)
        code, _ = run("release", "--env", "absent", **variables(both, **ZONE))
        assert code == 0
        assert_as_it_was(both)


def as_it_was(subject: Rig) -> bool:
    try:
        assert_as_it_was(subject)
    except AssertionError:
        return False
    return True
