from __future__ import annotations

import pytest

from utils.names import did_you_mean, is_token, nearest

KEYS = ("us_unit", "si_unit", "deadband", "bop_point")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("us_unti", "us_unit"), ("dead_band", "deadband"), ("BOP_POINT", "bop_point"), ("bop-point", "bop_point")],
)
def test_a_misspelt_name_finds_the_one_that_was_meant(typed: str, meant: str) -> None:
    assert nearest(typed, KEYS) == meant


def test_a_name_like_no_other_finds_none() -> None:
    assert nearest("colour", KEYS) is None


def test_nothing_is_near_when_nothing_is_known() -> None:
    assert nearest("us_unit", ()) is None


def test_the_question_is_asked_only_when_there_is_something_to_ask() -> None:
    assert did_you_mean("us_unti", KEYS) == ", did you mean 'us_unit'?"
    assert did_you_mean("colour", KEYS) == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("8a5d9c1e-4b02-4d35-9f3f-2f5b6f0f0a11", True),
        ("id_1", True),
        ("../certificate-pins", False),
        ("/etc/a", False),
        ("C:a", False),
        ("con", False),
        ("COM1", False),
        ("context", True),
        ("a b", False),
        ("a\n", False),
        ("٣", False),
        ("", False),
    ],
)
def test_a_token_is_safe_in_a_path_and_in_a_url(text: str, is_one: bool) -> None:
    assert is_token(text) is is_one


def test_of_names_that_differ_in_case_the_one_written_most_like_it_is_meant() -> None:
    assert nearest("degCC", ["DegC", "degC", "DEGC"]) == "degC"
