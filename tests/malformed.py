"""BACnet/IP by hand: requests octet by octet, and a seeded storm of packets that nobody should send.

Written from ASHRAE 135 (clauses 6 and 20, annex J) and not with BACpypes3, which both of our servers are made with.
"""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType, TracebackType
from typing import Self

from tests.waiting import DEADLINE_S

UNICAST, BROADCAST = 0x0A, 0x0B
CONFIRMED_REQUEST, UNCONFIRMED_REQUEST, SIMPLE_ACK, COMPLEX_ACK, SEGMENT_ACK, ERROR, REJECT, ABORT = range(8)
SUBSCRIBE_COV, READ, READ_MULTIPLE, WRITE, WRITE_MULTIPLE, READ_RANGE = 5, 12, 14, 15, 16, 26
CONFIRMED_SERVICES = range(34)
UNCONFIRMED_SERVICES = range(14)
DEVICE = 8
ANY_INSTANCE = 4194303
OBJECT_NAME, OBJECT_LIST, PRESENT_VALUE, SERVICES_SUPPORTED, TYPES_SUPPORTED = 77, 76, 85, 97, 96
REJECTIONS = MappingProxyType(
    {
        0: "other",
        4: "invalid-tag",
        3: "invalid-parameter-data-type",
        5: "missing-required-parameter",
        6: "parameter-out-of-range",
        7: "too-many-arguments",
        9: "unrecognized-service",
    }
)
_PING = 255


def context(number: int, data: bytes) -> bytes:
    """A context tag with its content."""
    size = bytes([number << 4 | 8 | len(data)]) if len(data) < 5 else bytes([number << 4 | 8 | 5, len(data)])
    return size + data


def opened(number: int) -> bytes:
    return _bracket(number, 0xE)


def closed(number: int) -> bytes:
    return _bracket(number, 0xF)


def _bracket(number: int, kind: int) -> bytes:
    return bytes([number << 4 | kind]) if number < 15 else bytes([0xF0 | kind, number])


def enumerated(value: int) -> bytes:
    """An application tag."""
    return bytes([0x91, value])


def real(value: float) -> bytes:
    return b"\x44" + struct.pack(">f", value)


