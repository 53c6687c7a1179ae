"""Files that browsers get, read and packed once. uPlot is vendored with its licence (``uplot.LICENSE``)."""

from __future__ import annotations

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

_FOLDER = Path(__file__).parent
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SERVED = ("page.mjs", "trends.mjs", "hands.mjs", "uplot.js", "favicon.svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, packed, with what a browser keeps it by."""

    media_type: str
    packed: bytes
    tag: str


def text_of(name: str) -> str:
    """The text of a file."""
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def styles() -> str:
    """All styles, which stand in the page itself: nothing is painted before they are there."""
    return text_of("uplot.css") + text_of("page.css")


@cache
def policy() -> str:
    """What a browser may load and run for a page of ours: what we send, and the styles in it."""
    digest = b64encode(sha256(styles().encode()).digest()).decode()
    return (
        f"default-src 'self'; style-src 'self' 'sha256-{digest}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


@cache
def assets() -> dict[str, Asset]:
    """Everything that is served as it is, by name."""
    return {name: _asset(_FOLDER / name) for name in _SERVED}


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    return Asset(_TYPES[file.suffix], gzip.compress(content, 9, mtime=0), f'"{sha256(content).hexdigest()[:16]}"')
