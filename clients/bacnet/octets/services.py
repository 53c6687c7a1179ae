"""ReadPropertyMultiple and WritePropertyMultiple: from what is wanted to octets, and from the answer to results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from bacpypes3.apdu import ConfirmedRequestPDU

from clients.bacnet.octets.tags import behind_closing, closing, opening, unsigned

READ_MULTIPLE, WRITE_MULTIPLE = 14, 16
_INSTANCE_BITS = 22
_OBJECT = 0x0C
"""The octet before an object identifier in context tag 0."""
_LIST, _LIST_END = opening(1), closing(1)
_VALUE, _VALUE_END = bytes((opening(2),)), bytes((closing(2),))
_TOLD, _TOLD_END, _REFUSED, _REFUSED_END = opening(4), closing(4), opening(5), closing(5)
_NAME, _PLACE, _ENUMERATED = 0x28, 0x38, 0x90
_LONGEST_NUMBER = 4


class Key(NamedTuple):
    """A property in numbers, as it goes over the wire: object identifier, property, place in an array."""

    target: int
    name: int
    place: int | None


class OctetWrite(NamedTuple):
    """A write in numbers; ``value`` with its own tags."""

    key: Key
    value: bytes
    priority: int | None


class OctetResult(NamedTuple):
    """What an answer tells of a property: the value with its tags, or class and code of an error."""

    key: Key
    value: bytes
    error: tuple[int, int] | None


class OctetsRequest(ConfirmedRequestPDU):  # type: ignore[misc]
    """A request whose content is octets already; it is answered with octets. BACpypes3 can send it too."""

    def __init__(self, service: int, octets: bytes) -> None:
        super().__init__(service)
        self.octets = octets
        self.put_data(octets)


def object_number(object_type: int, instance: int) -> int:
    """An object identifier in one number (ASHRAE 135, 20.2.14)."""
    return object_type << _INSTANCE_BITS | instance


def read_request(keys: Iterable[Key]) -> OctetsRequest:
    """The request for these properties; neighbours of one object share its identifier."""
    return OctetsRequest(READ_MULTIPLE, _asked(tuple(keys)))


@lru_cache(maxsize=1024)
def _asked(keys: tuple[Key, ...]) -> bytes:
    parts = bytearray()
    for target, group in groupby(keys, key=lambda key: key.target):
        parts += _object(target)
        for key in group:
            parts += _reference(0, key.name, key.place)
        parts.append(_LIST_END)
    return bytes(parts)


def write_request(writes: Iterable[OctetWrite]) -> OctetsRequest:
    """The request for these writes, in their order."""
    parts = bytearray()
    for target, group in groupby(writes, key=lambda sent: sent.key.target):
        parts += _object(target)
        for sent in group:
            parts += _reference(0, sent.key.name, sent.key.place) + _VALUE + sent.value + _VALUE_END
            if sent.priority is not None:
                parts += unsigned(3, sent.priority)
        parts.append(_LIST_END)
    return OctetsRequest(WRITE_MULTIPLE, bytes(parts))


@lru_cache(maxsize=4096)
def _object(target: int) -> bytes:
    return bytes((_OBJECT,)) + target.to_bytes(4) + bytes((_LIST,))


@lru_cache(maxsize=4096)
def _reference(first: int, name: int, place: int | None) -> bytes:
    return unsigned(first, name) + (b"" if place is None else unsigned(first + 1, place))


def results_of(octets: bytes) -> Iterator[OctetResult]:
    """The results in the answer to a read (ASHRAE 135, 15.7.3.2).

    Raises ValueError for what is no such answer, wherever in it that shows.
    """
    at = 0
    while at < len(octets):
        target = _expected(octets, at, _OBJECT, 4)
        at = _single(octets, at + 5, _LIST)
        while octets[at : at + 1] != bytes((_LIST_END,)):
            result, at = _result(octets, at, target)
            yield result
        at += 1


def _result(octets: bytes, at: int, target: int) -> tuple[OctetResult, int]:
    name, at = _number(octets, at, _NAME)
    place: int | None = None
    if at < len(octets) and 0 < octets[at] - _PLACE <= _LONGEST_NUMBER:
        place, at = _number(octets, at, _PLACE)
    key = Key(target, name, place)
    kind = octets[at] if at < len(octets) else -1
    if kind == _TOLD:
        end = behind_closing(octets, at + 1, _TOLD_END)
        return OctetResult(key, octets[at + 1 : end - 1], None), end
    at = _single(octets, at, _REFUSED)
    group, at = _number(octets, at, _ENUMERATED)
    code, at = _number(octets, at, _ENUMERATED)
    return OctetResult(key, b"", (group, code)), _single(octets, at, _REFUSED_END)


def _number(octets: bytes, at: int, kind: int) -> tuple[int, int]:
    length = octets[at] - kind if at < len(octets) else 0
    end = at + 1 + length
    if not 1 <= length <= _LONGEST_NUMBER or end > len(octets):
        raise ValueError(f"octet {at} is not what an answer has there")
    return int.from_bytes(octets[at + 1 : end]), end


def _expected(octets: bytes, at: int, first: int, length: int) -> int:
    content = octets[at + 1 : at + 1 + length]
    if octets[at] != first or len(content) != length:
        raise ValueError(f"octet {at} is not what an answer has there")
    return int.from_bytes(content)


def _single(octets: bytes, at: int, wanted: int) -> int:
    if octets[at : at + 1] != bytes((wanted,)):
        raise ValueError(f"octet {at} is not what an answer has there")
    return at + 1
