"""Whether something could be written later, judged without leaving a trace. A disk may still say no when it is."""

from __future__ import annotations

import os
from pathlib import Path

_STATUS_BEGINS = b"# HELP bench_"


def objection_to_file(file: Path) -> str | None:
    """Why a file could not be written or made."""
    if str(file) == "-":
        return "- is no file, and nothing is written to the standard output here; name a file"
    if _is_there(file):
        if file.is_dir():
            return f"{file} is a folder; name a file in it"
        return None if os.access(file, os.W_OK) else f"{file} cannot be written: it is read-only for this user"
    folder = file.parent
    if not _is_there(folder) or not folder.is_dir():
        return f"{file} cannot be written: there is no folder {folder}"
    return None if os.access(folder, os.W_OK | os.X_OK) else f"{file} cannot be written: {folder} is read-only"


def objection_to_status_file(file: Path) -> str | None:
    """Why a file cannot be made, or replaced again and again: only one that we have written is."""
    objection = objection_to_file(file)
    if objection is not None or not _is_there(file):
        return objection
    if not file.is_file() or not _begins_as_ours(file):
        return f"{file} is there, is no status file, and would be replaced; name another"
    folder = file.absolute().parent
    return None if os.access(folder, os.W_OK | os.X_OK) else f"{file} cannot be replaced: {folder} is read-only"


def objection_to_folder(path: Path) -> str | None:
    """Why a folder could not be used or made."""
    nearest = next((one for one in (path, *path.absolute().parents) if _is_there(one)), path)
    if not nearest.is_dir():
        return f"{nearest} is not a folder"
    return None if os.access(nearest, os.W_OK | os.X_OK) else f"{path} cannot be written: {nearest} is read-only"


def _begins_as_ours(file: Path) -> bool:
    try:
        with file.open("rb") as told:
            return told.read(len(_STATUS_BEGINS)) in (_STATUS_BEGINS, b"")
    except OSError:
        return False


def _is_there(path: Path) -> bool:
    return os.access(path, os.F_OK)
