"""Nothing that a peer calls its objects can move the cursor, or pretend to be a second line."""

from __future__ import annotations

import pytest

from utils.foreign_text import printable


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
