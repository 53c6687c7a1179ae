"""Requests out of octets, all of them or none (ASHRAE 135, clauses 18.9 and 20.2.1).

BACpypes3 leaves out what it does not understand, and takes a value that has no end; a controller rejects both.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from bacpypes3.apdu import APDU
from bacpypes3.constructeddata import ExtendedList
from bacpypes3.constructeddata import Sequence as Parameters
from bacpypes3.errors import (
    InvalidParameterDatatype,
    InvalidTag,
    MissingRequiredParameter,
    RejectException,
    TooManyArguments,
)
from bacpypes3.primitivedata import Tag, TagClass, TagList

from emulators.ecy.bacnet.wire.multiple import usual_request
from emulators.ecy.bacnet.wire.values import Element, Request

MALFORMED = (RejectException, ValueError, TypeError, LookupError, AttributeError, struct.error)
"""How BACpypes3 says that it cannot decode something."""


def request_from(apdu: APDU, kind: type[APDU]) -> Request:
    """The parameters of a request. Raises RejectException."""
    usual = usual_request(apdu, kind)
    if usual is not None:
        return usual
    tags = TagList.decode(apdu)
    if not _is_balanced(tags):
        raise InvalidTag("what is opened is not closed")
    try:
        request = Parameters.decode(tags, class_=kind)
        if tags:
            _raise_for(kind, tags)
    except AttributeError as error:
        raise MissingRequiredParameter(str(error)) from error
    except RejectException:
        raise
    except MALFORMED as error:
        raise InvalidParameterDatatype(str(error)) from error
    request.update(apdu)
    return request


def _raise_for(kind: Element, tags: TagList) -> None:
    """Why there are tags left: a list ends silently before the first member that is incomplete."""
    last = kind._elements[kind._order[-1]]
    if issubclass(last, ExtendedList):
        last._subtype.decode(tags)
    raise TooManyArguments(f"{len(tags)} tags left")


def _is_balanced(tags: Sequence[Tag]) -> bool:
    waiting = []
    for tag in tags:
        if tag.tag_class == TagClass.opening:
            waiting.append(tag.tag_number)
        elif tag.tag_class == TagClass.closing and (not waiting or tag.tag_number != waiting.pop()):
            return False
    return not waiting
