"""The CSV as a spreadsheet reads it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from bridge.checkout.report import csv_report
from bridge.checkout.results import Proof, ShownValue
from tests.bridge.checkout.report.found import POINTS, READ_BACK, finding, result, tried


def read(text: str) -> list[dict[str, str]]:
    """Its lines, by their headings."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_excel_knows_its_characters_and_every_line_ends_as_rfc_4180_wants() -> None:
    text = csv_report(result())
    assert text.startswith("\ufeffequipment,point,")
    assert text.replace("\r\n", "").count("\n") == 0
    assert text.endswith("\r\n")


def test_each_value_has_a_line_and_so_has_what_was_tried_without_one() -> None:
    lines = read(csv_report(result()))
    told = [(line["point"], line["tried by"], line["value"], line["result"]) for line in lines]
    assert told == [
        ("SpaceTemp", "read back", "1", "pass"),
        ("SpaceTemp", "read back", "2", "pass"),
        ("DischAirTemp", "read back", "1", "pass"),
        ("DischAirTemp", "read back", "2", "pass"),
        ("DischAirTemp", "response", "", "fail"),
        ("SpaceCO2", "level", "", "not provable"),
        ("DamperCmd", "command", "1", "pass"),
        ("DamperCmd", "arrival", "1", "pass"),
        ("ReheatValve", "command", "", "deferred"),
        ("Spare", "", "", "not tested"),
    ]
    assert {line["result of the point"] for line in lines if line["point"] == "DischAirTemp"} == {"fail"}


def test_values_stand_in_the_columns_of_the_side_that_they_are_of() -> None:
    lines = read(csv_report(result()))
    columns = ("controller value", "simulation value", "expected", "unit")
    values = {(line["tried by"], line["value"]): tuple(line[column] for column in columns) for line in lines}
    assert values["read back", "2"] == ("30.1", "303.25", "30.1", "degC")
    assert values["command", "1"] == ("50", "", "50", "%")
    assert values["arrival", "1"] == ("50", "0.5", "0.5", "1")


def test_errors_have_columns_of_their_own() -> None:
    [line] = [line for line in read(csv_report(result())) if line["error"]]
    assert line["error"] == "crossed with another point"
    assert line["mixed up with"] == "VAV_East/DischAirTemp"
    assert (line["direction"], line["delay s"]) == ("direct", "35")
    assert all(line[column] == "" for column in ("wiring", "terminal", "sensor", "range", "initials", "date"))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "'=1"])
def test_what_a_controller_calls_its_objects_is_no_formula(name: str) -> None:
    hostile = tried(name, replace(READ_BACK, says=name, other=name), equipment=name, controller=name, simulation=name)
    [line, _] = read(csv_report(result(hostile)))
    for column in ("equipment", "point", "controller object", "simulation", "mixed up with", "evidence"):
        assert line[column] == f"'{name}".replace("\t", " ")


def test_a_number_below_zero_stays_a_number() -> None:
    cold = finding("SpaceTemp", Proof.READ_BACK, samples=(ShownValue(263.15, -10.0, -10.0),))
    [line] = read(csv_report(result(replace(POINTS[0], findings=(cold,)))))
    assert line["controller value"] == "-10"


def test_a_line_break_and_a_quote_break_no_line() -> None:
    [line] = read(csv_report(result(tried('Space "A"\r\nTemp, old'))))
    assert line["point"] == 'Space "A"  Temp, old'
