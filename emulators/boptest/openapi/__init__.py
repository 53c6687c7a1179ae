"""What is served as ``/openapi.yaml``: a document for each of the two APIs, written by hand for what is embedded."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def document(api: str) -> bytes:
    """The document of ``service`` or ``legacy``."""
    return (Path(__file__).parent / f"{api}.yaml").read_bytes()
