from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pint
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from utils import unit_conversion
from utils.unit_conversion import Conversion, UnitConverter, UnitError, from_bacnet, same_unit, to_bacnet

ROOT = Path(unit_conversion.__file__).parent.parent
TABLE = Path(unit_conversion.__file__).with_name("pint_registry.yaml")


@pytest.fixture(scope="module")
def converter() -> UnitConverter:
    return UnitConverter()


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        (294.15, "K", "degC", 21.0),
        (294.15, "K", "degF", 69.8),
        (0.0, "°C", "°F", 32.0),
        (55.0, "degF", "K", 285.92777777777775),
        (0.63, "dimensionless", "percent", 63.0),
        (63.0, "%", "1", 0.63),
        (1.0, "m3/s", "cfm", 2118.8800032893155),
        (2.38176, "m**3/s", "ft**3/min", 5046.66),
        (1.0, "cubic_meter_per_second", "cubic_foot_per_minute", 2118.8800032893155),
        (1.0, "m^3/s", "L/s", 1000.0),
        (249.0889, "pascal", "inH2O", 1.0),
        (1.0, "in.w.c.", "Pa", 249.0889),
        (1.0, "gpm", "l/s", 0.0630902),
        (1.0, "tons of refrigeration", "kW", 3.516853),
        (1.0, "MBH", "W", 293.0711),
        (1.0, "kWh/m2", "kBtu/ft**2", 0.316998),
        (10.0, "W/m2", "W/ft2", 0.9290304),
        (770.0, "ppm", "percent", 0.077),
        (1.0, "fc", "lux", 10.7639104),
        (180.0, "degree", "rad", 3.141592653589793),
        (5.0, "delta_degC", "delta_degF", 9.0),
        (9.0, "delta_degF", "K", 5.0),
    ],
)
def test_values_convert_to_what_the_handbook_says(
    converter: UnitConverter, value: float, from_unit: str, to_unit: str, expected: float
) -> None:
    assert converter.convert(value, from_unit, to_unit) == pytest.approx(expected, rel=2e-6)


def test_a_fraction_becomes_its_percent_to_the_last_digit(converter: UnitConverter) -> None:
    assert converter.convert(0.63, "dimensionless", "percent") == 63.0
    assert converter.convert(100.0, "percent", "1") == 1.0


def test_slope_and_offset_are_the_nearest_doubles(converter: UnitConverter) -> None:
    assert converter.conversion("K", "degF") == Conversion(slope=1.8, offset=-459.67)
    assert converter.conversion("degC", "K") == Conversion(slope=1.0, offset=273.15)
    assert converter.conversion("m**3/s", "ft**3/min") == Conversion(
        slope=float(60 / Decimal("0.3048") ** 3), offset=0.0
    )


@given(st.floats(min_value=150.0, max_value=500.0))
def test_a_temperature_survives_the_round_trip(kelvin: float) -> None:
    there, back = UnitConverter().conversion("K", "degF"), UnitConverter().conversion("degF", "K")
    assert back(there(kelvin)) == pytest.approx(kelvin, rel=1e-15, abs=2e-13)


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("cfm", "ft**3/min"),
        ("CFM", "ft**3/min"),
        ("ft3/min", "ft**3/min"),
        ("GPM", "gallon/minute"),
        ("inWC", "inH2O"),
        ('"w.c.', "inH2O"),
        ("in wc", "inH2O"),
        ("C", "degC"),
        ("F", "degF"),
        ("°C", "degC"),
        ("℉", "degF"),
        ("CELSIUS", "degC"),
        ("Fahrenheit", "degF"),
        ("Kelvin", "K"),
        ("RH", "percent"),
        ("%RH", "percent"),
        ("1", "dimensionless"),
        ("ton_TR", "refrigeration_ton"),
        ("BTU/h", "Btu/h"),
        ("btu/hr", "Btu/h"),
        ("KW", "kilowatt"),
        ("kPA", "kilopascal"),
        ("m³/s", "m**3/s"),
        ("  m3/s ", "m**3/s"),
        ("number of people", "dimensionless"),
        ("kgCO2/kWh", "kg/kWh"),
        ("($/Euro)/kWh", "1/kWh"),
    ],
)
def test_what_people_write_is_understood(converter: UnitConverter, written: str, same_as: str) -> None:
    assert converter.parse(written) == converter.parse(same_as)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("cubic_metre_per_secnd", "'cubic_metre_per_second'"),
        ("degres_celsius", "'degrees_celsius'"),
        ("pasacl", "'pasc"),
    ],
)
def test_an_unknown_unit_is_refused_with_the_nearest_spelling(converter: UnitConverter, text: str, hint: str) -> None:
    with pytest.raises(UnitError, match=f"'{text}' is not a known unit, did you mean {hint}"):
        converter.parse(text)


@pytest.mark.parametrize("text", ["", " ", "(", "2*m", "m+s", "$", "m**", "m/0", "\0", "°°", "9**9**9*m"])
def test_a_text_that_is_no_unit_is_refused_in_our_own_words(converter: UnitConverter, text: str) -> None:
    with pytest.raises(UnitError, match="is not a known unit"):
        converter.parse(text)


