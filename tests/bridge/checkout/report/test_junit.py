"""JUnit XML as a CI server reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

import pytest

from bridge.checkout.report import junit_report
from bridge.checkout.results import PointVerdict
from tests.bridge.checkout.report.found import BEGAN, READ_BACK, many, result, tried


def read(text: str) -> Element:
    """Its root, of the bytes in which a file has it."""
    return fromstring(text.encode())  # noqa: S314 - our own


def test_each_equipment_is_a_suite_whose_counts_are_those_of_its_cases() -> None:
    root = read(junit_report(many(12, equipments=2)))
    assert [suite.get("name") for suite in root] == ["VAV_01", "VAV_02"]
    for suite in root:
        kinds = Counter(child.tag for case in suite.iter("testcase") for child in case)
        assert suite.get("tests") == str(len(list(suite.iter("testcase")))) == "6"
        assert (suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("1", "3", "0")
        assert kinds == {"failure": 1, "skipped": 3}
    assert (root.get("tests"), root.get("failures"), root.get("skipped"), root.get("time")) == (
        "12",
        "2",
        "6",
        "90.500",
    )


def test_when_it_was_can_be_read() -> None:
    [suite] = read(junit_report(result()))
    assert datetime.fromisoformat(suite.get("timestamp", "")) == BEGAN


def test_a_failure_has_its_error_as_type_and_the_sentence() -> None:
    [failure] = read(junit_report(result())).iter("failure")
    assert failure.get("type") == "crossed with another point"
    assert "VAV_East's moved by 6.2 K" in (failure.get("message") or "")
    assert failure.text == (failure.get("message") or "").removeprefix("fail: ")


def test_whatever_is_no_pass_and_no_failure_is_skipped_with_its_reason() -> None:
    skipped = [one.get("message") for one in read(junit_report(result())).iter("skipped")]
    assert skipped == [
        "not provable: level: nothing moves it",
        "deferred: command: minimum off time: 120 s left",
        "not tested: nothing was tried",
    ]


def test_an_object_that_is_paired_twice_is_two_cases() -> None:
    twice = (tried("SpaceTemp"), tried("SpaceTemp", simulation="hvac_reaZonEas_TZon_y"))
    cases = [case.get("name") for case in read(junit_report(result(*twice))).iter("testcase")]
    assert len(set(cases)) == 2


def test_points_of_one_equipment_that_are_not_together_are_one_suite() -> None:
    apart = (tried("A"), tried("B", equipment="AHU"), tried("C"))
    root = read(junit_report(result(*apart)))
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("AHU", "1"), ("VAV_South", "2")]


def test_what_was_not_tested_stands_in_it() -> None:
    said = read(junit_report(result())).findtext("testsuite/system-out") or ""
    assert said.startswith("Not tested: Wiring")
    assert said.endswith("Given back: All 12 of what was taken was given back.")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\uffff", "\x0b", "]]>", "&<\"'"])
def test_no_character_of_a_name_breaks_it(character: str) -> None:
    name = f"Space{character}Temp"
    hostile = tried(name, replace(READ_BACK, verdict=PointVerdict.FAIL, says=name), equipment=name, simulation=name)
    root = read(junit_report(result(hostile, not_tested=(name,))))
    assert len(list(root.iter("failure"))) == 1
    [case] = root.iter("testcase")
    assert (case.get("classname") or "").startswith("Space")
