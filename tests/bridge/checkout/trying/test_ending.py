"""However a checkout ends, what it had is given back, and it says how far it came."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from bridge.checkout import Checkout, CheckoutParts, PointFinding, PointVerdict, Proof
from bridge.checkout.coverage import EVERYTHING
from bridge.checkout.response import Progress
from emulators.ecy.faults.storage import FailWrites, Stores
from emulators.ecy.objects.storage import StorageQuirk
from tests.bridge.checkout.trying.checked_out import checkout_of, executing
from tests.bridge.looking import assert_as_it_was, written
from tests.bridge.rig import Rig, rig
from tests.command_line import configured, run, running, start, variables
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks
from utils.errors import DeviceRefused
from utils.state_folder import StateFolder

DEAD = Stores(StorageQuirk(ignores=True), {"DischAirTemp", "FanSpeed"})
"""What is waited for, some seconds each time."""


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running_rig:
        yield running_rig


class StopsWhileWaiting:
    """The clocks of a host on which somebody stops the checkout while it waits for the so-manieth time."""

    def __init__(self, wait_number: int) -> None:
        self.checkout: Checkout | None = None
        self._left = wait_number

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        self._left -= seconds >= 1
        if self._left <= 0 and self.checkout is not None:
            self.checkout.request_stop()
        return stop.is_set()


@pytest.mark.parametrize("wait_number", [1, 7])
def test_a_stop_in_the_inputs_or_the_outputs_gives_back_and_tells_what_was_done(both: Rig, wait_number: int) -> None:
    stops = StopsWhileWaiting(wait_number)
    both.clocks = Clocks(wait=stops.wait, monotonic=time.monotonic, sleep=lambda seconds: None)
    both.controllers.controller("AHU").faults.add(DEAD)
    stops.checkout = checkout_of(both)
    result = stops.checkout.execute()
    assert stops.checkout.was_stopped
    assert_as_it_was(both)
    assert result.given_back.startswith("Nothing is left")
    verdicts = {point.point: point.verdict for point in result.points}
    assert verdicts["FanSpeed"] is PointVerdict.NOT_TESTED
    assert verdicts["SpaceTemp"] is (PointVerdict.NOT_TESTED if wait_number == 1 else PointVerdict.PASS)
    says = {finding.says for point in result.points for finding in point.findings}
    assert "the checkout was stopped before" in says
    assert "It was stopped before its end: a pass is one of what had been tried by then." in result.not_tested


@pytest.mark.slow
def test_what_could_not_be_given_back_at_once_is_given_back_at_the_end_and_told_once(both: Rig) -> None:
    faults, refusal = both.controllers.controller("VAV").faults, FailWrites({"SpaceTemp"})
    refused: list[bool] = []

    def listen(news: PointFinding | Progress) -> None:
        if isinstance(news, Progress):
            refused.append(both.controllers.controller("VAV").objects.named("SpaceTemp").out_of_service)
            faults.remove(refusal)
        elif (news.point, news.proof) == ("Damper", Proof.ARRIVAL):
            faults.add(refusal)

    subject = checkout_of(both, CheckoutParts(), tell=listen)
    result = subject.execute()
    assert refused[0]
    assert_as_it_was(both)
    assert result.given_back == "Nothing is left in any controller: 7 released."
    assert len(subject.receipts) == 7


def test_a_value_that_is_left_where_it_has_written_is_told_and_no_whole_end(both: Rig) -> None:
    """An operator types his own into the input that is tried: it stays, and somebody has to look."""

    def somebody_types(news: PointFinding | Progress) -> None:
        if isinstance(news, PointFinding) and (news.point, news.proof) == ("SpaceTemp", Proof.READ_BACK):
            objects = both.controllers.controller("VAV").objects
            objects.update(objects.named("SpaceTemp").ref, lambda one: replace(one, held=3.75))

    subject = checkout_of(both, CheckoutParts(), tell=somebody_types)
    told = subject.execute().given_back
    assert subject.left_alone == 1
    assert told.startswith("Where this checkout has written, values stand that are no more its own: look at them.")


def test_a_stop_leaves_no_test_on_the_server(both: Rig) -> None:
    stops = StopsWhileWaiting(1)
    both.clocks = Clocks(wait=stops.wait, monotonic=time.monotonic, sleep=lambda seconds: None)
    both.controllers.controller("AHU").faults.add(DEAD)
    stops.checkout = checkout_of(both)
    stops.checkout.execute()
    assert stops.checkout.troubles == ()
    assert StateFolder(both.settings().state_dir).tests.orphans(both.building.url) == []


def test_a_building_that_is_lost_leaves_its_points_not_tested_and_is_told(both: Rig) -> None:
    def take_away(news: PointFinding | Progress) -> None:
        if isinstance(news, Progress):
            for test in requests.get(both.building.url, timeout=DEADLINE_S).json()["tests"]:
                requests.put(f"{both.building.url}/stop/{test['testid']}", timeout=DEADLINE_S)

    subject = checkout_of(both, EVERYTHING, take_away)
    result = subject.execute()
    assert any(told.startswith("The building could not be looked at to the end") for told in result.not_tested)
    assert subject.troubles
    assert {point.verdict for point in result.points} == {PointVerdict.NOT_TESTED}
    found = {finding.proof: finding for finding in result.points[0].findings}
    assert found[Proof.READ_BACK].verdict is PointVerdict.PASS
    assert found[Proof.RESPONSE].says == "the building was lost before this could be told"
    assert_as_it_was(both)


def test_a_stop_before_anything_is_taken_tells_that_nothing_was(both: Rig) -> None:
    subject = checkout_of(both)
    subject.request_stop()
    assert subject.execute().given_back == "Nothing was taken from any controller."


def test_a_stop_from_another_thread_is_heard_while_a_controller_is_waited_for(both: Rig) -> None:
    both.clocks = Clocks()
    both.controllers.controller("AHU").faults.add(DEAD)
    subject = checkout_of(both)
    with executing(subject) as future:
        eventually(lambda: written(both, "AHU", "DischAirTemp") != [])
        subject.request_stop()
        future.result(DEADLINE_S)
    assert_as_it_was(both)


def test_an_output_that_cannot_be_isolated_ends_it_with_everything_given_back(both: Rig) -> None:
    both.keys = {"isolate_outputs": True}
    both.controllers.controller("AHU").faults.add(FailWrites({"FanSpeed"}))
    with pytest.raises(DeviceRefused, match="cannot be isolated"):
        checkout_of(both).execute()
    assert_as_it_was(both)


@pytest.mark.slow
class TestAsAProcess:
    """Killed, interrupted, and called by people."""

    def test_what_was_killed_is_given_back_by_release(self, both: Rig) -> None:
        both.controllers.controller("AHU").faults.add(DEAD)
        settings = variables(both, ECY_BENCH="isolated")
        with start("checkout", *running(both), "--no-response", **settings) as process:
            eventually(lambda: written(both, "VAV", "SpaceTemp") != [])
            process.kill()
            process.communicate(timeout=DEADLINE_S)
        assert both.controllers.controller("VAV").objects.named("SpaceTemp").out_of_service
        code, output = run("release", *configured(both)[2:], **settings)
        assert code == 0, output
        assert_as_it_was(both)

    def test_ctrl_c_gives_back_and_reports_and_is_no_success(self, both: Rig) -> None:
        both.controllers.controller("AHU").faults.add(DEAD)
        settings = variables(both, ECY_BENCH="isolated")
        sheet = both.folder / "sheet.csv"
        with start("checkout", *running(both), "--csv", str(sheet), **settings) as process:
            eventually(lambda: written(both, "VAV", "SpaceTemp") != [])
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 1
        assert "It was stopped before its end." in output
        assert "Nothing is left in any controller" in output
        assert "the checkout was stopped before" in sheet.read_text(encoding="utf-8")
        assert_as_it_was(both)
