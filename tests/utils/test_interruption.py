"""What the first signal does, and what another one means."""

from __future__ import annotations

import os
import signal

import pytest

from utils.interruption import EXIT_SECOND_INTERRUPT, on_signals


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_is_sent_on_by_a_wrapper_is_the_same_press(number: signal.Signals, exits: list[int]) -> None:
    stops: list[str] = []
    clock = iter((100.0, 100.01, 100.4))
    with on_signals(lambda: stops.append("stop"), "nothing is given back", lambda: next(clock)):
        for _ in range(3):
            signal.raise_signal(number)
    assert (stops, exits) == (["stop"], [])


def test_a_second_press_ends_at_once_and_says_what_that_means(
    exits: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    stops: list[str] = []
    clock = iter((100.0, 100.7))
    with on_signals(lambda: stops.append("stop"), "nothing is given back", lambda: next(clock)):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(_Ended):
            signal.raise_signal(signal.SIGTERM)
    assert (stops, exits) == (["stop"], [EXIT_SECOND_INTERRUPT])
    assert "ended at once: nothing is given back" in capsys.readouterr().err


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with on_signals(lambda: None, ""):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
