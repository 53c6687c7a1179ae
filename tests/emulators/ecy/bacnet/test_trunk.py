"""Controllers on a slow line behind a router, as strangers find them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from bacpypes3.apdu import IAmRequest, WhoIsRequest
from bacpypes3.npdu import (
    NPDU,
    IAmRouterToNetwork,
    InitializeRoutingTable,
    InitializeRoutingTableAck,
    NetworkNumberIs,
    RejectMessageToNetwork,
    WhatIsNetworkNumber,
    WhoIsRouterToNetwork,
    npdu_types,
)
from bacpypes3.pdu import PDU, GlobalBroadcast, RemoteBroadcast, RemoteStation

from emulators.ecy.bacnet.trunk.token_line import LineFrame, TokenLine
from emulators.ecy.bacnet_profile import BacnetProfile, TrunkPlace
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from tests.emulators.ecy.bacnet.client import BacnetClient
from tests.emulators.ecy.client import PASSWORD, SOME_OBJECTS, USER
from tests.waiting import DEADLINE_S

QUICK = Profile(bacnet=BacnetProfile(trunk=TrunkPlace(2, 10_000_000.0), max_apdu=480, segmentation=False))
UNICAST = 0x0A
READ_SETPOINT = bytes([0x00, 0x03, 9, 12, 0x0C, 0x00, 0x80, 0x00, 0x03, 0x19, 85])
"""ReadProperty of the present-value of analog-value 3, invoke id 9; answers of 480 octets are taken."""


@pytest.fixture
def server() -> Iterator[EcyServer]:
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, instance=at) for at, name in ((11, "A"), (12, "B"))]
    with EcyServer(specs, username=USER, password=PASSWORD, profile=QUICK, bacnet_port=0) as running:
        yield running


@dataclass
class Neighbour:
    """Somebody on BACnet/IP who speaks to the router in octets."""

    bound: socket.socket
    router: tuple[str, int]

    def say(self, npdu: NPDU) -> None:
        octets = bytes(npdu.encode().pduData)
        self.bound.sendto(bytes([0x81, UNICAST]) + (len(octets) + 4).to_bytes(2, "big") + octets, self.router)

    def hear(self) -> NPDU:
        octets = self.bound.recv(2000)
        assert octets[:2] == bytes([0x81, UNICAST])
        npdu = NPDU.decode(PDU(octets[4:]))
        return npdu if npdu.npduNetMessage is None else npdu_types[npdu.npduNetMessage].decode(npdu)

    def ask(self, npdu: NPDU) -> NPDU:
        self.say(npdu)
        return self.hear()

    def has_heard_nothing(self) -> bool:
        """Whatever was said before has been dealt with when the router has answered this."""
        answer = self.ask(WhatIsNetworkNumber())
        return isinstance(answer, NetworkNumberIs)


@pytest.fixture
def neighbour(server: EcyServer) -> Iterator[Neighbour]:
    host, _, port = server.bacnet_routers[2].partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        bound.settimeout(DEADLINE_S)
        yield Neighbour(bound, (host, int(port)))


def to_station(target: object, apdu: bytes = READ_SETPOINT, hops: int = 255) -> NPDU:
    npdu = NPDU(apdu)
    npdu.npduDADR, npdu.npduHopCount, npdu.pduExpectingReply = target, hops, True
    return npdu


def test_addresses_are_those_behind_the_router_and_the_router_has_the_port(server: EcyServer) -> None:
    assert server.bacnet_addresses == {"A": "2:11", "B": "2:12"}
    assert list(server.bacnet_routers) == [2]
    assert server.bacnet_broadcast_address is not None


class TestRouter:
    @pytest.mark.parametrize("network", [2, None])
    def test_it_says_to_which_network_it_leads(self, neighbour: Neighbour, network: int | None) -> None:
        answer = neighbour.ask(WhoIsRouterToNetwork(network))
        assert isinstance(answer, IAmRouterToNetwork)
        assert answer.iartnNetworkList == [2]

    def test_nobody_is_told_of_a_network_that_it_does_not_lead_to(self, neighbour: Neighbour) -> None:
        neighbour.say(WhoIsRouterToNetwork(7))
        assert neighbour.has_heard_nothing()

    def test_it_tells_its_table_and_takes_no_other(self, neighbour: Neighbour) -> None:
        answer = neighbour.ask(InitializeRoutingTable([]))
        assert isinstance(answer, InitializeRoutingTableAck)
        assert [(entry.rtDNET, entry.rtPortID) for entry in answer.irtaTable] == [(1, 1), (2, 2)]

    def test_an_answer_says_from_whom_it_is(self, neighbour: Neighbour) -> None:
        answer = neighbour.ask(to_station(RemoteStation(2, 12)))
        assert (answer.npduSADR, answer.npduDADR) == (RemoteStation(2, 12), None)
        assert answer.pduData[:3] == bytes([0x30, 9, 12])

    def test_who_is_behind_another_router_is_answered_there(self, neighbour: Neighbour) -> None:
        question = to_station(RemoteStation(2, 12))
        question.npduSADR = RemoteStation(9, 4)
        neighbour.say(question)
        assert neighbour.has_heard_nothing(), "nothing leads to network 9 from here"

    @pytest.mark.parametrize("target", [RemoteStation(2, 13), RemoteStation(1, b"123456"), RemoteStation(2, b"123")])
    def test_for_whom_it_has_nobody_it_has_nothing_to_say(self, neighbour: Neighbour, target: object) -> None:
        neighbour.say(to_station(target))
        assert neighbour.has_heard_nothing()

    @pytest.mark.parametrize(
        ("npdu", "reason"),
        [(to_station(RemoteStation(7, 1)), 1), (to_station(RemoteStation(2, 12), bytes(500)), 4)],
        ids=["no route", "too long"],
    )
    def test_what_it_cannot_pass_on_is_rejected_with_the_reason(
        self, server: EcyServer, neighbour: Neighbour, npdu: NPDU, reason: int
    ) -> None:
        answer = neighbour.ask(npdu)
        assert isinstance(answer, RejectMessageToNetwork)
        assert answer.rmtnRejectionReason == reason
        assert server.bacnet.segment(2).router.rejected == 1

    def test_an_unknown_message_is_rejected_and_what_other_routers_tell_is_not(self, neighbour: Neighbour) -> None:
        unknown = NPDU(b"")
        unknown.npduNetMessage = 0x60
        answer = neighbour.ask(unknown)
        assert isinstance(answer, RejectMessageToNetwork)
        assert answer.rmtnRejectionReason == 3
        neighbour.say(IAmRouterToNetwork([5]))
        assert neighbour.has_heard_nothing()

    def test_what_has_come_through_too_many_routers_or_from_nowhere_goes_no_further(self, neighbour: Neighbour) -> None:
        neighbour.say(to_station(RemoteStation(2, 12), hops=1))
        spoofed = to_station(RemoteStation(2, 12))
        spoofed.npduSADR = RemoteStation(2, 11)
        neighbour.say(spoofed)
        neighbour.bound.sendto(b"\x81\x0a\x00\x06\x02\x00", neighbour.router)
        assert neighbour.has_heard_nothing()

    @pytest.mark.parametrize("target", [RemoteBroadcast(2), GlobalBroadcast()])
    def test_a_broadcast_reaches_everybody_on_the_line(self, neighbour: Neighbour, target: object) -> None:
        who_is = bytes([0x10, 8])
        first, second = neighbour.ask(to_station(target, who_is)), neighbour.hear()
        assert {str(first.npduSADR), str(second.npduSADR)} == {"2:11", "2:12"}


def test_somebody_elses_client_reads_and_commands_behind_the_router(server: EcyServer) -> None:
    with BacnetClient("2:12", server.bacnet_broadcast_address) as client:
        assert client.read("analog-value,3") == 21.0
        client.tell(WhoIsRequest(), everybody=True)
        assert {int(one.iAmDeviceIdentifier[1]) for one in client.heard(IAmRequest, 2)} == {11, 12}
        assert {one.maxAPDULengthAccepted for one in client.heard(IAmRequest, 2)} == {480}


class TestLine:
    def test_frames_take_turns_and_each_takes_its_octets_the_frames_and_the_tokens(self) -> None:
        async def said() -> tuple[list[float], list[bytes], float]:
            waited: list[float] = []
            heard: list[bytes] = []

            async def wait(seconds: float) -> None:
                waited.append(seconds)

            async def hear(frame: LineFrame) -> None:
                heard.append(frame.npdu)

            line = TokenLine(38_400.0, wait)
            line.attach(7, hear)
            for npdu in (bytes(30), bytes(480)):
                line.say(LineFrame(0, 7, npdu))
            line.say(LineFrame(0, 8, b"for another one"))
            while len(waited) < 3:
                await asyncio.sleep(0)
            line.close()
            return waited, heard, line.busy_s

        waited, heard, busy_s = asyncio.run(said())
        assert waited[:2] == pytest.approx([48 * 10 / 38_400, 498 * 10 / 38_400])
        assert heard == [bytes(30), bytes(480)]
        assert busy_s == pytest.approx(sum(waited))

    def test_a_place_is_given_once_and_only_where_a_master_may_be(self) -> None:
        async def attach() -> None:
            line = TokenLine(38_400.0)

            async def deaf(frame: LineFrame) -> None:
                raise AssertionError(frame)

            line.attach(5, deaf)
            for station in (5, 128):
                with pytest.raises(ValueError, match="no place on the line"):
                    line.attach(station, deaf)
            line.close()

        asyncio.run(attach())
