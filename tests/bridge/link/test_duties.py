"""Duties of one controller that need no controller: what they want, and what they make of what was heard."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from bridge.link.in_use import forced_before
from bridge.link.isolation import Isolation
from bridge.link.taking import Taking
from equipment.controller import Controller
from ledger import Ledger, TakenInput, TakenObject, TakenOutput, TakenSlot
from utils.clocks import HOST, MonotonicSeconds
from utils.errors import ObjectError
from utils.values import Exchange, ObjectRef, ObjectType, Write, WriteKind, WriteResult

DEVICE = "10.0.0.1"
FAN, PUMP = ObjectRef(ObjectType.ANALOG_OUTPUT, 1), ObjectRef(ObjectType.BINARY_OUTPUT, 2)
SENSOR = ObjectRef(ObjectType.ANALOG_INPUT, 1)
REFRESH_S = 60.0


@pytest.fixture
def isolation() -> Isolation:
    controller = SimpleNamespace(isolated=[SimpleNamespace(ref=FAN)], refresh_time_s=REFRESH_S, address=DEVICE)
    return Isolation(cast("Controller", controller))


def heard(subject: Isolation, at_s: float, ref: ObjectRef, kind: WriteKind, *, refused: bool = False) -> None:
    error = ObjectError(DEVICE, "no") if refused else None
    subject.hear(Exchange((WriteResult(Write(ref, kind, True), error),), {}), MonotonicSeconds(at_s))


def asserts(subject: Isolation, at_s: float) -> bool:
    return bool(subject.writes(MonotonicSeconds(at_s)))


class TestIsolation:
    def test_is_asserted_once_in_a_refresh_time(self, isolation: Isolation) -> None:
        assert not asserts(isolation, 0.0)  # it has not been established yet
        heard(isolation, 0.0, FAN, WriteKind.OUT_OF_SERVICE)
        assert [asserts(isolation, at_s) for at_s in (1.0, REFRESH_S - 0.1, REFRESH_S)] == [False, False, True]
        assert [write.ref for write in isolation.writes(MonotonicSeconds(REFRESH_S))] == [FAN]

    def test_is_not_put_off_by_what_is_written_to_others(self, isolation: Isolation) -> None:
        heard(isolation, 0.0, FAN, WriteKind.OUT_OF_SERVICE)
        heard(isolation, 50.0, SENSOR, WriteKind.PRESENT_VALUE)
        assert asserts(isolation, REFRESH_S)

    @pytest.mark.parametrize("kind", [WriteKind.OUT_OF_SERVICE, WriteKind.PRESENT_VALUE])
    def test_is_asserted_at_once_where_something_is_no_longer_out_of_service(
        self, isolation: Isolation, kind: WriteKind
    ) -> None:
        heard(isolation, 0.0, FAN, WriteKind.OUT_OF_SERVICE)
        heard(isolation, 5.0, SENSOR, kind, refused=True)
        assert asserts(isolation, 5.0)

    def test_a_command_that_is_refused_says_nothing_of_it(self, isolation: Isolation) -> None:
        heard(isolation, 0.0, FAN, WriteKind.OUT_OF_SERVICE)
        heard(isolation, 5.0, PUMP, WriteKind.COMMAND, refused=True)
        assert not asserts(isolation, 5.0)


def test_what_was_forced_before_us_is_known_with_its_value() -> None:
    entries: list[TakenObject] = [
        TakenInput(DEVICE, SENSOR, "SpaceTemp", True, 17.5),
        TakenInput(DEVICE, ObjectRef(ObjectType.ANALOG_INPUT, 2), "Flow", False, 0.0),
        TakenOutput(DEVICE, FAN, "FanSpeed", True),
        TakenSlot(DEVICE, ObjectRef(ObjectType.ANALOG_VALUE, 1), "OutdoorTemp", 14, 20.0),
    ]
    assert forced_before(entries) == {SENSOR: 17.5}


def test_what_is_taken_again_is_written_again_where_something_of_ours_may_stand_already() -> None:
    forgotten: list[set[ObjectRef]] = []
    sent, unsent = ObjectRef(ObjectType.ANALOG_VALUE, 1), ObjectRef(ObjectType.ANALOG_VALUE, 2)
    plan = SimpleNamespace(bound=[SimpleNamespace(ref=sent), SimpleNamespace(ref=unsent)], forget=forgotten.append)
    ledger = Ledger()
    ledger.take(TakenSlot(DEVICE, sent, "OutdoorTemp", 14, None), TakenInput(DEVICE, SENSOR, "SpaceTemp", True, 17.5))
    ledger.sent(DEVICE, sent, 20.0)
    controller = cast("Controller", SimpleNamespace(plan=plan, address=DEVICE))
    Taking(controller, ledger, lambda target: False, HOST, take_occupied=False).begin_plan()
    assert forgotten == [{sent}]
    assert plan.found_forced == {SENSOR: 17.5}
