"""What a device's answer says, in BACpypes3's classes; an answer of many properties stays what it is, octets."""

from __future__ import annotations

from enum import IntEnum

from bacpypes3.apdu import APDU, APCISequence, ComplexAckPDU, Error, ErrorPDU

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.octets.services import READ_MULTIPLE

_EXTENDED_NUMBER = 15
_CLASS_AND_LENGTH, _CONTEXT, _LENGTH, _LONGER = 0x0F, 0x08, 0x07, 5


class _Octet(IntEnum):
    """The low half of a tag's first octet that stands around other tags."""

    OPENING = 0x0E
    CLOSING = 0x0F


def in_words(apdu: APDU) -> APDU:
    """An answer to a request of ours. One that cannot be read is a refusal, not silence."""
    if not isinstance(apdu, ComplexAckPDU | ErrorPDU):
        return apdu
    try:
        return _read(apdu)
    except (*UNREADABLE, RuntimeError):  # it says so of an acknowledgement of a service that has none
        return Error(
            service_choice=apdu.apduService,
            errorClass="communication",
            errorCode="invalid-tag",
            invoke_id=apdu.apduInvokeID,
            source=apdu.pduSource,
        )


def _read(apdu: APDU) -> APDU:
    """An answer. Raises one of UNREADABLE: BACpypes3 takes one that is cut off behind a value as whole.

    Who reads many properties at once asks for octets, and reads them himself.
    """
    if not is_closed(apdu.pduData):
        raise ValueError("a tag that is open at the end")
    if isinstance(apdu, ComplexAckPDU) and apdu.apduService == READ_MULTIPLE:
        return apdu
    return APCISequence.decode(apdu)


def is_closed(octets: bytes) -> bool:
    """Whether every tag that is opened is closed, and nothing is cut off (clause 20.2.1); without making the tags."""
    inside: list[int] = []
    at = 0
    while at < len(octets):
        first, at = octets[at], at + 1
        number = first >> 4
        if number == _EXTENDED_NUMBER:
            number, at = octets[at] if at < len(octets) else -1, at + 1
        match first & _CLASS_AND_LENGTH:
            case _Octet.OPENING:
                inside.append(number)
            case _Octet.CLOSING if not inside or inside.pop() != number:
                return False
            case _Octet.CLOSING:
                pass
            case kind:
                at = _behind(octets, at, is_boolean=number == 1 and kind < _CONTEXT, length=kind & _LENGTH)
    return at == len(octets) and not inside


def _behind(octets: bytes, at: int, *, is_boolean: bool, length: int) -> int:
    """Where a primitive value ends whose content, or whose longer length, begins here."""
    if is_boolean:  # its value is where others have their length
        return at
    if length < _LONGER:
        return at + length
    size = octets[at] if at < len(octets) else 0
    width = {254: 2, 255: 4}.get(size, 0)
    return at + 1 + width + (int.from_bytes(octets[at + 1 : at + 1 + width]) if width else size)
