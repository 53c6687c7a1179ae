"""ASHRAE's names of objects and properties, and the addresses of devices, between text and what BACpypes3 wants.

A text that is none of them is a :class:`utils.errors.ConfigError`: whoever wrote it has to mend it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bacpypes3.constructeddata import Array
from bacpypes3.pdu import Address, IPv4Address
from bacpypes3.primitivedata import ObjectIdentifier, PropertyIdentifier, Unsigned
from bacpypes3.primitivedata import ObjectType as BacnetType
from bacpypes3.vendor import get_vendor_info

from clients.bacnet.results import ObjectLike
from utils.bacnet import SCHEME, kebab_type, object_type
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean
from utils.values import AnyObjectType, ObjectRef, ObjectType

WILDCARD_DEVICE = ObjectIdentifier("device,4194303")
"""Every device answers to this instance as to its own."""

_ADDRESS = re.compile(r"(\d{1,5}:)?\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\d{1,5}:(\d{1,3}|0x([0-9a-fA-F]{2})+)")
_HIGHEST_PORT = 65535
_ADDRESS_FORMS = "write 192.168.0.122, 192.168.0.122:47809, or 5:12 for station 12 of network 5"
_OBJECT_FORM = "write a type and an instance, as in analog-input,1 or AI,1"


def _kebab(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text.strip()).lower()


@lru_cache(maxsize=1024)
def bacnet_type_of(kind: AnyObjectType) -> BacnetType:
    """One of our types as BACpypes3 has it."""
    name = kebab_type(kind)
    return BacnetType(int(name)) if name.isdecimal() else BacnetType(name)


@lru_cache(maxsize=1024)
def type_of(bacnet: BacnetType) -> AnyObjectType:
    """One of BACpypes3's types as ours."""
    return object_type(str(bacnet))


OBJECT_TYPES = {bacnet_type_of(ours): ours for ours in ObjectType}
"""Those that configs know points of."""


@lru_cache(maxsize=4096)
def object_identifier(name: ObjectLike) -> ObjectIdentifier:
    """``analog-input,1`` (a colon, ``AI`` or the spelling ``analogInput`` will do). Raises ConfigError."""
    if isinstance(name, ObjectRef):
        return ObjectIdentifier((bacnet_type_of(name.bacnet_type), name.instance))
    kind, separator, instance = name.replace(":", ",").partition(",")
    if not separator or not instance.strip().isdecimal():
        raise ConfigError([Problem(f"object {name!r}", _OBJECT_FORM)])
    try:
        numbered = BacnetType(int(kind)) if kind.strip().isdecimal() else bacnet_type_of(object_type(kind))
        return ObjectIdentifier((numbered, int(instance)))
    except ValueError as error:
        raise ConfigError([Problem(f"object {name!r}", f"{error}; {_OBJECT_FORM}")]) from None


@lru_cache(maxsize=1024)
def property_identifier(name: str) -> PropertyIdentifier:
    """``present-value``, or a property's number. Raises ConfigError."""
    kind = _kebab(name)
    try:
        return PropertyIdentifier(int(kind)) if kind.isdecimal() else PropertyIdentifier(kind)
    except ValueError:
        guess = did_you_mean(kind, [name for name in PropertyIdentifier._enum_map if name == name.lower()])
        raise ConfigError([Problem(f"property {name!r}", f"there is no such property{guess}")]) from None


def ref_of(identifier: ObjectIdentifier) -> ObjectRef:
    """The object as one of ours."""
    return ObjectRef(type_of(identifier[0]), identifier[1])


@lru_cache(maxsize=1024)
def station(address: str) -> Address:
    """The address of one device, with or without ``bacnet://``. Raises ConfigError."""
    text = address.removeprefix(SCHEME)
    try:
        if not _ADDRESS.fullmatch(text):
            raise ValueError
        found = Address(text)
        if (socket_of(found) or ("", 0))[1] > _HIGHEST_PORT:
            raise ValueError
        return found
    except ValueError:
        raise ConfigError([Problem(f"BACnet address {address!r}", _ADDRESS_FORMS)]) from None


def device_key(address: str | Address) -> str:
    """``bacnet://192.168.0.122``: how ledgers and messages name a device. Raises ConfigError."""
    return f"{SCHEME}{station(address) if isinstance(address, str) else address}"


def is_bacnet(device: str) -> bool:
    """Whether a device of the ledger is one that BACnet reaches."""
    return device.startswith(SCHEME)


def socket_of(address: Address) -> tuple[str, int] | None:
    """Host and UDP port of a device that no router stands before."""
    return address.addrTuple if isinstance(address, IPv4Address) else None


@lru_cache(maxsize=4096)
def datatype(object_type: BacnetType, name: PropertyIdentifier, index: int | None) -> type | None:
    """BACpypes3's class of a property or an array's element; None for what the standard does not define."""
    object_class = get_vendor_info(0).get_object_class(object_type)
    found: Any = object_class.get_property_type(name) if object_class else None
    if found is not None and index is not None and issubclass(found, Array):
        found = Unsigned if index == 0 else found._subtype
    kind: type | None = found
    return kind


def has_property(object_type: BacnetType, name: str) -> bool:
    """Whether the standard knows the property of such objects."""
    return datatype(object_type, property_identifier(name), None) is not None


def may_be_commanded(object_type: BacnetType) -> bool:
    """Whether such objects have, or may have, a priority array: nobody knows of a vendor's own."""
    return not type_of(object_type).is_input


def may_have(object_type: BacnetType, name: str) -> bool:
    """Whether such objects may have a property: the standard does not say that they lack it."""
    return has_property(object_type, name) or not is_standard(object_type)


def is_standard(object_type: BacnetType) -> bool:
    """Whether the standard says what such objects have."""
    return get_vendor_info(0).get_object_class(object_type) is not None
