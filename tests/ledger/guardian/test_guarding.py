"""The pipe between a runtime and its guardian, from both ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.guardian import guarding as module
from ledger.guardian.guardian import End, Guardian, Watch
from ledger.guardian.guarding import GUARDIAN, GuardianError, Guarding
from ledger.guardian.order import BEAT, FAREWELL, HAND_OVER, Order
from tests.waiting import DEADLINE_S, eventually

READ_ORDER = "import sys; sys.stdin.readline(); print('ready', flush=True); "
SHORT_S = 0.5


def order(folder: Path, **changes: str | None) -> Order:
    devices = {"bacnet://127.0.0.1:9": changes.get("interface", "127.0.0.1:47998")}
    return Order(str(folder / "none.jsonl"), os.getpid(), str(folder), devices)


def script(code: str) -> Sequence[str]:
    return (sys.executable, "-c", code)


class TestPipe:
    @pytest.fixture
    def pipe(self) -> Iterator[tuple[int, Callable[[], None]]]:
        """The writing end, and what closes it."""
        reading, writing = os.pipe()
        self.answers: list[bytes] = []
        self.watch = Watch(reading, SHORT_S, lambda: self.answers.append(BEAT))
        is_open = [True]

        def close() -> None:
            if is_open.pop() if is_open else False:
                os.close(writing)

        yield writing, close
        close()
        for listener in [thread for thread in threading.enumerate() if thread.name == "pipe"]:
            listener.join(SHORT_S * 10)
        os.close(reading)

    def test_that_closes_means_death(self, pipe: tuple[int, Callable[[], None]]) -> None:
        os.write(pipe[0], BEAT)
        pipe[1]()
        assert self.watch.wait() is End.CLOSED

    def test_that_says_farewell_means_that_there_is_nothing_to_do(self, pipe: tuple[int, Callable[[], None]]) -> None:
        os.write(pipe[0], BEAT + FAREWELL)
        pipe[1]()
        assert self.watch.wait() is End.FAREWELL

    def test_that_hands_over_means_that_the_runtime_lives_on(self, pipe: tuple[int, Callable[[], None]]) -> None:
        os.write(pipe[0], BEAT + HAND_OVER)
        assert self.watch.wait() is End.HANDED_OVER

    def test_that_is_silent_means_that_nothing_moves(self, pipe: tuple[int, Callable[[], None]]) -> None:
        began_s = time.monotonic()
        assert self.watch.wait() is End.SILENT
        assert time.monotonic() - began_s >= SHORT_S

    def test_that_beats_is_listened_to(self, pipe: tuple[int, Callable[[], None]]) -> None:
        stop = threading.Event()

        def beat() -> None:
            for _ in range(10):
                os.write(pipe[0], BEAT)
                stop.wait(SHORT_S / 5)
            os.write(pipe[0], FAREWELL)

        beating = threading.Thread(target=beat)
        beating.start()
        assert self.watch.wait() is End.FAREWELL
        beating.join()
        assert 1 <= len(self.answers) <= 10


class TestGuardian:
    def test_that_ends_at_once_keeps_anything_from_being_written(self, tmp_path: Path) -> None:
        with pytest.raises(GuardianError, match="ended at once"), Guarding(order(tmp_path), print, script("")):
            pass

    @pytest.mark.parametrize(("code", "words"), [("", "ended at once"), ("print('no room')", "no room")])
    def test_that_has_ended_before_it_gets_its_order_is_heard_all_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
    ) -> None:
        tell = module._told

        def tell_late(process: subprocess.Popen[bytes], what: bytes) -> None:
            process.wait(DEADLINE_S)
            tell(process, what)

        monkeypatch.setattr(module, "_told", tell_late)
        with pytest.raises(GuardianError, match=words), Guarding(order(tmp_path), print, script(code)):
            pass

    def test_that_does_not_take_its_order_is_none(self, tmp_path: Path) -> None:
        longer_than_a_pipe = replace(order(tmp_path), variables={"SETTING": "x" * 2**20})
        deaf = script("import os, time; os.close(0); os.close(1); time.sleep(0.2)")
        with (
            pytest.raises(GuardianError, match="no guardian could be started"),
            Guarding(longer_than_a_pipe, print, deaf),
        ):
            pass

    def test_that_says_something_else_is_none(self, tmp_path: Path) -> None:
        with (
            pytest.raises(GuardianError, match="no room"),
            Guarding(order(tmp_path), print, script("print('no room')")),
        ):
            pass

    def test_that_could_not_reach_a_controller_does_not_start(self, tmp_path: Path) -> None:
        with pytest.raises(GuardianError), Guarding(order(tmp_path, interface=None), print, GUARDIAN):
            pass

    def test_that_cannot_be_replaced_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ledger.guardian.guarding._RETRY_S", 0.05)
        once = tmp_path / "once"
        starts = tmp_path / "starts"
        code = (
            f"import pathlib; pathlib.Path({str(starts)!r}).open('a').write('.'); "
            f"pathlib.Path({str(once)!r}).touch(exist_ok=False); {READ_ORDER}"
        )
        told: list[str] = []
        with Guarding(order(tmp_path), told.append, script(code)) as guarding:
            eventually(lambda: starts.stat().st_size > 2)
            assert not guarding.is_watching
        [words] = told  # once, however often another is tried
        assert "no guardian could be started" in words

    def test_that_dies_is_replaced_without_a_word_to_programs(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        told: list[str] = []
        with Guarding(order(tmp_path), told.append, script(READ_ORDER + "sys.stdin.read(2)")) as guarding:
            first = guarding.pid
            eventually(lambda: guarding.pid not in (None, first) and guarding.is_watching)
        assert told == []
        assert f"the guardian (process {first}) has ended; starting another" in caplog.text

    def test_that_does_not_answer_any_more_is_ended_and_replaced(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        once, told = tmp_path / "once", list[str]()
        code = f"""import os, pathlib, sys
