"""The parser of the command line: help with examples and defaults, and complaints that name what was meant."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

from utils.home import CALLED, DISTRIBUTION, HOME, IS_CHECKOUT, version
from utils.names import did_you_mean

Loudness: TypeAlias = Literal["quiet", "usual", "verbose"]
"""How much of a run is told on the screen, or wherever the output goes."""
_UNTOLD = (None, False, argparse.SUPPRESS)


class CommandParser(argparse.ArgumentParser):
    """Of the whole line, of a verb, of a verb's verb: each complains of its own words, and knows what is near them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(*args, **{"formatter_class": _Help, **kwargs})

    def show_examples(self, lines: Sequence[str]) -> None:
        """Put them behind the options, each as it is typed."""
        self.epilog = "\n".join(["examples:", *(f"  {CALLED} {line}".rstrip() for line in lines)])

    def error(self, message: str) -> NoReturn:
        """As argparse does, and on a screen in lines that break between words."""
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns
            place = f"{self.prog}: error: "
            told = textwrap.wrap(f"{place}{message}", width, break_long_words=False, break_on_hyphens=False)
            message = "\n".join(told).removeprefix(place)
        super().error(message)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - argparse's own
        """As argparse does, but nothing is left for somebody else to know."""
        self._refuse(next(self._unknown_options(args or ()), None))
        options, unknown = super().parse_known_args(args, namespace)
        self._refuse(unknown[0] if unknown else None)
        return options, unknown

    def _unknown_options(self, words: Sequence[str]) -> Iterator[str]:
        """Of the words before a verb with options of its own; argparse would take a value behind one for the verb."""
        verbs = {
            name
            for action in self._actions
            if isinstance(action, argparse._SubParsersAction)
            for name in action.choices
        }
        for word in takewhile(lambda word: word != "--" and word not in verbs, words):
            name = word.partition("=")[0]
            if name.startswith("--") and not any(option.startswith(name) for option in self._option_string_actions):
                yield word

    def _refuse(self, word: str | None) -> None:
        if word is None:
            return
        name = word.partition("=")[0]
        if name.startswith("-"):
            self.error(f"there is no option {name}{did_you_mean(name, self._option_string_actions)}")
        self.error(f"what is {word!r}?")

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401 - argparse's own
        choices = list(map(str, action.choices or ()))
        if not choices or str(value) in choices:
            return
        kind = "verb" if isinstance(action, argparse._SubParsersAction) else (action.metavar or "value")
        guess = did_you_mean(str(value), choices) or ";"
        what = f"there is no {str(kind).lower()} {value!r}{guess} there is {', '.join(choices)}"
        raise argparse.ArgumentError(None if kind == "verb" else action, what)


def add_loudness(parser: argparse.ArgumentParser) -> None:
    """``-q`` and ``-v``."""
    parser.set_defaults(loudness="usual")
    either = parser.add_mutually_exclusive_group()
    told = "tell errors and how it ended, and nothing before"
    either.add_argument("-q", "--quiet", dest="loudness", action="store_const", const="quiet", help=told)
    told = "show on a terminal what goes into the log, too"
    either.add_argument("-v", "--verbose", dest="loudness", action="store_const", const="verbose", help=told)


class Version(argparse.Action):
    """``--version``: what this is, and on what it runs."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="say the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it, and end."""
        parser.exit(0, f"{DISTRIBUTION} {version()} (Python {platform.python_version()})\n")


class _Help(argparse.HelpFormatter):
    """Texts with lines of their own keep them; options tell their default, and names are never cut in two."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)

    def _get_help_string(self, action: argparse.Action) -> str:
        told = action.help or ""
        has_none = action.nargs == 0 or any(action.default is untold for untold in _UNTOLD)
        if not action.option_strings or "default" in told or has_none:
            return told
        default = f"(default: {_shown(action.default)})".replace("%", "%%")
        return f"{told} {default}".lstrip()


def _shown(default: object) -> str:
    if isinstance(default, Path) and default.is_relative_to(HOME):
        place = "beside main.py" if IS_CHECKOUT else "in the current folder"
        return f"{default.relative_to(HOME)}, {place}"
    return f"{default:g}" if isinstance(default, float) else str(default)
