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


def nearest(name: str, known: Iterable[str], *, cutoff: float = _CUTOFF) -> str | None:
    """Return the known name most like ``name`` regardless of case, or None when none is like it.

    Of several that differ in case alone it is the one written most like it.

    ``cutoff`` is how alike they have to be, from 0 to 1.
    """
    by_folded: dict[str, list[str]] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), []).append(candidate)
    matches = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=cutoff)
    if not matches:
        return None
    return max(by_folded[matches[0]], key=lambda one: difflib.SequenceMatcher(None, one, name).ratio())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``, did you mean 'x'?`` to end a message with, or nothing when no known name is near."""
    guess = nearest(name, known)
    return f", did you mean {guess!r}?" if guess else ""
