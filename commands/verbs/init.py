"""``python main.py init``: an ``.env`` and ``configs/`` to begin with."""

from __future__ import annotations

import argparse
import shlex
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
    env_file, configs = options.folder / ".env", options.folder / "configs"
    _tell(console, env_file, example_env())
    theirs = sorted(file for file in configs.glob("*.json") if file.is_file())
    if theirs:
        # Our example among a site's own would be one controller more, which is nowhere.
        say(console, f"kept {', '.join(map(str, theirs))}, which was there")
    else:
        _tell(console, configs / "AHU.json", (SHIPPED / "AHU.json").read_text(encoding="utf-8"))
    where = [] if options.folder == HOME else ["--env", str(env_file), "--configs", str(configs)]
    say(console, f"Fill them in, each line says with what; then: {shlex.join([*CALLED.split(), 'check', *where])}")
    return 0


def _tell(console: Console, file: Path, text: str) -> None:
    say(console, f"wrote {file}" if _written(file, text) else f"kept {file}, which was there")


def _written(file: Path, text: str) -> bool:
    """Raises :class:`ConfigError` where it cannot be."""
    if file.is_file():
        return False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except OSError as error:
        what = f"cannot be written: {error.strerror}; move away what is in its place, or name another folder"
        raise ConfigError([Problem(str(file), what)]) from None
    return True
