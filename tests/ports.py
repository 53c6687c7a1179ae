"""Ports for what is told its port, and ports at which nobody answers."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import chain

_PORTS = range(20_000, 32_000)
"""Below what Linux (from 32768), Windows and macOS (from 49152) hand out to whoever binds port 0: between the choice of
a port and its use nobody gets it by chance."""


def free_port(in_a_row: int = 1) -> int:
    """A port of this computer that nobody has, over TCP or UDP, and that no other test of this suite is given.

    With ``in_a_row`` it is the first of several.
    """
    for port in _turn:
        if all(_is_free(port + further, kind) for further in range(in_a_row) for kind in _KINDS):
            for _ in range(in_a_row - 1):
                next(_turn)
            return port
    raise AssertionError("no port is free")


_KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("", port))  # on any address: others may have it on all of them
        except OSError:
            return False
    return True


def _own_turn() -> Iterator[int]:
    """All of them from a place of our own on, which is far from those of processes with numbers close to ours."""
    begin = os.getpid() * 7417 % len(_PORTS)
    return chain(_PORTS[begin:], _PORTS[:begin])


_turn = _own_turn()