@given(st.text(alphabet="abcmKs°%/*()^. 123-+$\"'#@[]{}", max_size=8).filter(lambda text: "**" not in text))
def test_any_text_is_a_unit_or_a_unit_error(text: str) -> None:
    with contextlib.suppress(UnitError):
        UnitConverter().parse(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("K", "Pa"), ("m3/s", "kg/s"), ("rad", "percent"), ("rpm", "Hz"), ("degC", "delta_degC"), ("dBm", "W")],
)
def test_units_of_different_quantities_do_not_convert(converter: UnitConverter, one: str, other: str) -> None:
    assert not converter.compatible(one, other)
    with pytest.raises(UnitError, match=f"'{one}' cannot be converted to '{other}'"):
        converter.convert(1.0, one, other)


def test_asking_about_an_unknown_unit_is_an_error_rather_than_a_no(converter: UnitConverter) -> None:
    with pytest.raises(UnitError, match="not a known unit"):
        converter.compatible("K", "degX")


@pytest.mark.parametrize(
    ("units", "zero"),
    [
        (("K", "degC"), 0.0),
        (("degC", "K"), -273.15),
        (("degF",), -459.67),
        (("degC", None), -273.15),
        (("K", "K"), None),
        (("K", None), None),
        (("delta_degC", "delta_degF"), None),
        (("degR", "K"), None),
        (("Pa", "psi"), None),
        ((None, None), None),
    ],
)
def test_absolute_zero_is_known_where_a_unit_has_an_offset(
    converter: UnitConverter, units: tuple[str | None, ...], zero: float | None
) -> None:
    found = converter.absolute_zero(*units)
    assert found == (None if zero is None else pytest.approx(zero))


def test_the_list_names_built_in_units_and_aliases(converter: UnitConverter) -> None:
    units = converter.list_units()
    assert {"kelvin", "degF", "pascal", "cfm", "in.w.c.", "tons of refrigeration"} <= set(units)
    assert units == sorted(set(units))


def test_every_listed_unit_can_be_parsed(converter: UnitConverter) -> None:
    for name in converter.list_units():
        converter.parse(name)


def test_nothing_of_pint_is_redefined(caplog: pytest.LogCaptureFixture, table: dict[str, dict[str, str]]) -> None:
    unit_conversion._registry.cache_clear()
    unit_conversion._read.cache_clear()
    unit_conversion._differ_by.cache_clear()
    with caplog.at_level(logging.DEBUG):
        converter = UnitConverter()
        plain: pint.UnitRegistry[float] = pint.UnitRegistry()
        for name in ("cfm", "m3/s", "degF", *table["bacnet"].values()):
            converter.parse(name)
        for name in set(converter.list_units()) - set(table["aliases"]):
            assert str(converter.parse(name)) == str(plain.parse_units(name))
    assert not [record for record in caplog.records if "edefin" in record.getMessage()]


def test_no_key_of_the_table_is_written_twice(table: dict[str, dict[str, str]]) -> None:
    root = yaml.compose(TABLE.read_text(encoding="utf-8"))
    assert isinstance(root, yaml.MappingNode)
    for name, section in root.value:
        assert len(section.value) == len(table[name.value])


def test_pint_is_imported_only_when_the_first_unit_is_needed() -> None:
    code = (
        "import sys, json; from utils.unit_conversion import UnitConverter, from_bacnet; c = UnitConverter();"
        "from_bacnet('percent'); before = 'pint' in sys.modules; c.parse('K');"
        "print(json.dumps([before, 'pint' in sys.modules]))"
    )
    output = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert json.loads(output.stdout) == [False, True]


def test_every_bacnet_unit_has_a_unit_that_comes_back_as_it_or_as_its_equal(table: dict[str, dict[str, str]]) -> None:
    for name, unit in table["bacnet"].items():
        found = to_bacnet(unit)
        assert found is not None
        assert same_unit(table["bacnet"][found], unit), name


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("degrees-celsius", "degC"),
        ("degreesFahrenheit", "degF"),
        ("Cubic Feet per Minute", "cfm"),
        ("cubic-meters-per-second", "m3/s"),
        ("INCHES_OF_WATER", "inH2O"),
        ("liters-per-second", "L/s"),
        ("parts-per-million", "ppm"),
        ("percent-relative-humidity", "%"),
        ("noUnits", "1"),
        ("btus-per-hour", "Btu/h"),
        ("delta-degrees-fahrenheit", "delta_degF"),
    ],
)
def test_bacnet_units_are_read_in_every_spelling_of_a_controller(text: str, unit: str) -> None:
    pint_text = from_bacnet(text)
    assert pint_text is not None
    assert same_unit(pint_text, unit)


def test_an_unknown_bacnet_unit_is_left_to_the_caller() -> None:
    assert from_bacnet("furlongs-per-fortnight") is None


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("degC", "degrees-celsius"),
        ("K", "degrees-kelvin"),
        ("delta_degC", "delta-degrees-kelvin"),
        ("percent", "percent"),
        ("dimensionless", "no-units"),
        ("cfm", "cubic-feet-per-minute"),
        ("ft**3/min", "cubic-feet-per-minute"),
        ("dm**3/s", "liters-per-second"),
        ("Pa", "pascals"),
        ("inH2O", "inches-of-water"),
        ("rad", "radians"),
        ("W/m2", "watts-per-square-meter"),
        ("kg/s", "kilograms-per-second"),
        ("meter**3/kilogram", None),
    ],
)
def test_units_are_told_in_bacnet_words_where_there_are_any(unit: str, text: str | None) -> None:
    assert to_bacnet(unit) == text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("degC", "°C", True),
        ("L/s", "dm**3/s", True),
        ("degC", "degF", False),
        ("degC", "K", False),
        ("percent", "1", False),
        ("degC", "delta_degC", False),
        ("Pa", "K", False),
    ],
)
def test_one_dimension_is_not_yet_one_unit(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same