sys.stdin.readline()
print("ready", flush=True)
is_deaf = not pathlib.Path({str(once)!r}).exists()
pathlib.Path({str(once)!r}).touch()
while heard := os.read(0, 9):
    is_deaf or os.write(1, heard)
"""
        subject = replace(order(tmp_path), silence_s=SHORT_S)
        with Guarding(subject, told.append, script(code)) as guarding:
            first = guarding.pid
            assert first is not None
            eventually(lambda: guarding.pid not in (None, first) and guarding.is_watching)
            second, beats = guarding.pid, threading.Event()
            beats.wait(4 * SHORT_S)  # it answers, so it stays
            assert guarding.pid == second
        assert told == []
        assert f"the guardian (process {first}) does not answer; starting another" in caplog.text

    def test_that_is_bidden_farewell_goes(self, tmp_path: Path) -> None:
        heard = tmp_path / "heard"
        code = READ_ORDER + f"open({str(heard)!r}, 'w').write(sys.stdin.read())"
        with Guarding(order(tmp_path), print, script(code)) as guarding:
            guarding.farewell()
        assert heard.read_text(encoding="utf-8").endswith(FAREWELL.decode())


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody tells who somebody's parent is")
class TestTheEndOfARuntime:
    """It is certain before anything is given back: what lives on might write again."""

    PARENT = 12345

    @pytest.fixture
    def kills(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The processes that are ended, which takes effect at once."""
        killed: list[int] = []
        monkeypatch.setattr("ledger.guardian.guardian._LINGER_S", 0.0)
        monkeypatch.setattr(os, "kill", lambda pid, _number: killed.append(pid))
        monkeypatch.setattr(os, "getppid", lambda: 1 if killed else self.PARENT)
        return killed

    def guardian(self, folder: Path) -> Guardian:
        return Guardian(replace(order(folder), parent=self.PARENT))

    @pytest.mark.parametrize("end", [End.CLOSED, End.SILENT])
    def test_one_that_is_still_there_is_ended(self, tmp_path: Path, kills: list[int], end: End) -> None:
        self.guardian(tmp_path)._make_certain(end)
        assert kills == [self.PARENT]

    @pytest.mark.parametrize("end", [End.CLOSED, End.SILENT])
    def test_one_that_has_gone_is_nobody_any_more(
        self, tmp_path: Path, kills: list[int], monkeypatch: pytest.MonkeyPatch, end: End
    ) -> None:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        self.guardian(tmp_path)._make_certain(end)
        assert kills == []


def test_an_order_comes_out_of_the_pipe_as_it_went_in(tmp_path: Path) -> None:
    sent = Order("a", 1, "b", {"c": None, "bacnet://d": "e"}, {"PASSWORD": "secret"}, 3.0, 1.0)
    assert Order.of(sent.line()) == sent
    assert "secret" not in repr(sent)
