from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pytest

from emulators.ecy.faults.answers import ChangeBatch
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.profile import Profile
from emulators.http.messages import Request, Response
from tests.clients.ecy.bench import (
    ABSENT,
    DAMPER,
    FAN_STATUS,
    OCCUPIED,
    PUMP,
    SETPOINT,
    STAGE,
    SUPPLY_TEMP,
    Bench,
    bench,
    commanded,
    forced,
    fresh,
)
from utils.errors import ObjectError
from utils.values import ObjectRef, Quality, Write, WriteKind


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with bench() as serving:
        yield serving


@pytest.fixture
def ecy(shared: Bench) -> Iterator[Bench]:
    with fresh(shared) as signed_in:
        yield signed_in


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (commanded(SETPOINT, math.nan), "not a finite number"),
        (commanded(SETPOINT, math.inf), "not a finite number"),
        (commanded(STAGE, 0), "not a state number"),
        (commanded(STAGE, 1.5), "not a state number"),
        (commanded(PUMP, 2), "neither active"),
        (Write(SUPPLY_TEMP, WriteKind.PRESENT_VALUE, None), "cannot be empty"),
    ],
    ids=str,
)
def test_a_value_that_is_none_is_not_sent(ecy: Bench, write: Write, words: str) -> None:
    before = ecy.controller.counters.writes.total()
    bad, good = ecy.client.write_values_from_endpoints([write, commanded(DAMPER, 40.0)])
    assert isinstance(bad.error, ObjectError)
    assert words in str(bad.error)
    assert good.error is None
    assert ecy.controller.counters.writes.total() == before + 1


@pytest.mark.parametrize("priority", [1, 8, 14, 16])
def test_a_command_lands_in_its_slot(ecy: Bench, priority: int) -> None:
    ecy.client.exchange([commanded(SETPOINT, 61.0, priority)], ())
    slots = ecy.client.survey([SETPOINT])[SETPOINT].priority_array
    assert slots is not None
    assert slots[priority - 1] == 61.0
    assert ecy.client.relinquish(SETPOINT, priority)


def test_off_is_read_as_off(ecy: Bench) -> None:
    ecy.client.exchange([commanded(PUMP, 0), *forced(FAN_STATUS, 0)], ())
    samples = ecy.client.read_values_from_endpoints([PUMP, FAN_STATUS])
    assert [sample.value for sample in samples.values()] == [False, False]
    assert ecy.client.relinquish(PUMP, 14)


def test_an_input_has_no_slot_to_release(ecy: Bench) -> None:
    with pytest.raises(ObjectError, match="no priority array"):
        ecy.client.relinquish(SUPPLY_TEMP, 14)


def test_releasing_what_is_not_there_says_so(ecy: Bench) -> None:
    with pytest.raises(ObjectError) as caught:
        ecy.client.relinquish(ABSENT, 14)
    assert caught.value.missing


def test_releasing_what_is_denied_says_so(ecy: Bench) -> None:
    ecy.controller.faults.add(FailWrites({"Setpoint"}))
    with pytest.raises(ObjectError, match="write-access-denied"):
        ecy.client.relinquish(SETPOINT, 14)


def test_a_release_without_a_readable_array_is_unverified() -> None:
    with bench(Profile(priority_arrays=False)) as ecy:
        ecy.client.connect()
        ecy.client.exchange([commanded(OCCUPIED, 1)], ())
        assert ecy.client.relinquish(OCCUPIED, 14) is False
        assert ecy.client.read_values_from_endpoints([OCCUPIED])[OCCUPIED].value is False


@pytest.mark.slow
def test_a_release_is_verified_although_reads_are_stale() -> None:
    with bench(Profile(stale_reads_s=0.6)) as ecy:
        ecy.client.connect()
        ecy.client.exchange([commanded(SETPOINT, 61.0)], ())
        assert ecy.client.relinquish(SETPOINT, 14)


def test_what_worked_is_remembered_per_type() -> None:
    with bench(Profile(set_value_at="analog-values", relinquish_by_set_value=False)) as ecy:
        ecy.client.connect()
        for _ in range(2):
            ecy.client.exchange([commanded(SETPOINT, 61.0), commanded(DAMPER, 20.0)], [DAMPER])
        before = ecy.controller.counters.requests["POST"]
        ecy.client.exchange([commanded(SETPOINT, 62.0), commanded(DAMPER, 21.0)], [DAMPER])
        assert ecy.controller.counters.requests["POST"] == before + 1


def test_a_command_whose_priority_cannot_be_named_is_refused_because_it_could_not_be_given_back() -> None:
    with bench(Profile(set_value_at="none")) as ecy:
        ecy.client.connect()
        ecy.controller.faults.add(WithoutPropertyMultiple())
        (result,) = ecy.client.write_values_from_endpoints([commanded(DAMPER, 20.0)])
        assert isinstance(result.error, ObjectError)
        assert slots_of(ecy, DAMPER) == []


class WithoutPropertyMultiple(Fault):
    """Rewrites batches so that write-property-multiple leads nowhere."""

    async def on_request(self, request: Request) -> Response | None:
        if b"write-property-multiple" not in request.body:
            return None
        items = json.loads(request.body)["requests"]
        told = [{"id": item["id"], "status": 404, "body": {"error": "no such resource"}} for item in items]
        return Response(200, json.dumps({"responses": told}).encode())


def slots_of(ecy: Bench, ref: ObjectRef) -> list[int]:
    """The slots that are taken."""
    slots = ecy.client.survey([ref])[ref].priority_array
    assert slots is not None
    return [number for number, value in enumerate(slots, 1) if value is not None]


def test_a_survey_goes_property_by_property_where_selections_are_refused(ecy: Bench) -> None:
    ecy.controller.faults.add(WithoutSelection())
    states = ecy.client.survey([SETPOINT, FAN_STATUS])
    assert states[SETPOINT].units == "degrees-fahrenheit"
    assert states[SETPOINT].present_value.quality is Quality.GOOD
    assert states[FAN_STATUS].out_of_service is not None


class WithoutSelection(Fault):
    """Answers batches with selections by refusing each item."""

    async def on_request(self, request: Request) -> Response | None:
        if b"$select" not in request.body:
            return None
        items = json.loads(request.body)["requests"]
        told = [{"id": item["id"], "status": 400, "body": {"error": "bad selection"}} for item in items]
        return Response(200, json.dumps({"responses": told}).encode())


def test_names_ride_along_with_an_exchange(ecy: Bench) -> None:
    exchange = ecy.client.exchange([commanded(SETPOINT, 61.0)], [DAMPER], [SETPOINT, ABSENT])
    assert exchange.names == {SETPOINT: "Setpoint", ABSENT: None}
    assert exchange.samples.keys() == {DAMPER}
    assert ecy.client.read_names([DAMPER, PUMP]) == {DAMPER: "Damper", PUMP: "Pump"}


def test_a_name_that_is_not_told_is_absent(ecy: Bench) -> None:
    ecy.controller.faults.add(ChangeBatch(lambda items: [{"id": "1", "status": 500, "body": {}} for _ in items]))
    assert ecy.client.read_names([DAMPER]) == {}


def test_a_survey_tells_names_and_what_does_not_exist(ecy: Bench) -> None:
    states = ecy.client.survey([DAMPER, ABSENT])
    assert (states[DAMPER].name, states[DAMPER].is_missing) == ("Damper", False)
    assert (states[ABSENT].name, states[ABSENT].is_missing) == (None, True)
