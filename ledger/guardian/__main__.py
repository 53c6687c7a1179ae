"""The guardian as a process: the order and the beats come from standard input."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from pathlib import Path

from ledger.guardian.guardian import End, Guardian, Watch
from ledger.guardian.order import BEAT, READY, Order
from utils.alone import Alone
from utils.errors import BridgeError
from utils.logging_config import FileLines, StreamLines, end_logging, hand_over
from utils.process.streams import leave, stand_before_standard_streams

_IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")


def main() -> int:
    """Run as a guardian: the order and the beats come from standard input. Returns the exit code."""
    pipe = sys.stdin.fileno()
    line = _first_line(pipe)
    if not line:
        return 0
    order = Order.of(line)
    for number in (getattr(signal, name) for name in _IGNORED if hasattr(signal, name)):
        signal.signal(number, signal.SIG_IGN)  # what ends the runtime must not end us first
    _start_logging(order)
    guardian = Guardian(order)
    try:
        guardian.prepare()
        _answer(f"{READY}\n".encode())
        end = Watch(pipe, order.silence_s, lambda: _answer(BEAT)).wait()
        return 0 if end is End.FAREWELL else guardian.act(end)
    except BridgeError as error:
        sys.stderr.write(f"guardian: {error}\n")
        return error.exit_code
    finally:
        guardian.close()
        end_logging()


def _answer(what: bytes) -> None:
    with contextlib.suppress(OSError):  # a runtime that is dead already needs us all the more
        os.write(sys.stdout.fileno(), what)


def _first_line(descriptor: int) -> bytes:
    """Up to the end of the line and no further, as what follows are beats; nothing where the pipe closes before."""
    line = b""
    while not line.endswith(b"\n"):
        heard = os.read(descriptor, 1)
        if not heard:
            return b""
        line += heard
    return line


def _start_logging(order: Order) -> None:
    """To the runtime's own standard error, and to a file that appears with the first line. Neither is waited for."""
    file = Path(order.state) / "guardian" / f"{Path(order.journal).stem}.log"
    with Alone().step("making the guardian's log folder"):
        file.parent.mkdir(parents=True, exist_ok=True)
    handlers: dict[str, logging.Handler] = {"file-log": FileLines(file), "console-log": StreamLines()}
    for handler in handlers.values():
        handler.setFormatter(logging.Formatter("%(asctime)s guardian: %(message)s"))
    hand_over("INFO", [(order.variables or {}).get("ECY2_LOGIN_PWORD", "")], handlers)


if __name__ == "__main__":
    stand_before_standard_streams()
    leave(main())
