"""What every recording says of the program that wrote it: versions, settings without secrets, and where it is kept."""

from __future__ import annotations

import platform
import sqlite3

from pydantic import SecretStr

from recording.runs_folder import RunsFolder
from utils.home import version
from utils.settings import LocalSettings
from utils.settings_parts import Part

_BYTES_PER_GB = 1_000_000_000


def runs_folder(settings: LocalSettings) -> RunsFolder:
    """The folder of recordings that the settings name."""
    return RunsFolder(settings.runs_dir, int(settings.record_max_gb * _BYTES_PER_GB))


def versions() -> dict[str, str]:
    """Of the bench, and of what it runs on."""
    return {
        "bench": version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
    }


def settings_told(*parts: Part) -> dict[str, object]:
    """Settings by the names of their variables, without passwords and keys; paths and times as text."""
    return {
        field.alias: value if value is None or isinstance(value, bool | int | float | str) else str(value)
        for part in parts
        for name, field in type(part).model_fields.items()
        if field.alias and not isinstance(value := getattr(part, name), SecretStr)
    }
