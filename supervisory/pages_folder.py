"""Pages that programs make for people: a file each, written whole, in place of an earlier one."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

_ODD = re.compile(r"[^\w.-]+")


class PagesFolder:
    """``folder`` None keeps nothing: a dry run leaves no trace."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def publish(self, program: str, name: str, text: str) -> str:
        """Where the page is now, or why it is nowhere: that it cannot be written ends no program."""
        if self._folder is None:
            return "nowhere (a dry run)"
        file = self._folder / _ODD.sub("_", f"{program}-{name}")
        draft = file.with_name(f"{file.name}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8", newline="\n")
            draft.replace(file)
        except OSError as error:
            return f"nowhere ({file} cannot be written: {error.strerror or error})"
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return str(file)
