"""Names for the keys of a terminal, from the bytes that they send."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

ESCAPE, ENTER, BACKSPACE, TAB, BACK_TAB = "escape", "enter", "backspace", "tab", "back tab"
UP, DOWN, RIGHT, LEFT, PAGE_UP, PAGE_DOWN, HOME, END = (
    "up",
    "down",
    "right",
    "left",
    "page up",
    "page down",
    "home",
    "end",
)

_SEQUENCES = {
    "[A": UP,
    "[B": DOWN,
    "[C": RIGHT,
    "[D": LEFT,
    "OA": UP,
    "OB": DOWN,
    "OC": RIGHT,
    "OD": LEFT,
    "[5~": PAGE_UP,
    "[6~": PAGE_DOWN,
    "[H": HOME,
    "[F": END,
    "OH": HOME,
    "OF": END,
    "[1~": HOME,
    "[4~": END,
    "[Z": BACK_TAB,
}
"""What xterm and its kin send behind an escape, with and without application mode."""
_SINGLE = {"\r": ENTER, "\n": ENTER, "\t": TAB, "\x7f": BACKSPACE, "\b": BACKSPACE}
_WINDOWS = {"H": UP, "P": DOWN, "M": RIGHT, "K": LEFT, "I": PAGE_UP, "Q": PAGE_DOWN, "G": HOME, "O": END}


class KeyParser:
    """From bytes, in whatever pieces they come, to names of keys; a key that prints is named by its character.

    What is no key of ours (a function key, a mouse) is passed over as a whole.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._escaped: str | None = None
        """What has come behind an escape so far; None where there was none."""

    @property
    def is_waiting(self) -> bool:
        """Whether an escape may be a key of its own, or the beginning of another."""
        return self._escaped is not None

    def feed(self, content: bytes) -> Iterator[str]:
        """The keys that are complete now."""
        for character in self._decoder.decode(content):
            yield from self._key(character)

    def pause(self) -> Iterator[str]:
        """Nothing more comes for a moment: an escape was the key itself."""
        escaped, self._escaped = self._escaped, None
        if escaped == "":
            yield ESCAPE

    def _key(self, character: str) -> Iterator[str]:
        if character == "\x1b":
            yield from self.pause()
            self._escaped = ""
        elif self._escaped is not None:
            yield from self._sequence(self._escaped + character)
        elif character in _SINGLE:
            yield _SINGLE[character]
        elif character.isprintable():
            yield character

    def _sequence(self, escaped: str) -> Iterator[str]:
        is_open = escaped in ("[", "O") or (escaped[0] == "[" and not "@" <= escaped[-1] <= "~")
        self._escaped = escaped if is_open else None
        if escaped in _SEQUENCES:
            yield _SEQUENCES[escaped]


def windows_key(first: str, second: str = "") -> str | None:
    """The key of what ``msvcrt.getwch`` has returned, twice for keys that do not print."""
    if first in ("\x00", "\xe0"):
        return _WINDOWS.get(second)
    if first == "\x1b":
        return ESCAPE
    return _SINGLE.get(first, first if first.isprintable() else None)
