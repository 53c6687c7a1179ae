"""States of the embedded building and its controllers as files, which an episode can begin with.

They are the server's own bytes; what is in them it judges itself.
"""

from __future__ import annotations

import errno
import re
from contextlib import suppress
from pathlib import Path

SUFFIX = ".state"
_LONGEST = 512 * 1024 * 1024
"""Bytes; as much as a client takes from a server."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class SavedStates:
    """A folder of states by name. Used by several threads; every method raises OSError where the disk does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """All of them, the newest last; none before the first was saved."""
        files = [file for file in self.folder.glob(f"*{SUFFIX}") if _NAME.fullmatch(file.stem)]
        return [file.stem for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)]

    def has(self, name: str) -> bool:
        """Whether there is one of that name."""
        return is_name(name) and self._file(name).is_file()

    def read(self, name: str) -> bytes:
        """The server's bytes. What is too long for a state is not read: it would fill the memory."""
        with self._file(name).open("rb") as file:
            content = file.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise OSError(errno.EFBIG, "it is too long for a state")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Keep them, in place of what had the name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._file(name).with_suffix(".draft")
        try:
            draft.write_bytes(content)
            draft.replace(self._file(name))
        except OSError:
            with suppress(OSError):
                draft.unlink()
            raise

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"


def is_name(text: str) -> bool:
    """Whether a state may be called so: letters, digits, ``-`` and ``_``, and no path."""
    return _NAME.fullmatch(text) is not None
