"""What a terminal sends becomes names of keys, in whatever pieces it comes."""

from __future__ import annotations

import pytest

from utils.process import key_names as keys
from utils.process.key_names import KeyParser, windows_key


def pressed(*pieces: bytes) -> list[str]:
    parser = KeyParser()
    return [key for piece in pieces for key in parser.feed(piece)] + list(parser.pause())


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        (b" .+-", [" ", ".", "+", "-"]),
        ("ä€".encode(), ["ä", "€"]),
        (b"\x1b[C\x1bOC", [keys.RIGHT, keys.RIGHT]),
        (b"\x1b[5~\x1b[6~", [keys.PAGE_UP, keys.PAGE_DOWN]),
        (b"\t\r\n\x7f\b", [keys.TAB, keys.ENTER, keys.ENTER, keys.BACKSPACE, keys.BACKSPACE]),
        (b"\x1b", [keys.ESCAPE]),
        (b"\x1b\x1b[C", [keys.ESCAPE, keys.RIGHT]),
        (b"\x1b[15~q", ["q"]),
        (b"\x1b[<0;10;20Mq", ["q"]),
        (b"\x01\x04\xffq", ["�", "q"]),
    ],
)
def test_whole_or_byte_by_byte(sent: bytes, names: list[str]) -> None:
    assert pressed(sent) == names
    assert pressed(*(bytes([byte]) for byte in sent)) == names


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (("\xe0", "M"), keys.RIGHT),
        (("\x00", "Q"), keys.PAGE_DOWN),
        (("\xe0", "x"), None),
        ((" ",), " "),
        (("\r",), keys.ENTER),
    ],
)
def test_on_windows(told: tuple[str, ...], name: str | None) -> None:
    assert windows_key(*told) == name
