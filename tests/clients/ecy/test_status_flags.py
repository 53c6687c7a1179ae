"""Status flags beside values: what a fault is worth, and that knowing of it costs no further request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from clients.ecy.wire import is_in_fault
from clients.http.funnel import Json
from emulators.ecy.faults.fault import Fault
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan
from emulators.http.messages import Request, Response
from tests.clients.ecy.bench import DAMPER, PUMP, SETPOINT, Bench, bench, commanded
from utils.values import ObjectRef, Quality, Sample


@pytest.fixture
def ecy() -> Iterator[Bench]:
    with bench() as serving:
        serving.client.connect()
        yield serving


def in_trouble(ecy: Bench, ref: ObjectRef, *, out_of_service: bool = False) -> None:
    ecy.controller.objects.update(ref, lambda one: replace(one, in_fault=True, out_of_service=out_of_service))


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"in-alarm": False, "fault": True, "overridden": False, "out-of-service": False}, True),
        ({"inAlarm": "inactive", "fault": "active", "outOfService": "inactive"}, True),
        ({"fault": True, "out-of-service": True}, False),
        ({"fault": False}, False),
        (["fault", "overridden"], True),
        (["Fault", "Out Of Service"], False),
        ([], False),
        ([False, True, False, False], True),
        ([False, True, False, True], False),
        ("fault;overridden", True),
        ({"$value": {"fault": True}}, True),
        (None, None),
        (7, None),
    ],
)
def test_flags_are_understood_in_each_form_that_is_plausible(flags: Json, told: bool | None) -> None:
    assert is_in_fault(flags) is told


@pytest.mark.parametrize("form", ["dict", "names", "bits"])
def test_a_value_in_fault_is_not_trusted_whatever_form_its_flags_have(form: str) -> None:
    with bench(Profile(status_flags_form=form)) as ecy:  # type: ignore[arg-type]
        in_trouble(ecy, DAMPER)
        assert ecy.client.survey([DAMPER, PUMP])[DAMPER].in_fault
        samples = ecy.client.exchange([], [DAMPER, PUMP]).samples
    assert samples[DAMPER] == Sample(None, Quality.BAD, "the controller reports a fault (value 30.0)")
    assert samples[PUMP].quality is Quality.GOOD


def test_what_is_out_of_service_is_what_somebody_has_made_it(ecy: Bench) -> None:
    in_trouble(ecy, DAMPER, out_of_service=True)
    assert ecy.client.survey([DAMPER])[DAMPER].in_fault is False
    assert ecy.client.exchange([], [DAMPER]).samples[DAMPER] == Sample(30.0)


def test_what_is_found_before_it_is_taken_is_told_although_it_is_in_fault(ecy: Bench) -> None:
    """It is put back at the end."""
    in_trouble(ecy, SETPOINT)
    assert ecy.client.survey([SETPOINT])[SETPOINT].present_value.value == 70.0


def requests_of_a_step(profile: Profile) -> tuple[int, int]:
    """How many batches a survey and three steps take, and how many requests in them."""
    with bench(profile) as ecy:
        ecy.client.connect()
        before, counters = ecy.controller.counters.requests["POST"], ecy.controller.counters
        asked = counters.sub_requests
        ecy.client.survey([SETPOINT, DAMPER, PUMP])
        for value in (60.0, 61.0, 62.0):
            ecy.client.exchange([commanded(SETPOINT, value)], [DAMPER, PUMP])
        return counters.requests["POST"] - before, counters.sub_requests - asked


def test_flags_cost_no_further_request() -> None:
    assert requests_of_a_step(Profile()) == requests_of_a_step(Profile(status_flags_form="none")) == (4, 12)


def test_firmware_without_flags_is_asked_for_values_alone() -> None:
    with bench(Profile(status_flags_form="none")) as ecy:
        assert ecy.client.survey([DAMPER])[DAMPER].in_fault is None
        asked = Asked()
        ecy.controller.faults.add(asked)
        assert ecy.client.exchange([], [DAMPER]).samples[DAMPER] == Sample(30.0)
    assert [url.rpartition("/")[2] for url in asked.urls] == ["present-value"]


def test_firmware_that_refuses_to_select_flags_is_asked_once(ecy: Bench) -> None:
    asked = Asked(refused=b"status-flags")
    ecy.controller.faults.add(asked)
    for _ in range(2):
        assert ecy.client.survey([DAMPER])[DAMPER].present_value == Sample(30.0)
    assert ["status-flags" in url for url in asked.urls] == [True, False, False]


def test_firmware_that_does_not_answer_so_after_all_is_asked_for_values_alone(ecy: Bench) -> None:
    ecy.client.survey([DAMPER])
    asked = Asked(refused=b"$select")
    ecy.controller.faults.add(asked)
    for _ in range(2):
        assert ecy.client.exchange([], [DAMPER]).samples[DAMPER] == Sample(30.0)
    assert ["$select" in url for url in asked.urls] == [True, False, False]


class Asked(Fault):
    """Notes what batches ask for, and refuses each item of those in which something stands."""

    def __init__(self, refused: bytes = b"nothing") -> None:
        self.urls: list[str] = []
        self._refused = refused

    async def on_request(self, request: Request) -> Response | None:
        items = json.loads(request.body)["requests"]
        self.urls += [item["url"] for item in items]
        if self._refused not in request.body:
            return None
        told = [{"id": item["id"], "status": 400, "body": {"error": "bad selection"}} for item in items]
        return Response(200, json.dumps({"responses": told}).encode())


def test_controllers_that_scan_with_exchanges_do_so_when_flags_are_read_in_a_batch_of_their_own() -> None:
    """As those of a demo at a pace: writes go out at once, reads come late in the step."""
    with bench(scan=ExchangeScan(5.0)) as ecy:
        ecy.controller.clock.enable_ntp(False)
        ecy.client.survey([DAMPER, PUMP])
        began = ecy.controller.clock.now()
        for _ in range(3):
            ecy.client.exchange([commanded(SETPOINT, 71.0)], [])
            ecy.client.exchange([], [DAMPER, PUMP])
        assert ecy.controller.clock.now() - began == timedelta(seconds=15)
