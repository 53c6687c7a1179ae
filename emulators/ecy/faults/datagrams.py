"""Misbehaviour of the network between a controller and its BACnet clients; to be added to a controller's faults."""

from __future__ import annotations

import asyncio

from emulators.ecy.faults.fault import Fault


class Mute(Fault):
    """Packets to the controller get lost, or with ``after_work`` only those from it: work done, answer lost.

    The next ``times`` packets; None is all.
    """

    def __init__(self, times: int | None = None, *, after_work: bool = False) -> None:
        self._left = times
        self._outgoing = after_work

    async def on_datagram(self, *, outgoing: bool) -> bool:
        """Lose it if it is the kind."""
        if outgoing is not self._outgoing or self._left == 0:
            return True
        if self._left is not None:
            self._left -= 1
        return False


class Slow(Fault):
    """Each packet from the controller is ``delay_s`` on its way."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s

    async def on_datagram(self, *, outgoing: bool) -> bool:
        """Wait, and let it pass."""
        if outgoing:
            await asyncio.sleep(self._delay_s)
        return True
