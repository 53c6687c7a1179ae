"""What the first signal does, what another one means, and that handlers outlast whatever fails beside the work."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.waiting import DEADLINE_S
from utils.process.interruption import EXIT_SECOND_INTERRUPT, on_signals, signals_interrupt, until_done

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are raised the POSIX way")


class _Ended(Exception):
    """The process would be gone."""


@pytest.fixture
def exits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        raise _Ended

    monkeypatch.setattr(os, "_exit", leave)
    return codes


@contextmanager
def ignored(number: int) -> Iterator[None]:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_that_is_sent_on_by_a_wrapper_is_the_same_press(name: str, exits: list[int]) -> None:
    stops: list[str] = []
    clock = iter((100.0, 100.01, 100.4))
    with on_signals(lambda: stops.append("stop"), "nothing is given back", lambda: next(clock)):
        for _ in range(3):
            signal.raise_signal(signal.Signals[name])
    assert (stops, exits) == (["stop"], [])


@pytest.mark.parametrize("names", [("SIGINT", "SIGINT"), ("SIGQUIT", "SIGINT"), ("SIGINT", "SIGQUIT")])
def test_a_second_press_ends_at_once_and_says_what_that_means(
    names: tuple[str, str], exits: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    stops: list[str] = []
    clock = iter((100.0, 100.7))
    first, second = (signal.Signals[name] for name in names)
    with on_signals(lambda: stops.append("stop"), "nothing is given back", lambda: next(clock)):
        signal.raise_signal(first)
        with pytest.raises(_Ended):
            signal.raise_signal(second)
    assert (stops, exits) == (["stop"], [EXIT_SECOND_INTERRUPT])
    assert "ended at once: nothing is given back" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_what_nobody_presses_never_ends_at_once_however_often_it_comes(name: str, exits: list[int]) -> None:
    stops: list[str] = []
    moments = iter(range(100, 200))
    with on_signals(lambda: stops.append("stop"), "nothing is given back", lambda: float(next(moments))):
        for number in (signal.SIGINT, *[signal.Signals[name]] * 5):
            signal.raise_signal(number)
    assert (stops, exits) == (["stop"], [])


@pytest.mark.parametrize("name", ["SIGHUP", "SIGQUIT"])
def test_one_that_was_ignored_at_the_start_stays_ignored(name: str) -> None:
    stops: list[str] = []
    number = signal.Signals[name]
    with ignored(number), on_signals(lambda: stops.append("stop"), ""):
        signal.raise_signal(number)
    assert stops == []


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with on_signals(lambda: None, ""):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_display_that_fails_takes_no_handler_away_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    asked = threading.Event()
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 3:
            signal.raise_signal(signal.SIGTERM)
        raise ValueError("cannot draw")

    def work() -> str:
        return "given back" if asked.wait(DEADLINE_S) else "never told to stop"

    assert until_done(work, asked.set, thread_name="work", second="", tick=tick) == "given back"
    assert [record.getMessage() for record in caplog.records] == [
        "showing how it goes has failed; the rest goes on: cannot draw"
    ]


def test_what_gets_past_all_handlers_stops_the_work_before_it_is_waited_for() -> None:
    asked, ended = threading.Event(), threading.Event()

    def work() -> None:
        assert asked.wait(DEADLINE_S)
        ended.set()

    def tick() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        until_done(work, asked.set, thread_name="work", second="", tick=tick)
    assert ended.is_set()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_any_of_them_ends_a_question(name: str) -> None:
    stops: list[str] = []
    with on_signals(lambda: stops.append("stop"), ""), pytest.raises(KeyboardInterrupt), signals_interrupt():
        signal.raise_signal(signal.Signals[name])
    assert stops == []
