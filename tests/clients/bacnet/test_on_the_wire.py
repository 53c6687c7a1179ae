"""What goes over the wire to controllers of different makes: how many requests, how long, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from clients.bacnet.results import BacnetRef, BacnetWrite
from clients.bacnet.stack import BACnetStack
from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.datagrams import Mute
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.makes import NORTH, ON_A_TRUNK, SOUTH
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests.clients.bacnet.server import stack
from tests.emulators.ecy.client import PASSWORD, USER

POINTS = 40
PRIORITY = 12
OBJECTS = (
    *(ObjectSpec("AnalogOutput", f"Valve{n}", "percent", instance=n) for n in range(1, POINTS + 1)),
    *(ObjectSpec("AnalogInput", f"Temp{n}", "degrees-celsius", instance=n) for n in range(1, POINTS + 1)),
)
COMMANDS = [BacnetWrite(f"analog-output,{n}", float(n), PRIORITY) for n in range(1, POINTS + 1)]
FORCED = [
    BacnetWrite("analog-input,1", True, property="out-of-service"),
    BacnetWrite("analog-input,1", 5.0),
]
QUICK = replace(ON_A_TRUNK.bacnet.trunk, bits_per_s=10_000_000.0) if ON_A_TRUNK.bacnet.trunk else None
QUICK_TRUNK = Profile(bacnet=replace(ON_A_TRUNK.bacnet, trunk=QUICK))
"""The same line, 260 times as fast."""
SHORT = Profile(bacnet=BacnetProfile(max_apdu=206, segmentation=False))
"""As the other vendor's, but with the services for many."""


@dataclass
class Wire:
    stack: BACnetStack
    address: str
    controller: EmulatedController
    server: EcyServer

    def asked(self) -> dict[str, int]:
        """The requests since the last question, by service."""
        counts = self.controller.counters.bacnet
        told = {name: counts[name] for name in sorted(counts)}
        counts.clear()
        return told

    def write(self, *writes: BacnetWrite, timeout_s: float = 10.0) -> list[bool]:
        """Whether each was taken."""
        results = self.stack.ask(lambda client: client.write_multiple(self.address, writes, timeout_s=timeout_s))
        assert [result.write for result in results] == list(writes)
        return [result.error is None for result in results]

    def read(self, refs: Sequence[BacnetRef]) -> list[object]:
        readings = self.stack.ask(lambda client: client.read_multiple(self.address, refs, timeout_s=10.0))
        return [reading.value for reading in readings]

    def slot(self, number: int) -> float | None:
        return self.controller.objects.named(f"Valve{number}").slots[PRIORITY - 1]


@contextmanager
def wire(profile: Profile) -> Iterator[Wire]:
    """A client that knows the controller already."""
    spec = ControllerSpec("BOX", objects=OBJECTS, instance=12, profile=profile)
    with (
        EcyServer([spec], username=USER, password=PASSWORD, bacnet_port=0) as server,
        stack(foreign=server.bacnet_broadcast_address, apdu_timeout_s=3.0) as ours,
    ):
        one = Wire(ours, server.bacnet_addresses["BOX"], server.controller("BOX"), server)
        ours.ask(lambda client: client.traits(one.address))
        one.read([BacnetRef(f"analog-output,{n}") for n in range(1, POINTS + 1)])
        one.asked()
        yield one


@pytest.mark.parametrize(
    ("profile", "at_once", "at_once_read"), [(QUICK_TRUNK, 26, 29), (SHORT, 11, 12)], ids=["480", "206"]
)
def test_as_many_as_fit_into_one_apdu_go_together_and_not_one_more(
    profile: Profile, at_once: int, at_once_read: int
) -> None:
    refs = [BacnetRef(f"analog-output,{n}") for n in range(1, POINTS + 1)]
    with wire(profile) as box:
        for count in (at_once, at_once + 1):
            assert all(box.write(*COMMANDS[:count]))
            assert box.asked() == {"WritePropertyMultiple": 1} | ({"WriteProperty": 1} if count > at_once else {}), (
                "what is left over alone needs no list"
            )
        for count in (at_once_read, at_once_read + 1):
            assert None not in box.read(refs[:count])
            told = Counter(box.asked())
            assert told.total() == (1 if count == at_once_read else 2)
        assert [box.slot(n) for n in range(1, at_once + 2)] == [float(n) for n in range(1, at_once + 2)]


