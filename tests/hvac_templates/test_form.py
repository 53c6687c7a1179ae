"""What has not the form of a model is refused by place, even where nothing is held against the schema."""

from __future__ import annotations

from typing import Any

import pytest

from hvac_templates.expand import expand
from hvac_templates.judge.form import endless_numbers, form_errors

KIND = "HVACTemplate:Thermostat"
ENDLESS = "NaN, or a number that is too large: give a number"
WRONG: list[tuple[Any, str]] = [
    ([], "error: a model is an object in braces: object type, object name, fields"),
    ({5: {}}, "error: an object type is a text, not 5"),
    ({KIND: None}, f"error: {KIND}: objects with their names are needed here, in braces"),
    ({KIND: {None: {}}}, f"error: {KIND}: the name of an object is a text, not null"),
    ({KIND: {"A": []}}, f'error: {KIND} "A": fields with their values are needed here, in braces'),
    ({KIND: {"A": {"f": {}}}}, f'error: {KIND} "A" f: a text or a number is needed here, not a list or an object'),
    ({KIND: {"A": {"f": b"a"}}}, f"error: {KIND} \"A\" f: a text or a number is needed here, not b'a'"),
    ({KIND: {"A": {"f": float("nan")}}}, f'error: {KIND} "A" f: {ENDLESS}'),
    ({KIND: {"A": {"f": 10**5000}}}, f'error: {KIND} "A" f: {ENDLESS}'),
]


@pytest.mark.parametrize(("model", "text"), WRONG, ids=[text[7:40] for _, text in WRONG])
@pytest.mark.parametrize("validate", [True, False])
def test_what_is_no_model_is_refused_by_place(model: Any, text: str, validate: bool) -> None:  # noqa: ANN401
    result = expand(model, validate=validate)
    assert result.model is None
    assert [str(message) for message in result.messages] == [text]


def test_a_model_has_nothing_wrong_with_its_form() -> None:
    other = {"Zone": {"A": {"x": [{"y": None}], "z": {}}}, KIND: {"{}": {"a": None, "b": "", "c": 0, "d": True}}}
    assert list(form_errors(other)) == []


def test_numbers_without_end_are_found_in_lists_too() -> None:
    model: dict[str, Any] = {
        "Zone": {"A": {"a": [{"b": [1.0, float("inf")]}], "c": 1.0}, "B": {"d": {"e": float("nan")}}}
    }
    found = [(message.name, message.field) for message in endless_numbers(model)]
    assert found == [("A", "a"), ("B", "d")]
