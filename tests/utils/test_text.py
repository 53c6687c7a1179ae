"""Text that others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.errors import ConfigError, DeviceRefused, ObjectError, Problem, SimulationRefused, together
from utils.text import no_formula, one_line, placed, printable


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Zone Temp", "Zone Temp"),
        ("  two\r\nlines\there ", "two lines here"),
        ("\x1b[2Jgone\x07", "[2Jgone"),
        ("a\u2028b\u0085c\x0bd", "a b c d"),
        ("abc\u202edcba\u2066", "abcdcba"),
        ("half \ud83d of one", "half  of one"),
        ("m\u00b3/s \u00b0C \u6e29\u5ea6", "m\u00b3/s \u00b0C \u6e29\u5ea6"),
        ("[/x] {y}", "[/x] {y}"),
        ("", ""),
    ],
)
def test_what_is_not_shown_is_dropped(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(), st.integers(1, 50))
def test_a_line_is_printable_and_no_longer_than_allowed(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert line.isprintable()
    assert len(line) <= limit
    assert line.encode("utf-8").decode("utf-8") == line


def test_every_error_of_a_peer_is_one_printable_line() -> None:
    words = "no\n2026-01-01 00:00:00 INFO  all is well\x1b[8m"
    for error in (ObjectError("10.0.0.1", words), DeviceRefused("10.0.0.1", words), SimulationRefused(words)):
        assert str(error).isprintable()
    config = ConfigError([Problem("AHU.json: Fan\n", words), Problem("VAV.json", "missing")])
    assert len(str(config).splitlines()) == 2


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Zone 1 °C m³/s [/x]", "Zone 1 °C m³/s [/x]"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("\x1b[2Jgone\x07", "\\x1b[2Jgone\\x07"),
        ("left\u202etfel", "left\\u202etfel"),
        ("half \ud800", "half \\ud800"),
        (21.5, "21.5"),
    ],
)
def test_it_is_one_line_that_does_nothing(given: object, shown: str) -> None:
    assert printable(given) == shown


def test_a_place_that_the_words_begin_with_is_said_once() -> None:
    assert placed("http://x", "GET /version: no") == "http://x: GET /version: no"
    assert placed("http://x", "http://x: GET /version: no") == "http://x: GET /version: no"


def test_what_is_the_same_of_several_files_or_controllers_is_said_once() -> None:
    told = [("a.json", "x"), ("a.json: Fan", "x"), ("10.0.0.1:8443", "x"), ("b.json: Fan", "x"), ("b.json", "y")]
    assert list(together(told)) == [
        ("a.json, 10.0.0.1:8443", "x"),
        ("a.json: Fan", "x"),
        ("b.json: Fan", "x"),
        ("b.json", "y"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\tname", " =1", "'quoted"])
def test_what_a_spreadsheet_would_calculate_has_an_apostrophe(cell: str) -> None:
    assert no_formula(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "SpaceTemp", "a=b", "Zone-1", "21.5"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert no_formula(cell) == cell
