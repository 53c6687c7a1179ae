"""From octets to requests, as strict as the standard: what cannot be read has a reason (ASHRAE 135, clause 18.9)."""

from __future__ import annotations

from collections.abc import Iterable

from bacpypes3.apdu import APDU
from bacpypes3.constructeddata import ExtendedList, Sequence
from bacpypes3.errors import (
    InvalidParameterDatatype,
    InvalidTag,
    MissingRequiredParameter,
    RejectException,
    TooManyArguments,
)
from bacpypes3.primitivedata import Tag, TagClass, TagList

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.results import Untyped


def decoded(apdu: APDU, kind: type[APDU]) -> APDU:
    """The request that these octets are. Raises RejectException."""
    tags = TagList.decode(apdu)
    _check_nesting(tags)
    try:
        request = Sequence.decode(tags, class_=kind)
        _check_list(kind, tags)
    except RejectException:
        raise
    except AttributeError as error:  # so BACpypes3 says that a part is missing
        raise MissingRequiredParameter(str(error)) from error
    except UNREADABLE as error:
        raise InvalidParameterDatatype(str(error)) from error
    if tags:
        raise TooManyArguments(f"{len(tags)} tags too many")
    request.update(apdu)
    return request


def _check_list(kind: Untyped, rest: TagList) -> None:
    """A list that a request ends with is read up to the first element that cannot be: here is why it cannot."""
    last = kind._elements[kind._order[-1]]
    if rest and issubclass(last, ExtendedList):
        last._subtype.decode(rest)


def _check_nesting(tags: Iterable[Tag]) -> None:
    """What is opened is closed, in order: BACpypes3 reads an open end as the end of a value."""
    inside: list[int] = []
    for tag in tags:
        if tag.tag_class == TagClass.opening:
            inside.append(tag.tag_number)
        elif tag.tag_class == TagClass.closing and (not inside or inside.pop() != tag.tag_number):
            raise InvalidTag(f"closing tag {tag.tag_number} closes nothing")
    if inside:
        raise InvalidTag(f"opening tag {inside[-1]} is not closed")
