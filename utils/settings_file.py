"""The ``.env`` file: read once, with what cannot be read of it told by line."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from utils.errors import Problem

_NUL = "\0"
"""UTF-16 has many, text has none, and no path takes one."""


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What a file says. One that is not there, or cannot be read at all, says nothing and has an ``unread``."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()
    """Lines that cannot be read."""
    unread: Problem | None = None
    """Why nothing is known of it."""
    is_absent: bool = False
    unclear: str = field(default="", repr=False)
    """The lines that cannot be read."""


def read_env_file(file: Path) -> EnvFile:
    """Read a file of lines ``NAME = 'value'``, in UTF-8 with or without a byte order mark."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return EnvFile(unread=Problem(str(file), "does not exist"), is_absent=True)
    except UnicodeDecodeError as error:
        return _not_utf_8(file, error.start)
    except OSError as error:
        return EnvFile(unread=Problem(str(file), f"cannot be read: {error.strerror}"))
    return _not_utf_8(file, text.index(_NUL)) if _NUL in text else _parsed(file, text)


def _not_utf_8(file: Path, byte: int) -> EnvFile:
    return EnvFile(unread=Problem(str(file), f"is not UTF-8 at byte {byte}; save it as UTF-8"))


def _parsed(file: Path, text: str) -> EnvFile:
    values: dict[str, str] = {}
    problems, unclear = [], []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            problems.append(Problem(f"{file}: line {binding.original.line}", "is not of the form NAME = 'value'"))
            unclear.append(binding.original.string)
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
    return EnvFile(values, tuple(problems), unclear="".join(unclear))
