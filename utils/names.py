"""The known name that somebody probably meant, and names from peers that may become names of files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_CUTOFF = 0.6
_TOKEN = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,127}", re.IGNORECASE | re.ASCII)


def is_token(text: str) -> bool:
    """Whether a name from outside may become part of a path or of a URL: letters, digits, ``-`` and ``_`` only.

    Names that Windows keeps for devices are none either.
    """
    return _TOKEN.fullmatch(text) is not None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name`` regardless of case, or None when none is like it."""
    by_folded: dict[str, str] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), candidate)
    matches = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=_CUTOFF)
    return by_folded[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``, did you mean 'x'?`` to end a message with, or nothing when no known name is near."""
    guess = nearest(name, known)
    return f", did you mean {guess!r}?" if guess else ""
