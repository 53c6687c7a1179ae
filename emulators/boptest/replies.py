"""What a test case answers, before anybody thinks of HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from utils.errors import BridgeError, SimulationError

Json: TypeAlias = Any
"""A decoded request body: whatever the client sent, not yet looked at."""

BAD_REQUEST = "Bad Request"
"""The message with which a BOPTEST worker reports an exception of its own; the payload is then the exception's text."""

UNEXPECTED = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError, SimulationError
)  # fmt: skip
"""What careless input or a failing plant raises. BOPTEST's words for such input are those of Python's exceptions."""


@dataclass(frozen=True, slots=True)
class BoptestReply:
    """The envelope of boptest-api §2: ``status`` is also the HTTP status, ``payload`` is made of JSON's types."""

    status: int
    message: str
    payload: object = None


class RefusalError(BridgeError):
    """The call is answered with status 400 and this message."""


class StoppedError(BridgeError):
    """The server stops: whatever waits or computes gives up."""