def test_forty_points_behind_a_router_are_four_requests_and_none_is_too_long_for_it() -> None:
    with wire(QUICK_TRUNK) as box:
        assert all(box.write(*COMMANDS))
        assert None not in box.read([BacnetRef(f"analog-output,{n}") for n in range(1, POINTS + 1)])
        assert box.asked() == {"ReadPropertyMultiple": 2, "WritePropertyMultiple": 2}
        assert box.server.bacnet.segment(2).router.rejected == 0


def test_who_takes_no_lists_is_written_or_read_one_by_one() -> None:
    with wire(NORTH) as box:
        assert all(box.write(*COMMANDS[:3]))
        box.read([BacnetRef("analog-output,1"), BacnetRef("analog-output,2")])
        assert box.asked() == {"ReadPropertyMultiple": 1, "WriteProperty": 3}
    with wire(SOUTH) as box:
        lowest = [replace(write, priority=16) for write in COMMANDS[:3]]
        assert all(box.write(*lowest))
        box.read([BacnetRef("analog-output,1"), BacnetRef("analog-output,2")])
        assert box.asked() == {"ReadProperty": 2, "WritePropertyMultiple": 1}


class TestRefusals:
    def test_behind_the_refused_one_the_rest_goes_singly_and_the_next_time_nobody_is_held_up(self) -> None:
        with wire(Profile()) as box:
            box.controller.faults.add(FailWrites({"Valve2"}))
            assert box.write(*COMMANDS[:5]) == [True, False, True, True, True]
            assert box.asked() == {"WriteProperty": 4, "WritePropertyMultiple": 1}
            assert box.write(*COMMANDS[:5]) == [True, False, True, True, True]
            assert box.asked() == {"WriteProperty": 1, "WritePropertyMultiple": 1}
            assert [box.slot(n) for n in range(1, 6)] == [1.0, None, 3.0, 4.0, 5.0]

    def test_what_is_taken_again_goes_with_the_others_again(self) -> None:
        with wire(Profile()) as box:
            fault = FailWrites({"Valve2"})
            box.controller.faults.add(fault)
            box.write(*COMMANDS[:5])
            box.controller.faults.remove(fault)
            box.asked()
            for asked in ({"WriteProperty": 1, "WritePropertyMultiple": 1}, {"WritePropertyMultiple": 1}):
                assert all(box.write(*COMMANDS[:5]))
                assert box.asked() == asked

    def test_commands_are_done_before_an_input_refuses_to_be_forced(self) -> None:
        stubborn = Profile(bacnet=BacnetProfile(out_of_service_writable=False))
        with wire(stubborn) as box:
            assert box.write(*FORCED, *COMMANDS[:3]) == [False, False, True, True, True]
            assert box.asked() == {"WriteProperty": 2, "WritePropertyMultiple": 1}

    def test_an_input_is_out_of_service_before_it_is_forced_also_when_it_was_refused_before(self) -> None:
        with wire(Profile()) as box:
            fault = FailWrites({"Temp1"})
            box.controller.faults.add(fault)
            box.write(*FORCED, *COMMANDS[:3])
            box.controller.faults.remove(fault)
            assert all(box.write(*FORCED, *COMMANDS[:3]))
            assert box.controller.objects.named("Temp1").present_value == 5.0


def test_a_list_whose_answer_is_lost_may_have_been_written_and_each_element_is_written_once_more() -> None:
    with wire(Profile()) as box:
        box.controller.faults.add(lost := Mute(after_work=True))
        attempt = box.stack.submit(box.stack.client.write_multiple(box.address, COMMANDS[:3], timeout_s=0.4))
        with pytest.raises(Exception, match="within"):
            box.stack.wait_for(attempt, 5.0)
        assert [box.slot(n) for n in (1, 2, 3)] == [1.0, 2.0, 3.0], "it was"
        box.controller.faults.remove(lost)
        box.controller.counters.bacnet.clear()
        assert all(box.write(*COMMANDS[:3]))
        assert box.asked() == {"WriteProperty": 3}, "it does not seem to know lists"
        box.stack.ask(lambda client: client.traits(box.address, afresh=True))
        box.asked()
        assert all(box.write(*COMMANDS[:3]))
        assert box.asked() == {"WritePropertyMultiple": 1}, "until it is met anew, as after every absence"