def unsigned(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def identifier(kind: int, instance: int) -> bytes:
    return struct.pack(">I", kind << 22 | instance)


def read(target: bytes, name: int = PRESENT_VALUE, index: int | None = None) -> bytes:
    """The content of a ReadProperty."""
    place = b"" if index is None else context(2, unsigned(index))
    return context(0, target) + context(1, unsigned(name)) + place


def read_multiple(*wanted: tuple[bytes, int]) -> bytes:
    return b"".join(context(0, target) + opened(1) + context(0, unsigned(name)) + closed(1) for target, name in wanted)


def write(target: bytes, value: bytes, priority: int | None = None, name: int = PRESENT_VALUE) -> bytes:
    at = b"" if priority is None else context(4, unsigned(priority))
    return context(0, target) + context(1, unsigned(name)) + opened(3) + value + closed(3) + at


def write_multiple(target: bytes, value: bytes, priority: int, name: int = PRESENT_VALUE) -> bytes:
    one = context(0, unsigned(name)) + opened(2) + value + closed(2) + context(3, unsigned(priority))
    return context(0, target) + opened(1) + one + closed(1)


def subscribe(target: bytes, *, confirmed: bool | None = False, lifetime_s: int | None = 60, process: int = 7) -> bytes:
    issue = b"" if confirmed is None else context(2, bytes([confirmed]))
    life = b"" if lifetime_s is None else context(3, unsigned(lifetime_s))
    return context(0, unsigned(process)) + context(1, target) + issue + life


def request(
    service: int, content: bytes = b"", *, invoke_id: int = 1, longest: int = 5, segments: bool = True
) -> bytes:
    """A confirmed request. ``longest`` is the code of the longest answer that is taken."""
    return bytes([0x02 if segments else 0x00, 0x70 | longest, invoke_id, service]) + content


def told(service: int, content: bytes = b"") -> bytes:
    """An unconfirmed request."""
    return bytes([0x10, service]) + content


def packet(apdu: bytes, *, function: int = UNICAST, control: int = 0x04, routing: bytes = b"") -> bytes:
    """An APDU in its frames."""
    body = bytes([1, control]) + routing + apdu
    return bytes([0x81, function]) + struct.pack(">H", len(body) + 4) + body


class Peer:
    """Somebody who sends what he likes, and hears what comes back."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(DEADLINE_S)
        self._to = (host, int(port))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, octets: bytes) -> None:
        self._socket.sendto(octets, self._to)

    def hear_frame(self) -> bytes:
        """The next packet that comes."""
        return self._socket.recv(2048)

    def hear(self) -> bytes:
        """The APDU of the next packet that has one."""
        while (frame := self.hear_frame())[1] not in (UNICAST, BROADCAST) or frame[5] & 0x80:
            pass
        return frame[6:]

    def ask(self, service: int, content: bytes = b"", **options: int | bool) -> bytes:
        """Send a confirmed request; the APDU that answers it, whatever notifications come before."""
        self.send(packet(request(service, content, **options)))  # type: ignore[arg-type]
        while kind_of(apdu := self.hear()) in (CONFIRMED_REQUEST, UNCONFIRMED_REQUEST):
            pass
        return apdu

    def answers_to(self, octets: bytes) -> list[bytes]:
        """What is answered before the answer to a request that comes after it."""
        self.send(octets)
        return self.until_answered()

    def until_answered(self) -> list[bytes]:
        """What comes until the other side has read everything that was sent; notifications are confirmed."""
        self.send(packet(request(READ, read(identifier(DEVICE, ANY_INSTANCE), OBJECT_NAME), invoke_id=_PING)))
        heard = []
        while (apdu := self.hear())[1] != _PING or kind_of(apdu) != COMPLEX_ACK:
            heard.append(apdu)
            if kind_of(apdu) == CONFIRMED_REQUEST:
                self.send(packet(bytes([SIMPLE_ACK << 4, *apdu[2:4]])))
        return heard


def kind_of(apdu: bytes) -> int:
    """Which PDU it is."""
    return apdu[0] >> 4


def rejection(apdu: bytes) -> str:
    """The reason of a Reject."""
    assert kind_of(apdu) == REJECT, apdu.hex()
    return REJECTIONS[apdu[2]]


def bits(apdu: bytes) -> list[bool]:
    """The bit string that a ReadProperty was answered with."""
    content = apdu[apdu.index(opened(3)) + 1 : apdu.rindex(closed(3))]
    length, start = (content[1], 2) if content[0] & 7 == 5 else (content[0] & 7, 1)
    unused, *octets = content[start : start + length]
    every = [bool(octet >> place & 1) for octet in octets for place in range(7, -1, -1)]
    return every[: len(every) - unused]


def storm(seed: int, target: bytes, count: int) -> Iterator[bytes]:
    """Packets that were sound once, most of them no longer. None has an origin beyond loopback."""
    dice = random.Random(seed)  # noqa: S311 - a storm that comes back
    sound = _sound(target)
    for _ in range(count):
        octets = dice.choice(_HARMS)(dice, dice.choice(sound))
        yield octets[:4] + b"\x7f\0\0\x01" + octets[8:] if octets[1:2] == b"\x04" and len(octets) > 8 else octets


def _sound(target: bytes) -> Sequence[bytes]:
    contents = [
        (READ, read(target)),
        (READ, read(identifier(DEVICE, ANY_INSTANCE), OBJECT_LIST, 1)),
        (READ_MULTIPLE, read_multiple((target, 8), (identifier(DEVICE, ANY_INSTANCE), 8), (target, PRESENT_VALUE))),
        (WRITE, write(target, enumerated(1), 9)),
        (WRITE_MULTIPLE, write_multiple(target, enumerated(0), 9)),
        (SUBSCRIBE_COV, subscribe(target, confirmed=True)),
        (SUBSCRIBE_COV, subscribe(target, lifetime_s=None)),
        *((service, read(target)) for service in CONFIRMED_SERVICES),
    ]
    whole = [request(service, content, invoke_id=index) for index, (service, content) in enumerate(contents)]
    apdus = [
        *whole,
        *(whole[: len(contents) - len(CONFIRMED_SERVICES)] * 5),
        *(told(service, context(0, unsigned(0)) + context(1, unsigned(9))) for service in UNCONFIRMED_SERVICES),
        told(8),
        told(7, context(2, target)),
        *(bytes([0x0E, 0x75, 200 + part, part, 4, READ_MULTIPLE]) + read(target) for part in range(4)),
        request(READ_MULTIPLE, read_multiple((identifier(DEVICE, ANY_INSTANCE), 8)), invoke_id=210, longest=0),
        *(bytes([first, 210, 0, 1]) for first in (0x20, 0x30, 0x3C, 0x40, 0x41, 0x42, 0x50, 0x60, 0x70, 0x71, 0x80)),
    ]
    network = [bytes([message, 0, 5, 0, 6]) for message in (*range(10), 0x12, 0x13, 0x80)]
    return [
        *(packet(apdu) for apdu in apdus),
        *(packet(apdu, function=BROADCAST) for apdu in apdus),
        *(packet(message, control=0x80) for message in network),
        *(packet(message, control=0x80, function=BROADCAST) for message in network),
        packet(whole[0], control=0x2C, routing=bytes([0, 5, 1, 9, 0, 5, 1, 9, 0])),
        packet(whole[0], control=0x0C, routing=bytes([0, 6, 1, 3])),
        packet(whole[0], control=0x24, routing=bytes([0xFF, 0xFF, 0, 255])),
        *(bytes([0x81, function, 0, 10]) + b"\x7f\0\0\x01\xba\xc0" for function in range(14)),
        bytes([0x81, 4, 0, 17]) + b"\x7f\0\0\x01\xba\xc0" + b"\x01\x04" + told(8) + b"\0\0\0",
    ]


def _with_its_length(octets: bytes) -> bytes:
    return octets[:2] + struct.pack(">H", len(octets)) + octets[4:]


def _cut(dice: random.Random, octets: bytes) -> bytes:
    return _with_its_length(octets[: dice.randrange(4, len(octets))]) if len(octets) > 5 else octets[:1]


def _cut_short(dice: random.Random, octets: bytes) -> bytes:
    return octets[: dice.randrange(len(octets))]


def _flipped(dice: random.Random, octets: bytes) -> bytes:
    changed = bytearray(octets)
    for _ in range(dice.randint(1, 4)):
        changed[dice.randrange(4, len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _random_tags(dice: random.Random, octets: bytes) -> bytes:
    return _with_its_length(octets[:10] + dice.randbytes(dice.randrange(60)))


def _wrong_length(dice: random.Random, octets: bytes) -> bytes:
    return octets[:2] + dice.randbytes(2) + octets[4:]


def _nested(dice: random.Random, octets: bytes) -> bytes:
    opening = opened(dice.randrange(15)) * dice.choice([1, 5, 200, 1200])
    return _with_its_length(octets[:10] + opening + octets[10:])


def _huge(dice: random.Random, octets: bytes) -> bytes:
    """A tag that says that four thousand million octets follow."""
    head = bytes([dice.randrange(16) << 4 | dice.choice([0, 8]) | 5, 255])
    return _with_its_length(octets[:10] + head + b"\xff\xff\xff\xff" + octets[10:])


def _anything(dice: random.Random, _: bytes) -> bytes:
    return dice.randbytes(dice.randrange(1, 80))


def _appended(dice: random.Random, octets: bytes) -> bytes:
    return _with_its_length(octets + dice.randbytes(dice.randrange(1, 20)))


def _as_it_is(_: random.Random, octets: bytes) -> bytes:
    return octets


_HARMS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(_cut, _cut_short, _flipped, _random_tags, _wrong_length),
    *(_nested, _huge, _anything, _appended, _as_it_is),
)
