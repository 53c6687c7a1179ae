"""A line, its router, and the controllers on it."""

from __future__ import annotations

import socket

from emulators.ecy.bacnet.link import Passes, RouterLink
from emulators.ecy.bacnet.trunk.router import TrunkRouter
from emulators.ecy.bacnet.trunk.token_line import StationLink, TokenLine
from emulators.ecy.bacnet_profile import TrunkPlace


class Segment:
    """One network behind a router on a socket of BACnet/IP. To be made and closed inside the loop."""

    def __init__(self, bound: socket.socket, place: TrunkPlace) -> None:
        self.line = TokenLine(place.bits_per_s)
        self.link = RouterLink(bound)
        self.router = TrunkRouter(self.link, place.network, self.line)

    def station(self, number: int, passes: Passes) -> StationLink:
        """A controller's place. Raises ValueError where there is none of that number."""
        return StationLink(self.line, number, passes)

    def close(self) -> None:
        """Nobody speaks on it any more."""
        self.line.close()
