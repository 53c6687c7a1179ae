"""Who commands each point of a run, as far as its exchanges have told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.link.link import LinkState
from bridge.link.sightings import Sightings
from bridge.overriding import CommandedBy, Commander
from emulators.ecy.faults.calls import DropConnection
from emulators.ecy.faults.storage import FailWrites
from ledger.entries import TakenSlot
from ledger.record.journal import Journals
from tests.bridge.looking import state_of
from tests.bridge.overriding.hands import WHO, Hands, hands
from tests.bridge.rig import Rig, rig
from tests.faults.scene import HURRY, HostClock
from tests.waiting import eventually
from utils.bacnet import SCHEME
from utils.clocks import Clocks, MonotonicSeconds
from utils.errors import ObjectError
from utils.state_folder import StateFolder
from utils.values import (
    Exchange,
    ObjectRef,
    ObjectState,
    ObjectType,
    Quality,
    Sample,
    Write,
    WriteKind,
    WriteResult,
)

FAN = ObjectRef(ObjectType.ANALOG_OUTPUT, 1)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    """The host's clock is in a hurry: a refresh comes every 0.1 s."""
    with rig(tmp_path) as running:
        running.clocks = Clocks(monotonic=HostClock(HURRY))
        yield running


def commander(here: Hands, name: str) -> Commander:
    [found] = [one for one in here.run.commanders() if one.target.name == name]
    return found


def told(here: Hands, name: str) -> tuple[CommandedBy, int | None, str]:
    found = commander(here, name)
    return found.by, found.slot, found.who


def test_before_anything_was_read_nobody_knows(both: Rig) -> None:
    assert {(one.by, one.is_stale) for one in both.run().commanders()} == {(CommandedBy.UNKNOWN, True)}


def test_in_a_run_that_nobody_disturbs_the_bench_has_inputs_and_values_and_nobody_the_outputs(both: Rig) -> None:
    with hands(both) as here:
        eventually(lambda: all(one.by is not CommandedBy.UNKNOWN for one in here.run.commanders()))
        eventually(lambda: told(here, "OutdoorAirTemp") == (CommandedBy.BENCH, 14, ""))
        assert told(here, "DischAirTemp") == (CommandedBy.BENCH, None, "")
        assert told(here, "FanSpeed") == (CommandedBy.NOBODY, None, "")
        forced = {one.target.name for one in here.run.commanders() if one.is_forced}
        assert forced == {"DischAirTemp", "FanStatus", "SpaceTemp"}
        assert [one.equipment for one in here.run.commanders()] == ["AHU"] * 5 + ["VAV"] * 2
        assert not any(one.is_in_fault for one in here.run.commanders())


def test_what_a_controller_says_to_be_in_fault_is_told(both: Rig) -> None:
    """Of outputs, which are read in each step, and of values, which are looked at with the refresh."""
    objects = both.controllers.controller("AHU").objects
    with hands(both) as here:
        eventually(lambda: told(here, "OutdoorAirTemp") == (CommandedBy.BENCH, 14, ""))
        for name in ("FanSpeed", "OutdoorAirTemp"):
            objects.update(objects.find(name), lambda one: replace(one, in_fault=True))
            eventually(lambda name=name: commander(here, name).is_in_fault)  # type: ignore[misc]
        assert not commander(here, "CoolingPump").is_in_fault


def test_a_hand_is_named_and_its_slot(both: Rig) -> None:
    with hands(both) as here:
        for name in ("DischAirTemp", "OutdoorAirTemp", "FanSpeed"):
            here.run.hand.hold_point("AHU", name, 20, WHO)
        eventually(lambda: told(here, "FanSpeed") == (CommandedBy.HAND, 8, WHO))
        assert told(here, "OutdoorAirTemp") == (CommandedBy.HAND, 14, WHO)
        assert told(here, "DischAirTemp") == (CommandedBy.HAND, None, WHO)
        here.run.hand.release_all(WHO)
        eventually(lambda: told(here, "FanSpeed") == (CommandedBy.NOBODY, None, ""))


