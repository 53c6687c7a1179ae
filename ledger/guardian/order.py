"""What goes through the pipe between a runtime and its guardian, and how long each waits for the other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

READY = "ready"
BEAT = b"."
FAREWELL = b"!"
"""Everything has been given back."""
HAND_OVER = b">"
"""What is left is the guardian's: the runtime lives on, and writes no more."""
SILENCE_S = 10.0
"""Without a beat for so long, a runtime counts as frozen."""
DOUBT_S = 5.0
"""For so long a controller may still carry out a write whose answer never came: its slot is looked at again."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a runtime wants of its guardian: one line of JSON through the pipe, so that no secret is in a command line.

    ``devices`` are the controllers with our own address on their BACnet network, None where they speak REST.
    ``variables`` are those that settings are made of; None where no controller needs any.
    """

    journal: str
    parent: int
    state: str
    devices: Mapping[str, str | None]
    variables: Mapping[str, str] | None = field(default=None, repr=False)
    silence_s: float = SILENCE_S
    doubt_s: float = DOUBT_S
    """After so long a write that was in flight has been carried out, or never will be."""

    @classmethod
    def for_us(
        cls,
        journal: Path,
        state: Path,
        devices: Mapping[str, str | None],
        variables: Mapping[str, str] | None = None,
        *,
        silence_s: float = SILENCE_S,
        doubt_s: float = DOUBT_S,
    ) -> Self:
        """What this process wants. Paths are made absolute: a guardian starts in a folder of its own."""
        told = None if variables is None else dict(variables)
        return cls(str(journal.absolute()), os.getpid(), str(state.absolute()), dict(devices), told, silence_s, doubt_s)

    def line(self) -> bytes:
        """As it goes through the pipe."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Self:
        """Back from the pipe."""
        return cls(**json.loads(line))
