"""ExpandObjects' own expansion of a model."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hvac_templates.judge.schema import is_template
from tests.hvac_templates.oracle import idd, idf
from tests.hvac_templates.oracle.places import expand_objects, keep, kept, read_kept

TIMEOUT_S = 60.0
_FATAL = "Fatal"
"""Severity at which EnergyPlus would stop after the expansion."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """The expanded model, None where nothing usable was written, and what was said."""

    model: dict[str, Any] | None
    said: tuple[str, ...]


def expand(model: idf.Model) -> Expansion:
    """Expand with ExpandObjects; takes 30 ms and a little for the texts, once per model. Raises ``EngineMissing``."""
    text = idf.written(model)
    file = kept("fortran", {"idf": text, "idd": _dictionary(), "reader": idf.READER})
    answer = read_kept(file)
    if answer is None:
        answer = asdict(_expand_text(text))
        keep(file, answer)
    return Expansion(answer["model"], tuple(answer["said"]))


def prepare(folder: Path, text: str, *, whole_dictionary: bool = False) -> Sequence[str]:
    """Put an IDF where ExpandObjects looks for it, and return the command that expands it there."""
    dictionary = idd.dictionary(whole=True) if whole_dictionary else _dictionary()
    (folder / "Energy+.idd").write_text(dictionary, encoding="utf-8")
    (folder / "in.idf").write_text(text, encoding="utf-8")
    return [str(expand_objects())]


@cache
def _dictionary() -> str:
    return idd.dictionary()


def _expand_text(text: str) -> Expansion:
    with tempfile.TemporaryDirectory(prefix="fortran-") as name:
        folder = Path(name)
        command = prepare(folder, text)
        subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=TIMEOUT_S)  # noqa: S603 - no shell
        expanded = folder / "expanded.idf"
        if not expanded.is_file():
            return Expansion(None, ("ExpandObjects wrote nothing",))
        model = idf.canonical(idf.read(expanded.read_text(encoding="utf-8", errors="replace")))
    said = tuple(" ".join(_said(fields)) for fields in model.pop("Output:PreprocessorMessage", {}).values())
    failed = any(is_template(kind) for kind in model) or any(text.startswith(_FATAL) for text in said)
    return Expansion(None if failed else model, said)


def _said(fields: Mapping[str, Any]) -> list[str]:
    return [str(value) for name, value in fields.items() if name != "preprocessor_name"]