def test_a_stronger_slot_of_somebody_else_is_told_by_its_number(both: Rig) -> None:
    with hands(both) as here:
        here.ahu.objects.command("OutdoorAirTemp", 5.0, 3)
        here.ahu.objects.command("FanSpeed", 50.0, 12)
        eventually(lambda: told(here, "OutdoorAirTemp") == (CommandedBy.ANOTHER, 3, ""))
        eventually(lambda: told(here, "FanSpeed") == (CommandedBy.ANOTHER, 12, ""))


@pytest.mark.parametrize("scheme", ["", SCHEME])
def test_the_slot_of_another_process_of_this_bench_is_a_programs(both: Rig, scheme: str) -> None:
    with hands(both) as here:
        theirs = Journals.of(StateFolder(both.settings().state_dir)).own({})
        theirs.take([TakenSlot(scheme + both.controllers.addresses["AHU"], FAN, "FanSpeed", 12, None)])
        here.ahu.objects.command("FanSpeed", 50.0, 12)
        eventually(lambda: commander(here, "FanSpeed").by is CommandedBy.PROGRAM)
        assert commander(here, "FanSpeed").who.startswith("process ")
        theirs.close()


def test_what_an_absent_controller_holds_is_stale_and_what_it_refuses_is_a_fault(both: Rig) -> None:
    silence = DropConnection(None)
    with hands(both) as here:
        here.let_pass()
        here.ahu.faults.add(FailWrites(["OutdoorAirTemp"]))
        eventually(lambda: commander(here, "OutdoorAirTemp").is_in_fault)
        assert not commander(here, "DischAirTemp").is_in_fault
        here.ahu.faults.add(silence)
        eventually(lambda: state_of(both, here.run, "AHU") is LinkState.OFFLINE)
        assert commander(here, "FanSpeed").is_stale
        here.ahu.faults.remove(silence)


class TestSightings:
    def test_what_was_not_heard_of_for_longer_than_a_round_and_stale_reads_take_is_stale(self) -> None:
        subject, other = Sightings(), ObjectRef(ObjectType.ANALOG_INPUT, 2)
        assert subject.is_stale(subject.of(FAN), MonotonicSeconds(0.0))
        for now_s in (0.0, 30.0, 60.0):
            subject.hear(Exchange((), {FAN if now_s < 60.0 else other: Sample(1.0)}), MonotonicSeconds(now_s))
        seen = subject.of(FAN)
        assert [subject.is_stale(seen, MonotonicSeconds(now_s)) for now_s in (60.0, 96.0, 96.1)] == [False, False, True]

    def test_a_write_that_is_taken_is_a_sign_of_life_and_one_that_is_refused_a_fault(self) -> None:
        subject, write = Sightings(), Write(FAN, WriteKind.COMMAND, 1.0, 8)
        subject.hear(Exchange((WriteResult(write),), {}), MonotonicSeconds(5.0))
        assert (subject.of(FAN).heard_at_s, subject.of(FAN).is_in_fault) == (5.0, False)
        subject.hear(Exchange((WriteResult(write, ObjectError("d", "no")),), {}), MonotonicSeconds(6.0))
        assert (subject.of(FAN).heard_at_s, subject.of(FAN).is_in_fault) == (5.0, True)

    def test_a_value_that_is_none_is_a_fault_and_one_that_is_missing_no_news(self) -> None:
        subject = Sightings()
        subject.hear(Exchange((), {FAN: Sample(None, Quality.BAD)}), MonotonicSeconds(5.0))
        subject.hear(Exchange((), {FAN: Sample(None, Quality.MISSING)}), MonotonicSeconds(6.0))
        subject.see({FAN: ObjectState(Sample(None, Quality.MISSING))}, MonotonicSeconds(7.0))
        assert (subject.of(FAN).is_in_fault, subject.of(FAN).heard_at_s) == (True, 5.0)
