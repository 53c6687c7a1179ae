"""An emulated controller, as strangers meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from emulators.ecy.bacnet.server import BacnetServer
from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.profile import Profile
from tests.emulators.ecy.bacnet.client import bacnet_server, some_controller
from tests.malformed import READ, READ_MULTIPLE, Peer, identifier, packet, read, read_multiple, storm
from tests.strangers import PACKETS, RECENT, Strangers

BINARY_VALUE = 5
SEGMENTATION_NOT_SUPPORTED = bytes([0x71, 1, 4])
READ_THE_TABLE, TABLE = b"\x81\x02\0\4", 3
"""Of the BBMDs that a BBMD knows."""


class TestEmulatedController(Strangers):
    @pytest.fixture
    def server(self) -> Iterator[BacnetServer]:
        with bacnet_server(some_controller()) as server:
            yield server

    @pytest.fixture
    def peer(self, server: BacnetServer) -> Iterator[Peer]:
        with Peer(server.addresses["AHU"]) as one:
            yield one

    @pytest.fixture
    def switch(self) -> bytes:
        return identifier(BINARY_VALUE, 9)

    @pytest.fixture
    def counts(self, server: BacnetServer) -> Callable[[], int]:
        return lambda: server.under_way

    def test_what_the_profile_switches_off_is_not_claimed(self, switch: bytes) -> None:
        few = BacnetProfile(read_property_multiple=False, write_property_multiple=False, cov=False)
        with bacnet_server(some_controller(Profile(bacnet=few))) as server, Peer(server.addresses["AHU"]) as peer:
            self.test_every_confirmed_service_that_is_claimed_works_and_no_other(peer, switch)

    def test_without_segmentation_segments_are_aborted(self, switch: bytes) -> None:
        whole = Profile(bacnet=BacnetProfile(segmentation=False))
        with bacnet_server(some_controller(whole)) as server, Peer(server.addresses["AHU"]) as peer:
            peer.send(packet(bytes([0x0E, 0x75, 1, 0, 4, READ]) + read(switch)))
            assert peer.hear()[:3] == SEGMENTATION_NOT_SUPPORTED
            assert peer.ask(READ_MULTIPLE, read_multiple((switch, 8)), longest=0)[:3] == SEGMENTATION_NOT_SUPPORTED

    @pytest.mark.slow
    def test_a_storm_leaves_the_bbmd_as_it_was(
        self, server: BacnetServer, switch: bytes, peer: Peer, quiet: Callable[[], None]
    ) -> None:
        with Peer(server.broadcast_address) as gale:
            for number, octets in enumerate(storm(4, switch, PACKETS)):
                gale.send(octets)
                if number % RECENT == 0:
                    gale.send(READ_THE_TABLE)
                    while gale.hear_frame()[1] != TABLE:
                        pass
        assert peer.until_answered() == []
        quiet()
