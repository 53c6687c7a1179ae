"""Names of objects, and addresses of devices."""

from __future__ import annotations

import pytest
from bacpypes3.primitivedata import ObjectType

from clients.bacnet.names import (
    bacnet_type_of,
    device_key,
    has_property,
    is_bacnet,
    may_be_commanded,
    object_identifier,
    ref_of,
    station,
)
from utils.bacnet import kebab_type, object_type
from utils.errors import ConfigError
from utils.values import ObjectRef
from utils.values import ObjectType as OurType

STANDARD_TYPES = [name for name in ObjectType._enum_map if name == name.lower()]


@pytest.mark.parametrize(
    ("short", "whole"),
    [("BV", "binary-value"), ("AO", "analog-output"), ("MSI", "multi-state-input"), ("MV", "multi-state-value")],
)
def test_types_may_be_written_as_on_drawings(short: str, whole: str) -> None:
    assert str(object_identifier(f"{short},7")) == f"{whole},7"


@pytest.mark.parametrize(
    "text", ["analog-input,1", "analog-input:1", "analogInput,1", "AnalogInput,1", "0,1", "AI,1", "ai:1"]
)
def test_an_object_may_be_spelled_in_several_ways(text: str) -> None:
    identifier = object_identifier(text)
    assert str(identifier) == "analog-input,1"
    assert ref_of(identifier) == ObjectRef(OurType.ANALOG_INPUT, 1)
    assert str(ref_of(object_identifier("device,1"))) == "Device 1"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("192.168.0.122", "bacnet://192.168.0.122"),
        ("192.168.0.122:47808", "bacnet://192.168.0.122"),
        ("bacnet://192.168.0.122:47809", "bacnet://192.168.0.122:47809"),
        ("5:12", "bacnet://5:12"),
        ("5:192.168.0.5", "bacnet://5:192.168.0.5"),
    ],
)
def test_a_device_has_one_key_however_its_address_is_spelled(text: str, key: str) -> None:
    assert device_key(text) == key
    assert device_key(key) == key
    assert is_bacnet(key)
    assert not is_bacnet("192.168.0.122:443")


@pytest.mark.parametrize("text", ["*", "5:*", "*:*", "10", "host", "192.168.0.1:99999", "99999:1", "1:300", ""])
def test_what_is_not_one_device_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError):
        station(text)


def test_every_type_that_the_stack_knows_is_one_of_ours() -> None:
    for name in STANDARD_TYPES:
        assert kebab_type(object_type(name)) == name
        assert str(bacnet_type_of(object_type(name))) == name


def test_what_has_a_priority_array_by_the_standard_can_be_commanded() -> None:
    commandable = [name for name in STANDARD_TYPES if may_be_commanded(ObjectType(name))]
    assert commandable == [name for name in STANDARD_TYPES if has_property(ObjectType(name), "priority-array")]
    assert len(commandable) == 21
    assert may_be_commanded(ObjectType(128))


@pytest.mark.parametrize("text", ["128", "Type128", "type128"])
def test_a_vendors_own_type_is_known_by_its_number(text: str) -> None:
    assert object_type(text) == "Type128"
    assert str(object_identifier(ObjectRef(object_type(text), 3))) == "128,3"


@pytest.mark.parametrize("text", ["1024", "Type5", "thing", ""])
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="there is no object type"):
        object_type(text)
