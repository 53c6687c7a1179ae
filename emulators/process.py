"""Emulators as child processes, so that the bridge meets them as it meets real peers: over sockets, and killable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from utils.errors import BridgeError

_END_DEADLINE_S = 5.0


class EmulatorError(BridgeError):
    """An emulator did not start."""


@contextmanager
def emulator_process(
    command: Sequence[str], servers: int, variables: Mapping[str, str] = MappingProxyType({})
) -> Iterator[list[str]]:
    """Run an emulator until the block ends. Yields the first ``servers`` lines that it prints: one per server.

    ``variables`` are added to its environment.

    The child ends when its standard input closes, so it does not outlive us even when we are killed; Ctrl+C in our
    terminal does not reach it, because the bridge has to give back first.
    """
    with subprocess.Popen(  # noqa: S603 - our own command line
        command,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    ) as child:
        try:
            yield _first_lines(child, servers)
        finally:
            _end(child)


def _first_lines(child: subprocess.Popen[str], count: int) -> list[str]:
    lines = [child.stdout.readline().strip() for _ in range(count)] if child.stdout else []
    if not lines or not all(lines):
        raise EmulatorError("an embedded emulator did not start; its own message is above")
    return lines


def _end(child: subprocess.Popen[str]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(_END_DEADLINE_S)
    except subprocess.TimeoutExpired:
        child.kill()
