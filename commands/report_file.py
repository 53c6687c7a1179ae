"""The file that a report goes to."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from recording.report import MADE_BY
from recording.runs_folder import SUFFIX
from utils.errors import BridgeError, ConfigError, Problem
from utils.writable import objection_to_file

_HEAD_BYTES = 1000
"""In which a report says that it is one of ours."""


class ReportFailed(BridgeError):
    """The report could not be made."""


def report_file(option: str, file: Path, mark: str = MADE_BY) -> Path:
    """The same, where it can be written: nothing is written over but an earlier report, which has ``mark`` at its head.

    Raises :class:`ConfigError`, which names the option that the file was given with.
    """
    objection = objection_to_file(file)
    if objection is None and file.suffix == SUFFIX:
        objection = f"{file} is called as a recording; name another file"
    if objection is None and file.exists() and not _is_report(file, mark):
        objection = f"{file} is there, and no report of ours; name another file"
    if objection is not None:
        raise ConfigError([Problem(option, objection)])
    return file


def write_report(file: Path, content: str) -> str:
    """Write it whole or not at all, and say how large it is. Raises :class:`ReportFailed`."""
    draft = file.with_name(f"{file.name}.part")
    try:
        draft.write_text(content, encoding="utf-8", newline="")
        draft.replace(file)
    except OSError as error:
        raise ReportFailed(f"{file} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return f"{len(content.encode()) / 1000:.0f} kB"


def _is_report(file: Path, mark: str) -> bool:
    try:
        with file.open("rb") as stream:
            return mark.encode() in stream.read(_HEAD_BYTES)
    except OSError:
        return False
