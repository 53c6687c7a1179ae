"""Requests and responses as values: whole bodies in, whole bodies out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from utils.errors import BridgeError


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. ``path`` and ``query`` are as they were sent; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def decoded_path(self) -> str:
        """The path without percent-encoding."""
        return unquote(self.path)

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer.

    ``headers`` are sent in their order, and no others: each emulator puts type and length where its peer has them,
    last of all. ``pieces`` are sent instead of the body, which they make up.
    """

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: AsyncIterator[bytes] | None = None


class HangUpError(BridgeError):
    """The connection is closed without an answer."""
