"""Calls that hang when a run ends do not keep it: cut at once or in a moment, and what they wrote is waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.link.calls import LastCalls, LinkCalls
from bridge.link.link import LinkState
from bridge.run import Run
from emulators.ecy.faults.calls import DropConnection, Hold
from emulators.http.messages import Request, Response
from ledger.receipts import Outcome
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched, state_of
from tests.bridge.rig import Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually

FOR_EVER_S = 30.0
"""A time-out that no test waits for."""
GRACE_S = 0.2


class HoldOne(Hold):
    """The first request with this method waits, or the first that has these words in its body; all others pass."""

    def __init__(self, method: str = "GET", words: bytes = b"", *, before_work: bool = False) -> None:
        super().__init__(before_work=before_work)
        self._method = method
        self._words = words
        self._held: Request | None = None

    async def on_request(self, request: Request) -> Response | None:
        if self._held is None and request.method == self._method and self._words in request.body:
            self._held = request
        return await super().on_request(request) if request is self._held else None

    async def on_reply(self, request: Request, reply: Response) -> Response:
        return await super().on_reply(request, reply) if request is self._held else reply


class HoldAll(Hold):
    """Every request waits, and is counted."""

    def __init__(self) -> None:
        super().__init__(before_work=True)
        self.requests = 0

    async def on_request(self, request: Request) -> Response | None:
        self.requests += 1
        return await super().on_request(request)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@pytest.fixture
def impatient(both: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr("bridge.device_loop.GRACE_S", GRACE_S)
    return both


@pytest.fixture
def patient(both: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """Nothing is cut that is not cut at once."""
    monkeypatch.setattr("bridge.device_loop.GRACE_S", FOR_EVER_S)
    return both


def hold(subject: Rig, fault: Hold) -> Hold:
    """Have the VAV's controller hang."""
    subject.controllers.controller("VAV").faults.add(fault)
    assert fault.holding.wait(DEADLINE_S)
    return fault


def until_online(run: Run) -> None:
    eventually(lambda: activations(run) == (1.0, 1.0))


