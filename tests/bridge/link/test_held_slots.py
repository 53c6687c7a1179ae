"""The slot of the manual operator: looked at before it is taken, watched, and in the ledger until it is seen empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.link.hand import HeldPoint
from bridge.link.in_use import STALE_S
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from ledger.entries import TakenSlot
from tests import bench
from tests.bridge.link.links import taken
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, PASSWORD
from utils.clocks import Clocks, ModelSeconds, MonotonicSeconds, UnixSeconds
from utils.errors import ConfigError, Problem
from utils.values import Frame, ObjectType, PointValue, Target


class Held:
    """A link to one controller that has been taken, its clock in our hand, and what was told of holds."""

    def __init__(self, folder: Path, server: EcyServer) -> None:
        self.controller: EmulatedController = server.controller("AHU")
        self.now_s = 0.0
        self.news: list[str] = []
        settings = bench.settings(folder, BOP_SERVER_URL="http://127.0.0.1:1", ECY_REFRESH_TIME="60")
        address = server.addresses["AHU"]
        config = bench.equipment("AHU", address, [AHU_POINTS[0], {**AHU_POINTS[1], "deadband": 100.0}, *AHU_POINTS[2:]])
        self.link, self.ledger = taken(folder, settings, config, Clocks(monotonic=lambda: self.now_s))
        self.fan = Target(address, ObjectType.ANALOG_OUTPUT, "FanSpeed")
        self.outdoors = Target(address, ObjectType.ANALOG_VALUE, "OutdoorAirTemp")
        self.link.duties.holds.news = lambda hold, words: self.news.append(words)
        self.exchange()

    def exchange(self, after_s: float = 1.0) -> None:
        self.now_s += after_s
        self.link.exchange(Frame(0, ModelSeconds(0.0), {}, {self.outdoors: 20.0}))

    def hold(self, value: PointValue = 42.0, target: Target | None = None) -> None:
        self.link.duties.holds.hold(HeldPoint(target or self.fan, value, "Ann", UnixSeconds(0.0)))
        self.exchange()

    def release(self) -> None:
        self.link.duties.holds.release(self.fan)
        self.exchange()

    @property
    def slot(self) -> float | None:
        return self.controller.objects.named("FanSpeed").slots[7]

    @property
    def is_entered(self) -> bool:
        entries = self.ledger.open_entries
        return any(isinstance(entry, TakenSlot) and entry.priority == 8 for entry in entries)

    @property
    def is_held(self) -> bool:
        return self.fan in self.link.duties.holds.all

    def writes(self) -> int:
        return self.controller.counters.writes["FanSpeed"]


def serve(profile: Profile | None = None) -> EcyServer:
    spec = ControllerSpec("AHU", objects=AHU_OBJECTS, profile=profile)
    return EcyServer([spec], username="bench", password=PASSWORD)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Held]:
    with serve() as server:
        yield Held(tmp_path, server)


def test_it_is_written_once_and_again_with_the_refresh_only(here: Held) -> None:
    here.hold()
    before = here.writes()
    for _ in range(5):
        here.exchange()
    assert (here.writes(), here.slot, here.news) == (before, 42.0, ["in force in slot 8"])
    here.controller.objects.command("FanSpeed", None, 8)
    here.exchange(60.0)
    assert (here.writes(), here.slot) == (before + 1, 42.0)


def test_it_stays_in_the_ledger_until_it_was_seen_empty_by_a_read_that_is_no_stale_one(here: Held) -> None:
    here.hold()
    here.release()
    assert (here.slot, here.is_entered) == (None, True)
    here.exchange(STALE_S - 1.5)
    assert here.is_entered
    here.exchange(2.0)
    assert not here.is_entered
    before = here.writes()
    here.exchange()
    assert here.writes() == before


def test_what_is_still_there_after_the_release_is_given_back_again(here: Held) -> None:
    here.hold()
    here.release()
    here.controller.objects.command("FanSpeed", 42.0, 8)
    here.exchange(STALE_S + 1.0)
    here.exchange()
    assert (here.slot, here.is_entered) == (None, True)


def test_a_value_of_somebody_elses_that_stands_there_at_the_release_is_left_alone(here: Held) -> None:
    here.hold()
    here.exchange()
    here.controller.objects.command("FanSpeed", 70.0, 8)
    here.release()
    assert here.slot == 70.0


def test_one_that_is_held_again_while_it_leaves_is_not_looked_at_anew(here: Held) -> None:
    here.hold()
    here.release()
    here.hold(35.0)
    here.exchange(STALE_S + 1.0)
    assert (here.slot, here.is_entered, here.is_held) == (35.0, True, True)


def test_one_that_is_released_between_the_look_and_the_first_write_leaves_no_trace(here: Held) -> None:
    before = here.writes()
    here.link.duties.holds.hold(HeldPoint(here.fan, 42.0, "Ann", UnixSeconds(0.0)))
    here.link.duties.make_sure(MonotonicSeconds(here.now_s))
    assert here.is_entered
    here.release()
    assert (here.writes(), here.is_entered) == (before, False)


def test_an_object_that_refuses_is_not_held_and_not_asked_in_every_step(here: Held) -> None:
    here.controller.faults.add(FailWrites(["FanSpeed"]))
    here.hold()
    assert not here.is_held
    assert here.news[0].startswith("no longer held: the controller refuses it: ")
    before = here.writes()
    for _ in range(4):
        here.exchange()
    assert here.writes() <= before + 1
    here.controller.faults.clear()
    here.exchange(5.0)
    here.exchange(STALE_S + 1.0)
    assert (here.slot, here.is_entered) == (None, False)


def test_slots_that_cannot_be_read_are_not_taken(tmp_path: Path) -> None:
    with serve(Profile(priority_arrays=False)) as server:
        here = Held(tmp_path, server)
        here.hold()
        assert (here.slot, here.is_entered, here.is_held) == (None, False, False)
        assert "nobody knows whether slot 8 is free" in here.news[0]


def test_what_another_process_of_ours_has_taken_is_not(here: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*entries: object) -> None:
        raise ConfigError([Problem("d", "process 4711 on this computer drives FanSpeed")])

    monkeypatch.setattr(here.ledger, "take", refuse)
    here.hold()
    assert (here.slot, here.is_held) == (None, False)
    assert "process 4711" in here.news[0]


def test_nothing_is_asked_for_it_in_ordinary_steps(here: Held) -> None:
    before = sum(here.controller.counters.requests.values())
    here.exchange()
    per_step = sum(here.controller.counters.requests.values()) - before
    here.hold()
    before = sum(here.controller.counters.requests.values())
    here.exchange()
    assert sum(here.controller.counters.requests.values()) - before == per_step


def test_what_is_written_anyway_follows_the_hand_within_its_deadband_too(here: Held) -> None:
    def slot() -> float | None:
        return here.controller.objects.named("OutdoorAirTemp").slots[13]

    shown = [slot()]
    for value in (20.5, 20.25):
        here.hold(value, here.outdoors)
        shown.append(slot())
    here.link.duties.holds.release(here.outdoors)
    here.exchange()
    assert [*shown, slot(), here.is_entered] == [20.0, 20.5, 20.25, 20.0, False]


def test_its_slot_is_looked_at_once_a_second_although_its_value_is_read_in_every_step(here: Held) -> None:
    here.hold()
    for _ in range(3):
        here.exchange(0.4)
    here.controller.objects.command("FanSpeed", 70.0, 8)
    for _ in range(25):
        here.exchange(0.4)
    assert (here.slot, here.is_held) == (70.0, False)
    assert here.news[-1] == "no longer held: somebody else has written 70.0 into slot 8"


def test_an_output_is_held_in_another_slot_where_that_was_said(here: Held) -> None:
    here.controller.objects.command("FanSpeed", 33.0, 8)
    here.link.duties.slots_by_hand[here.fan] = 7
    here.hold()
    assert here.controller.objects.named("FanSpeed").slots[6:8] == (42.0, 33.0)
    assert here.news == ["in force in slot 7"]
    here.release()
    assert here.controller.objects.named("FanSpeed").slots[6:8] == (None, 33.0)


def test_what_the_controller_refuses_is_kept_in_its_words_until_it_takes_it(here: Held) -> None:
    refusal = FailWrites({"OutdoorAirTemp"})
    here.controller.faults.add(refusal)
    here.link.duties.holds.hold(HeldPoint(here.outdoors, 25.0, "Ann", UnixSeconds(0.0)))
    here.exchange()
    [(ref, words)] = here.link.refused.items()
    assert (str(ref), "write-access-denied" in words) == ("AnalogValue 1", True)
    here.controller.faults.remove(refusal)
    here.exchange(after_s=61.0)
    assert here.link.refused == {}
