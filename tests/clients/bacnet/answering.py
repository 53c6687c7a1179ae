"""A device that answers every request octet by octet, in a way of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.malformed import CONFIRMED_REQUEST, kind_of, packet

Answer = Callable[[bytes], bytes]
"""From a request's APDU to the APDU of the answer."""


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A device that answers everything in its own way; its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(bound, answer), name="malformed answers")
        thread.start()
        host, port = bound.getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", (host, port))
            thread.join()


def _serve(bound: socket.socket, answer: Answer) -> None:
    while octets := (received := bound.recvfrom(2048))[0]:
        if kind_of(octets[6:]) == CONFIRMED_REQUEST:
            bound.sendto(packet(answer(octets[6:]), control=0), received[1])


def acknowledged(request: bytes, content: bytes) -> bytes:
    return bytes([0x30, *request[2:4]]) + content
