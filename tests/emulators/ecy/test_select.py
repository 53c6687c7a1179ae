"""The $select parser."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from emulators.ecy.refusals import Refusal
from emulators.ecy.rest.select import Item, parse_query

NAME = Item("object-name")
UNITS = Item("units")


@pytest.mark.parametrize(
    ("query", "selection"),
    [
        ("", None),
        ("other=1", None),
        ("$select=units", (UNITS,)),
        ("$select=object-name,units", (NAME, UNITS)),
        ("$select=object-name&$select=units", (NAME, UNITS)),
        ("encode=json&$select=units&x=(1)", (UNITS,)),
        ("$select=network*", (Item("network*"),)),
        ("$select=*($select=object-name,units)", (Item("*", (NAME, UNITS)),)),
        ("$select=*($select=object-name&$select=units)", (Item("*", (NAME, UNITS)),)),
        (
            "$select=a($select=*($select=units)),b&$select=c($select=object-name)",
            (Item("a", (Item("*", (UNITS,)),)), Item("b"), Item("c", (NAME,))),
        ),
    ],
)
def test_a_query_is_parsed_with_its_parentheses(query: str, selection: object) -> None:
    assert parse_query(query) == selection
    assert parse_query(quote(query, safe="&=")) == selection


def test_every_special_character_may_be_percent_encoded() -> None:
    plain = "$select=*($select=object-name,units),net*"
    assert parse_query(quote(plain, safe="")) == parse_query(plain)


@pytest.mark.parametrize(
    "query",
    ["$select=", "$select=a,", "$select=a(", "$select=a)", "$select=a(b)", "$select=a($select=b)c", "$select=*a"],
)
def test_a_malformed_selection_is_refused(query: str) -> None:
    with pytest.raises(Refusal):
        parse_query(query)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [("*", "anything", True), ("net*", "network", True), ("net*", "internet", False), ("net", "network", False)],
)
def test_a_star_matches_any_ending(pattern: str, name: str, matches: bool) -> None:
    assert Item(pattern).matches(name) is matches