@pytest.mark.slow
def test_an_attempt_to_bring_a_controller_back_ends_with_the_run(
    patient: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    patient.timeout_s = FOR_EVER_S
    vav = patient.controllers.controller("VAV")
    silence = DropConnection(None)
    run = patient.run()
    with in_background(run) as future:
        until_online(run)
        vav.faults.add(silence)
        eventually(lambda: state_of(patient, run, "VAV") is LinkState.OFFLINE)
        attempt = HoldOne()
        vav.faults.add(attempt)
        vav.faults.remove(silence)
        assert attempt.holding.wait(DEADLINE_S)
        run.request_stop()
        summary = future.result(DEADLINE_S)
    assert {receipt.outcome for receipt in summary.receipts} == {Outcome.RELEASED}
    assert_as_it_was(patient)
    assert caplog.text.count("is offline") == 1


def test_a_first_look_that_hangs_ends_with_the_run_which_has_not_failed(patient: Rig) -> None:
    patient.timeout_s = FOR_EVER_S
    attempts = [HoldOne(), HoldOne()]
    for name, attempt in zip(("AHU", "VAV"), attempts, strict=True):
        patient.controllers.controller(name).faults.add(attempt)
    run = patient.run()
    with in_background(run) as future:
        assert all(attempt.holding.wait(DEADLINE_S) for attempt in attempts)
        run.request_stop()
        assert future.result(DEADLINE_S).receipts == ()
    assert_untouched(patient)


def test_a_read_that_hangs_is_cut_in_a_moment_and_that_is_no_news(
    impatient: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    both = impatient
    both.timeout_s = FOR_EVER_S
    both.vav_points = both.vav_points[1:]
    run = both.run()
    with in_background(run) as future:
        until_online(run)
        hold(both, HoldOne("POST"))
        run.request_stop()
        assert not future.result(DEADLINE_S).not_released
    assert_as_it_was(both)
    assert "is offline" not in caplog.text


def test_a_write_that_was_cut_and_comes_late_is_given_back_too(impatient: Rig) -> None:
    both = impatient
    both.timeout_s = 1.0
    vav = both.controllers.controller("VAV")
    run = both.run(ECY_REFRESH_TIME="0.001")
    with in_background(run) as future:
        until_online(run)
        batch = hold(both, HoldOne("POST", b'"out-of-service": true', before_work=True))
        written = len(vav.journal)
        run.request_stop()
        asked = sum(vav.counters.requests.values())
        eventually(lambda: sum(vav.counters.requests.values()) > asked)
        assert len(vav.journal) == written
        batch.release()
        eventually(lambda: len(vav.journal) > written)
        assert not future.result(DEADLINE_S).not_released
    assert_as_it_was(both)


@pytest.mark.slow
def test_a_controller_that_hangs_for_good_costs_one_time_out_and_is_named(
    impatient: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.giving_back.patience.LIMIT_S", 0.0)  # how often it is asked again is another matter
    both = impatient
    both.timeout_s = 2.0
    run = both.run()
    with in_background(run) as future:
        until_online(run)
        hold(both, fault := HoldAll())
        run.request_stop()
        summary = future.result(DEADLINE_S)
    assert fault.requests == 2, "the one that was cut, and the first of giving back"
    assert {receipt.device for receipt in summary.not_released} == {both.controllers.addresses["VAV"]}
    assert "no complete answer within 2 s" in summary.not_released[0].note
    assert_as_it_was(both, "AHU")


class Client:
    """Notes what is done to it."""

    timeout_s = 0.2

    def __init__(self) -> None:
        self.told: list[str] = []

    def abort(self) -> None:
        self.told.append("abort")

    def resume(self) -> None:
        self.told.append("resume")


class TestCalls:
    def test_a_writer_is_not_cut_at_once(self) -> None:
        calls = LinkCalls(client := Client())
        with calls.writing():
            calls.cut(writing_too=False)
        assert (client.told, calls.is_cut) == ([], False)
        calls.cut(writing_too=False)
        assert (client.told, calls.is_cut, calls.is_unsettled) == (["abort"], True, False)

    def test_a_write_that_was_cut_is_waited_for_as_long_as_its_call_may_take(self) -> None:
        calls = LinkCalls(Client())
        began_s = time.monotonic()
        with calls.writing():
            calls.cut(writing_too=True)
        assert calls.is_unsettled
        calls.wait_until_settled()
        assert time.monotonic() - began_s >= Client.timeout_s
        assert not calls.is_unsettled


class TestLastCalls:
    def test_the_absent_are_cut_at_once_and_nobody_else(self) -> None:
        absent, present = Client(), Client()
        calls = [LinkCalls(absent), LinkCalls(present)]
        last_calls = LastCalls(calls, grace_s=FOR_EVER_S)
        last_calls.begin(calls[:1])
        assert (absent.told, present.told) == (["abort"], [])
        last_calls.over()
        assert absent.told == ["abort", "resume"]

    def test_the_rest_are_cut_in_a_moment(self) -> None:
        last_calls = LastCalls([LinkCalls(present := Client())], grace_s=0.01)
        last_calls.begin(())
        eventually(lambda: present.told == ["abort"])
        last_calls.over()
        assert present.told == ["abort", "resume"]

    def test_nothing_is_cut_where_everything_ends_in_time(self) -> None:
        last_calls = LastCalls([LinkCalls(client := Client())], grace_s=FOR_EVER_S)
        last_calls.begin(())
        last_calls.over()
        assert client.told == ["resume"]

    def test_nothing_is_cut_any_more_when_it_is_over(self) -> None:
        last_calls = LastCalls([calls := LinkCalls(client := Client())], grace_s=0.0)
        last_calls.over()
        last_calls.begin([calls])
        assert client.told == ["resume"]
