"""JSON as JavaScript reads and prints it."""

from __future__ import annotations

import json
from array import array

import pytest

from emulators.boptest.dialects.javascript import JsonSyntaxError, number_text, parse, stringify


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3600.0, "3600"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (-273.15, "-273.15"),
        (1e-5, "0.00001"),
        (1.5e-6, "0.0000015"),
        (1.5e-7, "1.5e-7"),
        (1e16, "10000000000000000"),
        (1e21, "1e+21"),
        (-2.5e-10, "-2.5e-10"),
        (float("nan"), "null"),
        (float("-inf"), "null"),
    ],
)
def test_a_float_is_printed_as_by_javascript(value: float, text: str) -> None:
    assert number_text(value) == text


def test_a_value_of_every_kind_is_printed_without_blanks() -> None:
    value = {"a": [1, 2.0, None, True, False], "ü\n": array("d", [0.5, 3.0]), "t": ("x",)}
    assert stringify(value) == '{"a":[1,2,null,true,false],"ü\\n":[0.5,3],"t":["x"]}'
    assert json.loads(stringify(value))["ü\n"] == [0.5, 3]


def test_whole_numbers_are_read_as_integers_and_large_ones_as_floats() -> None:
    values = parse("[2.0, 1e3, 0.5, -7, 1e300]")
    assert [repr(value) for value in values] == ["2", "1000", "0.5", "-7", "1e+300"]


def test_infinity_is_read_as_text_after_a_blank() -> None:
    assert parse('{"a": Infinity, "b": -Infinity}') == {"a": "Infinity", "b": "-Infinity"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"step": 60', "Expected ',' or '}' after property value in JSON at position 11"),
        ("[1, 2", "Expected ',' or ']' after array element in JSON at position 5"),
        ('{"a": [1] 2}', "Expected ',' or '}' after property value in JSON at position 10"),
        ("", "Unexpected end of JSON input"),
        ('{"a":', "Unexpected end of JSON input"),
        ("{", "Expected property name or '}' in JSON at position 1"),
        ('{"a":1, }', "Expected double-quoted property name in JSON at position 8"),
        ("[1, ]", "Unexpected token ']', \"[1, ]\" is not valid JSON"),
        ('{"a" 1}', "Expected ':' after property name in JSON at position 5"),
        ('{"a": "b', "Unterminated string in JSON at position 8"),
        ("{} x", "Unexpected non-whitespace character after JSON at position 3"),
        ("yes", "Unexpected token 'y', \"yes\" is not valid JSON"),
        (
            '{"oveAct_u": NaN, "oveAct_activate": 1}',
            'Unexpected token \'N\', ..."veAct_u": NaN, "oveA"... is not valid JSON',
        ),
        ('{"Infinity":Infinity,"x":1}', 'Unexpected token \'I\', ..."Infinity":Infinity,""... is not valid JSON'),
        ('{"a":-Infinity}', "No number after minus sign in JSON at position 6"),
    ],
)
def test_broken_json_is_named_in_the_words_of_the_javascript_engine(text: str, message: str) -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        parse(text)
    assert str(caught.value) == message
