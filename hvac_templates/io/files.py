"""The files that an expansion leaves: the expanded model and the input in two halves.

A file is there whole or not at all. After a failure no expanded file of an earlier run is left under its name, where it
would be taken for this one's: it is put aside as ``..._expanded.epJSON.old``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hvac_templates.judge.schema import is_template
from hvac_templates.messages import Model
from utils.errors import ConfigError, Problem

SUFFIX = ".epJSON"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the files of one model go."""

    folder: Path
    name: str

    @property
    def expanded(self) -> Path:
        """The model that EnergyPlus simulates."""
        return self._file("expanded")

    @property
    def base(self) -> Path:
        """The input without its templates."""
        return self._file("base")

    @property
    def templates(self) -> Path:
        """The input's templates as they were typed."""
        return self._file("hvac_templates")

    @property
    def run_folder(self) -> Path:
        """Where a simulation leaves its results."""
        return self.folder / f"{self.name}_run"

    @property
    def log(self) -> Path:
        """Messages and what was done, where asked for."""
        return self._file("expanded").with_suffix(".log")

    def _file(self, what: str) -> Path:
        return self.folder / f"{self.name}_{what}{SUFFIX}"


def outputs_of(file: Path, folder: Path | None) -> Outputs:
    """Where the files of an input go: beside it, or into a folder.

    Raises :class:`utils.errors.ConfigError` where there is no such folder.
    """
    target = file.resolve().parent if folder is None else folder
    if not target.is_dir():
        missing = "there is no such folder; make it, or name another one with -o"
        wrong = "this is a file; name a folder with -o" if target.exists() else missing
        raise ConfigError([Problem(str(target), wrong)])
    return Outputs(target, file.stem)


def write_all(contents: Mapping[Path, Model]) -> None:
    """Write models, all of them or none. Raises :class:`utils.errors.ConfigError` where a file cannot be written."""
    drafts: list[tuple[Path, Path]] = []
    try:
        for file, model in contents.items():
            draft = file.with_name(f".{file.name}.{os.getpid()}")
            drafts.append((draft, file))
            _write(draft, as_text(model))
        for draft, file in drafts:
            draft.replace(file)
    except OSError as error:
        what = f"it cannot be written: {error.strerror}; name another folder with -o"
        raise ConfigError([Problem(str(file), what)]) from error
    finally:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)


def put_aside(file: Path) -> Path | None:
    """Rename an earlier result, and return its new name; None where there was none to rename."""
    if not file.is_file():
        return None
    aside = file.with_name(f"{file.name}.old")
    try:
        file.replace(aside)
    except OSError as error:
        what = f"it is of an earlier run and cannot be renamed: {error.strerror}"
        raise ConfigError([Problem(str(file), what)]) from error
    return aside


def halves(model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """The input's other objects, and its templates; both as they were given."""
    return _part(model, lambda kind: not is_template(kind)), _part(model, is_template)


def as_text(model: Model) -> str:
    """The model as JSON, an object per line, types and objects in their order."""
    return "{\n" + ",\n".join(_type_lines(model)) + "\n}\n" if model else "{}\n"


def _type_lines(model: Model) -> Iterator[str]:
    for kind, objects in model.items():
        lines: Sequence[str] = [f"    {_json(name)}: {_json(fields)}" for name, fields in objects.items()]
        body = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
        yield f"  {_json(kind)}: {body}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _part(model: Model, belongs: Callable[[str], bool]) -> dict[str, Any]:
    return {kind: objects for kind, objects in model.items() if belongs(kind)}


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())
