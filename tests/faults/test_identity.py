"""How an object that was exchanged for another is noticed, and what that costs (docs/faults.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bridge.link.identity import Identity
from emulators.ecy.controller import EmulatedController
from emulators.ecy.server import EcyServer
from equipment.controller import Controller
from tests import bench
from tests.faults.scene import VAV, controllers, fresh
from utils.clocks import Clocks, MonotonicSeconds
from utils.errors import ObjectError
from utils.values import Exchange, ObjectRef, ObjectType, Quality, Sample

SPACE_TEMP = ObjectRef(ObjectType.ANALOG_INPUT, 1)
OUTDOOR_TEMP = ObjectRef(ObjectType.ANALOG_VALUE, 1)
DAMPER = ObjectRef(ObjectType.ANALOG_OUTPUT, 1)
MISSED = Exchange((), {DAMPER: Sample(None, Quality.MISSING)})


@dataclass
class Known:
    """A controller that has been bound by name, and its identity."""

    emulated: EmulatedController
    bound: Controller
    identity: Identity
    now_s: float = 0.0

    def requests(self) -> int:
        return sum(self.emulated.counters.requests.values())

    def turn(self) -> tuple[ObjectRef, ...]:
        """Read one name along with an exchange; returns whose."""
        refs = self.identity.look(MonotonicSeconds(0.0)).names
        self.identity.hear(self.bound.client.exchange((), (), refs), MonotonicSeconds(0.0))
        return refs

    def verify(self) -> int:
        """Verify, and return how many requests that took."""
        before = self.requests()
        self.identity.verify()
        return self.requests() - before


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with controllers() as running:
        yield running


@pytest.fixture
def known(server: EcyServer, tmp_path: Path) -> Iterator[Known]:
    fresh(server)
    config = bench.equipment("VAV", server.addresses["VAV"], VAV)
    manager = bench.manager(tmp_path, bench.settings(tmp_path), config)
    [bound] = manager.controllers
    bound.client.connect()
    bound.bind()
    subject = Known(server.controller("VAV"), bound, Identity(bound, Clocks(monotonic=lambda: subject.now_s)))
    subject.identity.bind()
    yield subject
    manager.close()


def rename(known: Known, ref: ObjectRef) -> None:
    known.emulated.objects.update(ref, lambda found: replace(found, name=f"Other {found.name}"))


def test_to_ask_whose_turn_it_is_changes_nothing(known: Known) -> None:
    assert known.identity.look(MonotonicSeconds(0.0)) == known.identity.look(MonotonicSeconds(0.1))


def test_each_object_has_its_turn(known: Known) -> None:
    turns = [known.turn()[0] for _ in range(6)]
    assert set(turns[:3]) == {SPACE_TEMP, OUTDOOR_TEMP, DAMPER}
    assert turns[3:] == turns[:3]


def test_one_object_that_was_exchanged_is_found_when_its_turn_comes(known: Known) -> None:
    rename(known, OUTDOOR_TEMP)
    what = "AnalogValue 1, which was OutdoorTemp, is Other OutdoorTemp now"
    with pytest.raises(ObjectError, match=what) as caught:
        [known.turn() for _ in range(3)]
    assert caught.value.missing


def test_without_a_reason_nothing_is_asked(known: Known) -> None:
    assert known.verify() == 0


def test_a_missing_value_is_a_reason_to_look_before_the_next_write(known: Known) -> None:
    known.identity.hear(MISSED, MonotonicSeconds(0.0))
    rename(known, OUTDOOR_TEMP)
    with pytest.raises(ObjectError):
        known.identity.verify()


def test_an_object_that_keeps_failing_is_no_reason_to_look_all_the_time(known: Known) -> None:
    known.identity.hear(MISSED, MonotonicSeconds(0.0))
    assert known.verify() == 1
    known.identity.hear(MISSED, MonotonicSeconds(0.0))
    assert known.verify() == 0
    known.now_s = 6.0
    assert known.verify() == 1


def test_a_new_session_is_a_reason_to_look_as_the_controller_may_have_rebooted(known: Known) -> None:
    known.emulated.sessions.clear()
    known.bound.client.read_values_from_endpoints([DAMPER])
    assert known.verify() == 1
    assert known.verify() == 0


def test_firmware_that_tells_no_names_this_way_is_not_taken_for_one_without_objects(known: Known) -> None:
    known.identity.compare({DAMPER: None, SPACE_TEMP: None})
    known.identity.compare({DAMPER: "Damper"})
    with pytest.raises(ObjectError, match="SpaceTemp, is gone"):
        known.identity.compare({SPACE_TEMP: None})
