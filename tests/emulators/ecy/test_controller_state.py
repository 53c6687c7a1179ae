"""A controller's state: what goes back, what stays, and what is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from emulators.ecy.access.sessions import Account
from emulators.ecy.controller import ControllerSpec, EmulatedController, EmulatorSettings
from emulators.ecy.objects.database import Change
from emulators.ecy.objects.objects import with_relinquish_default
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan, WallScan
from emulators.program import ControlProgram, ObjectSpec
from emulators.programs.ahu import AhuProgram
from emulators.programs.heartbeat import GuardedProgram
from emulators.states import Fields, SavedStateError
from tests.emulators.ecy.client import SOME_OBJECTS, FakeTime

NOON = datetime(2026, 7, 6, 12, tzinfo=UTC)


def guarded() -> ControlProgram:
    return GuardedProgram(AhuProgram("SI"), {"DischFanSpeed": 0.0}, timeout_s=30.0)


def controller(
    program: ControlProgram | None = None, time: FakeTime | None = None, *, ntp: bool = False, stepped: bool = False
) -> EmulatedController:
    scan = ExchangeScan(5.0) if stepped else WallScan()
    settings = EmulatorSettings(Account("u", "p"), scan, Profile(), lambda: NOON, time or FakeTime())
    objects = () if program else SOME_OBJECTS
    return EmulatedController(ControllerSpec("AHU", objects=objects, program=program, ntp_enabled=ntp), settings)


def go_back(subject: EmulatedController, state: Mapping[str, object], *, take_back: bool = False) -> None:
    """Through JSON, as a file would."""
    subject.prepare(Fields(json.loads(json.dumps(state)), "state"), take_back=take_back)()


def test_the_memory_of_a_program_and_of_what_guards_it_goes_back() -> None:
    subject = controller(guarded())
    for _ in range(40):
        subject.scan(1.0)
    state = subject.save()
    subject.objects.command("BenchHeartbeat", 3.0, 9)
    for _ in range(50):
        subject.scan(1.0)
    subject.objects.command("BenchHeartbeat", None, 9)
    assert subject.save() != state
    go_back(subject, state)
    assert subject.save() == state


def test_what_the_program_commands_goes_back_and_what_others_command_stays() -> None:
    subject = controller(AhuProgram("SI"))
    empty = subject.save()
    subject.scan(1.0)
    subject.objects.command("MinOutdoorAirSp", 44.0, 16)
    subject.objects.command("DuctPressSp", 44.0, 16)
    subject.objects.command("SupplyAirTempSp", 15.0, 8)
    assert subject.objects.named("SupplyAirTempSp").slots[15] == 17.0
    go_back(subject, empty)
    found = {name: subject.objects.named(name).slots for name in ("MinOutdoorAirSp", "DuctPressSp", "SupplyAirTempSp")}
    assert found["MinOutdoorAirSp"][15] is None
    assert found["DuctPressSp"][15] == 44.0
    assert (found["SupplyAirTempSp"][7], found["SupplyAirTempSp"][15]) == (15.0, None)


def test_settings_and_terminals_go_back_and_subscribers_are_told() -> None:
    subject = controller()
    state = subject.save()
    setpoint = subject.objects.find("Setpoint")
    subject.objects.update(setpoint, lambda one: with_relinquish_default(one, 25.0))
    subject.objects.measure("Outdoor temperature", 30.0)
    told: list[Change] = []
    subject.objects.subscribe(told.append)
    go_back(subject, state)
    assert subject.objects.named("Setpoint").present_value == 21.0
    assert subject.objects.named("Outdoor temperature").present_value == -40.0
    assert {change.new.name for change in told if change.new} == {"Setpoint", "Outdoor temperature"}


def test_objects_that_came_or_went_since_are_left_alone() -> None:
    subject = controller()
    state = subject.save()
    subject.objects.add(ObjectSpec("AnalogValue", "New", initial=7.0))
    subject.objects.delete(subject.objects.find("Valve"))
    go_back(subject, state)
    assert subject.objects.named("New").present_value == 7.0
    assert "Valve" not in subject.objects.names()


def test_a_clock_that_runs_alone_goes_back_and_goes_on_from_there() -> None:
    time = FakeTime()
    subject = controller(time=time)
    state = subject.save()
    time.advance(3600.0)
    go_back(subject, state)
    time.advance(5.0)
    assert subject.clock.now() == datetime(2026, 7, 6, 12, 0, 5)


def test_zone_and_ntp_are_taken_and_given_back_by_clients_and_stay() -> None:
    alone, kept = controller(), controller(ntp=True)
    state = alone.save()
    go_back(kept, state)
    assert kept.clock.ntp_enabled
    go_back(alone, kept.save())
    assert not alone.clock.ntp_enabled
    alone.clock.set(datetime(2026, 1, 1), "America/Chicago")
    go_back(alone, state)
    assert (alone.clock.zone, alone.clock.now()) == ("America/Chicago", datetime(2026, 7, 6, 12))


def test_an_exchange_goes_on_where_it_was() -> None:
    subject = controller(AhuProgram("SI"), stepped=True)
    ref = subject.objects.find("DischFanSpeed")

    def read() -> timedelta:
        """How much time a batch of one read takes."""
        before = subject.clock.now()
        subject.trigger.arm()
        subject.trigger.before_value(ref)
        subject.trigger.disarm()
        return subject.clock.now() - before

    fresh = subject.save()
    assert read() == timedelta(seconds=5)
    subject.trigger.written()
    written = subject.save()
    read()
    for state in (fresh, written):
        go_back(subject, state)
        assert read() == timedelta(seconds=5)
    assert controller(AhuProgram("SI")).save()["exchange"] == {}
    go_back(subject, controller(AhuProgram("SI")).save())


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("clock/instant", "yesterday", "is no time"),
        ("clock/instant", "2026-07-06T12:00:00", "no instant and a local time"),
        ("clock/under_ntp", 1, "clock.under_ntp has to be true or false"),
        ("exchange/seen", ["Lamp 1"], "'Lamp 1' is no object"),
        ("exchange/seen", ["AnalogInput -1"], "'AnalogInput -1' is no object"),
        ("exchange/seen", "all", "exchange.seen has to be a list of texts"),
        ("program/fan.speed", [], "AHU: fan.speed has to be a number"),
        ("objects/DuctPressSp/slots", [1.0], "DuctPressSp is of another type than in the state"),
        ("objects/DuctPressSp/slots", 5, "slots has to be a list of numbers"),
        ("objects/DuctPressSp/slots", [1e300] * 16, "DuctPressSp cannot hold what is in the state"),
        ("objects/OccupiedCmd/relinquish_default", 2.0, "OccupiedCmd cannot hold what is in the state"),
        ("objects/DuctPressSp/held", None, "DuctPressSp.held has to be a number"),
        ("application", "none", "the state is of another application than AhuProgram"),
    ],
)
def test_a_state_that_somebody_has_spoilt_changes_nothing(path: str, value: object, words: str) -> None:
    subject = controller(AhuProgram("SI"), stepped=True)
    before = subject.save()
    spoilt = json.loads(json.dumps(before))
    *parents, last = path.split("/")
    inner = spoilt
    for name in parents:
        inner = inner[name]
    inner[last] = value
    with pytest.raises(SavedStateError) as refused:
        go_back(subject, spoilt)
    assert words in str(refused.value)
    assert subject.save() == before
