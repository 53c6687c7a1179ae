"""The command line: finds the verb, runs it, and maps errors to exit codes."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from commands import BRIDGE, EXAMPLES, VERBS, WITH_VALUE, Verb
from commands.parser import CommandParser, Version
from utils.errors import BridgeError, ConfigError
from utils.home import CALLED, DISTRIBUTION, IS_CHECKOUT
from utils.logging_config import end_logging
from utils.process.quiet_start import EXIT_INTERRUPTED, begin
from utils.process.streams import leave, leave_readers_behind, stand_before_standard_streams
from utils.text import printable

if TYPE_CHECKING:
    from rich.console import Console


log = logging.getLogger(__name__)

_HELP = ("-h", "--help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 settings or configs, 130 second Ctrl+C."""
    given = _help_behind(sys.argv[1:] if arguments is None else list(arguments))
    options = parser(given).parse_args(given)
    try:
        return _done(options)
    except ConfigError as error:
        _complain([f"{len(error.problems)} problem(s); no controller has been touched:"])
        _complain([f"  {problem}" for problem in error.problems])
        return error.exit_code
    except BridgeError as error:
        _complain([str(error)])
        return error.exit_code


def process() -> NoReturn:
    """This process is the command: nobody who reads what it prints, or does not, has a say in how it ends."""
    stand_before_standard_streams()
    try:
        code = main()
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except SystemExit as ended:  # argparse's way
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    signal.signal(signal.SIGINT, lambda *_: os._exit(code))  # it has ended: who waits is a reader
    leave(code)


def parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command line, with the options of the verbs that occur in it."""
    whole = CommandParser(
        prog="main.py" if IS_CHECKOUT else DISTRIBUTION, description="Real controllers run a simulated building."
    )
    whole.show_examples(EXAMPLES)
    whole.add_argument("--version", action=Version)
    called = _verb_in(given)
    if called is None:
        _equip(whole, BRIDGE)
    elif called > 0:
        whole.error(f"the verb comes first: {CALLED} {given[called]} {' '.join(given[:called])} ...")
    verbs = whole.add_subparsers(metavar="verb", title="verbs", description="without one, the bridge runs")
    for name, verb in VERBS.items():
        own = verbs.add_parser(name, help=verb.help, description=f"{verb.help[0].upper()}{verb.help[1:]}.")
        if called is not None and name == given[called]:
            _equip(own, verb)
    return whole


def _help_behind(given: Sequence[str]) -> Sequence[str]:
    """``help check`` and ``-h check`` are ``check --help``."""
    if not given or given[0] not in ("help", *_HELP):
        return given
    words = [word for word in given[1:] if word not in _HELP]
    return [*words, "--help"]


def _verb_in(given: Sequence[str]) -> int | None:
    """Where the verb is: the first word that is neither an option of the bridge nor the value of one."""
    is_value = False
    for number, word in enumerate(given):
        if not word.startswith("-") and not is_value:
            return number if word in VERBS else None
        is_value = not is_value and any(option.startswith(word) for option in WITH_VALUE) and word.startswith("--")
    return None


def _equip(own: CommandParser, verb: Verb) -> None:
    module = verb.load()
    module.add_arguments(own)
    if verb is not BRIDGE:
        own.show_examples(module.EXAMPLES)
    own.set_defaults(command=lambda options: _run(verb, module, options))


def _run(verb: Verb, module: ModuleType, options: argparse.Namespace) -> int:
    if not verb.lister:
        leave_readers_behind()
    console = _console() if verb.rich else None
    begin()
    code: int = module.run(options, console)
    return code


def _done(options: argparse.Namespace) -> int:
    try:
        code: int = options.command(options)
    except BridgeError as error:
        log.info("ended by: %s", error)
        raise
    finally:
        end_logging()
    return code


def _console() -> Console:
    from rich.console import Console

    plainly = Console(soft_wrap=True, markup=False, emoji=False, highlight=False)
    if not plainly.legacy_windows:
        return plainly
    # Such a terminal is coloured by calls, which would not keep their order with what goes through a queue.
    return Console(soft_wrap=True, markup=False, emoji=False, highlight=False, force_terminal=False)


def _complain(lines: Sequence[str]) -> None:
    from rich.console import Console

    from bridge.display.plain_text import fitted

    console = Console(stderr=True, soft_wrap=True, markup=False, emoji=False, highlight=False)
    for line in lines:
        console.print(fitted(console, printable(line)), style="red")
