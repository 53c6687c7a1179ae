"""``python main.py init``: an ``.env`` and ``configs/`` to begin with."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from utils.errors import ConfigError, Problem
from utils.home import CALLED, HOME, SHIPPED, example_env

EXAMPLES = ("init", "init site")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where."""
    told = "the folder, which is made (default: where the other verbs look)"
    parser.add_argument("folder", nargs="?", type=Path, default=HOME, metavar="FOLDER", help=told)


def run(options: argparse.Namespace, console: Console) -> int:
    """Write what is not there; what is there is somebody's."""
    for file, text in _files(options.folder):
        say(console, f"wrote {file}" if _written(file, text) else f"kept {file}, which was there")
    where = "" if options.folder == HOME else f" --env {options.folder / '.env'} --configs {options.folder / 'configs'}"
    say(console, f"Fill them in, each line says with what; then: {CALLED} check{where}")
    return 0


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    yield folder / ".env", example_env()
    yield folder / "configs" / "AHU.json", (SHIPPED / "AHU.json").read_text(encoding="utf-8")


def _written(file: Path, text: str) -> bool:
    """Raises :class:`ConfigError` where it cannot be."""
    if file.is_file():
        return False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except OSError as error:
        raise ConfigError([Problem(str(file), f"cannot be written: {error.strerror}")]) from None
    return True
