"""What is wrong with a text that is not JSON is named where it stands."""

from __future__ import annotations

import json

import pytest

from utils.json_text import json_fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1,\n}', (1, 8, "there is nothing between this comma and }")),
        ('{\n "a": [1,\n\n ]}', (2, 9, "there is nothing between this comma and ]")),
        ("[1,,2]", (1, 4, "Expecting value")),
        ("[1 2]", (1, 4, "Expecting ',' delimiter")),
        ("", (1, 1, "Expecting value")),
    ],
)
def test_a_comma_too_much_is_told_at_the_comma_and_everything_else_as_python_does(
    text: str, fault: tuple[int, int, str]
) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert json_fault(caught.value) == fault
