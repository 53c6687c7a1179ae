"""Tags of BACnet's encoding, written and read without making an object of each (ASHRAE 135, clause 20.2)."""

from __future__ import annotations

from typing import NamedTuple

_EXTENDED = 15
_NUMBER, _LENGTH = 0xF0, 0x07
CONTEXT = 0x08
OPENING, CLOSING = 0x0E, 0x0F
_LONGER = 5
_WIDTHS = {254: 2, 255: 4}
"""Octets of a length, by the octet that stands before them; any other is the length itself."""
_BOOLEAN = 0x10
_OTHERWISE = frozenset({_BOOLEAN, _EXTENDED << 4})
"""Numbers in whose first octet something else stands than the length."""


class Head(NamedTuple):
    """A tag: its first octet without the length, where its content begins, and what comes behind that."""

    kind: int
    """Number and class of a primitive tag as in its first octet; of one that opens or closes, all of that."""
    begin: int
    end: int


def head(octets: bytes, at: int) -> Head:
    """The tag that begins at ``at``. Raises ValueError where it is cut off, or has a number that no request has."""
    if at >= len(octets):
        raise ValueError("a tag is missing")
    first = octets[at]
    if first & _NUMBER == _EXTENDED << 4:
        raise ValueError("a tag with a long number")
    low = first & 0x0F
    if low in (OPENING, CLOSING):
        return Head(first, at + 1, at + 1)
    length, begin = first & _LENGTH, at + 1
    if length > _LONGER:
        raise ValueError("a tag of no known form")
    kind = first & ~_LENGTH
    if kind == _BOOLEAN:  # its value is where others have their length
        return Head(kind, begin, begin)
    if length == _LONGER:
        length, begin = _long_length(octets, begin)
    if begin + length > len(octets):
        raise ValueError("a value is cut off")
    return Head(kind, begin, begin + length)


def _long_length(octets: bytes, at: int) -> tuple[int, int]:
    if at >= len(octets):
        raise ValueError("a length is cut off")
    width = _WIDTHS.get(octets[at], 0)
    if not width:
        return octets[at], at + 1
    return int.from_bytes(octets[at + 1 : at + 1 + width]), at + 1 + width


def behind_closing(octets: bytes, at: int, closing: int) -> int:
    """Where the values end that begin at ``at``: behind the closing tag of theirs, whatever is nested in them.

    Raises ValueError where they have no end.
    """
    first = octets[at] if at < len(octets) else 0
    end = at + 1 + (first & _LENGTH)
    is_short = not first & CONTEXT and first & _LENGTH < _LONGER and first & _NUMBER not in _OTHERWISE
    if is_short and octets[end : end + 1] == bytes((closing,)):
        return end + 1  # one short value, as nearly always
    inside = [closing]
    while inside:
        tag = head(octets, at)
        at = tag.end
        low = tag.kind & 0x0F
        if low == OPENING:
            inside.append(tag.kind + 1)
        elif low == CLOSING and inside.pop() != tag.kind:
            raise ValueError("a closing tag closes nothing")
    return at


def unsigned(number: int, value: int) -> bytes:
    """A whole number in the context tag of this number."""
    width = max(1, (value.bit_length() + 7) // 8)
    return bytes((number << 4 | CONTEXT | width,)) + value.to_bytes(width)


def opening(number: int) -> int:
    """The octet that opens this number."""
    return number << 4 | OPENING


def closing(number: int) -> int:
    """The octet that closes this number."""
    return number << 4 | CLOSING
