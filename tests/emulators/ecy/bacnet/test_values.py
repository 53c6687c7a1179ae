"""What stands behind the wire, without a wire."""

from __future__ import annotations

import pytest
from bacpypes3.basetypes import EngineeringUnits
from bacpypes3.primitivedata import CharacterString, Real, Tag, TagClass, TagNumber, Unsigned

from emulators.ecy.bacnet.wire.units import check_units, increment_of, units_of
from emulators.ecy.bacnet.wire.values import Encoded, decoded_number, decoded_real, decoded_text, is_null, text_of
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.refusals import Refusal
from emulators.programs.application import standard_application
from utils.values import ObjectRef, ObjectType


def tags_of(*values: object) -> list[Tag]:
    return list(Encoded(values).encode())


def analog(units: str | None, increment: float | None = None) -> BacnetObject:
    return BacnetObject(ObjectRef(ObjectType.ANALOG_VALUE, 1), "x", units=units, cov_increment=increment)


def test_two_values_are_not_one() -> None:
    with pytest.raises(Refusal, match="Invalid Data Type"):
        decoded_real(tags_of(Real(1.0), Real(2.0)))
    assert not is_null([])


def test_a_real_of_another_length_is_none() -> None:
    with pytest.raises(Refusal, match="2 octets"):
        decoded_real([Tag(TagClass.application, TagNumber.real, 2, b"\x00\x00")])


def test_text_in_an_unknown_encoding_is_refused() -> None:
    broken = Tag(TagClass.application, TagNumber.characterString, 3, b"\x03\xff\xff")
    with pytest.raises(Refusal, match="encoding"):
        decoded_text([broken])


def test_a_large_state_number_is_read_whole() -> None:
    assert decoded_number(ObjectType.MULTI_STATE_VALUE, tags_of(Unsigned(70_000))) == 70_000.0


def test_what_was_written_is_kept_as_text() -> None:
    assert text_of(tags_of(CharacterString("Hall"))) == "Hall"


def test_the_increment_follows_the_unit_until_it_is_written() -> None:
    assert increment_of(analog("pascals")) == 1.0
    assert increment_of(analog("kilograms-per-second")) == 0.001
    assert increment_of(analog(None)) == 0.1
    assert increment_of(analog("pascals", 0.0)) == 0.0


def test_an_object_without_units_has_no_units() -> None:
    assert units_of(None) == EngineeringUnits("no-units")
    assert units_of("bananas") == EngineeringUnits("no-units")
    check_units([analog(None), analog("no-units"), analog("percent")])


@pytest.mark.parametrize("system", ["SI", "US"])
def test_bacnet_knows_the_units_of_every_standard_application(system: str) -> None:
    for name in ("AHU", "VAV_Core", "PLANT", "ENERGY"):
        program = standard_application(name, system)  # type: ignore[arg-type]
        for spec in program.objects if program else ():
            assert spec.units is None or EngineeringUnits(spec.units) == units_of(spec.units)
