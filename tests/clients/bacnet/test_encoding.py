"""Python values as BACnet has them, without a network."""

from __future__ import annotations

import pytest
from bacpypes3.primitivedata import (
    CharacterString,
    Null,
    ObjectType,
    PropertyIdentifier,
    Real,
    Unsigned,
)

from clients.bacnet.encoding import encode
from clients.bacnet.names import property_identifier
from clients.bacnet.results import BacnetValue

ANALOG = ObjectType("analog-value")
PRESENT = PropertyIdentifier("present-value")


@pytest.mark.parametrize("text", [None, "null", "NULL", " null "])
def test_null_is_written_as_null(text: str | None) -> None:
    assert isinstance(encode(text, ANALOG, PRESENT), Null)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("units", "pascals", "pascals"),
        ("description", "text", "text"),
        ("out-of-service", "true", "1"),
        ("cov-increment", "0.5", "0.5"),
        ("time-delay", 5, "5"),
    ],
)
def test_other_properties_are_encoded_in_their_type(name: str, value: BacnetValue, expected: str) -> None:
    encoded = encode(value, ANALOG, property_identifier(name))
    assert str(encoded) == expected or str(float(encoded)) == expected or str(int(encoded)) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [("units", "parsecs per fortnight"), ("description", 5.0), ("time-delay", -1), ("event-enable", (1, 2))],
)
def test_what_does_not_fit_a_property_is_refused(name: str, value: BacnetValue) -> None:
    with pytest.raises(ValueError, match=r"does not fit|not a whole number"):
        encode(value, ANALOG, property_identifier(name))


@pytest.mark.parametrize(("value", "kind"), [(1.5, Real), (7, Unsigned), ("x", CharacterString)])
def test_a_vendors_own_property_is_written_in_the_values_type(value: BacnetValue, kind: type) -> None:
    assert isinstance(encode(value, ANALOG, PropertyIdentifier(600)), kind)
