"""Machine code of functions over cells, made by numba where it is installed (``requirements-fast.txt``).

There is no second physics: the very functions that run without numba are compiled, with all that they call.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any

from emulators.plants.sources import is_ours
from emulators.plants.woven import woven
from utils.process.process_lock import ProcessLock

_logger = logging.getLogger(__name__)
_LARGEST = 12
"""Statements of a function that is woven into others. numba takes longest for many functions, and for large ones."""
_HOW = {"nogil": True, "error_model": "numpy"}
_LOCK = Path(__file__).parent / "__pycache__" / "compiled.lock"
_LONGEST_S = 120.0
"""For so long one process waits for another that compiles the same, before it does so itself."""


def can_compile() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


def compiled(what: str, signatures: Mapping[Callable[..., Any], str]) -> list[Callable[..., Any]]:
    """Machine code of each function, for arguments in numba's words; other threads run beside it.

    It is kept beside the sources, and made anew when one of them has changed: that takes seconds, is said with
    ``what`` it is, and is done by one of several processes that begin at once.

    Raises ModuleNotFoundError without numba.
    """
    njit = import_module("numba").njit
    began, misses = time.perf_counter(), 0
    inner: dict[FunctionType, Any] = {}
    dispatchers = []
    for function, signature in signatures.items():
        assert isinstance(function, FunctionType)  # noqa: S101
        twin = _twin(function, inner, njit(**_HOW, no_cpython_wrapper=True, no_cfunc_wrapper=True))
        # numba looks for changes only in the file of the function itself; the name tells of all others.
        twin.__qualname__ = f"{twin.__qualname__}_{_sources()}"
        with _one_process_at_a_time():
            dispatcher = njit(signature, **_HOW, cache=True)(twin)
        misses += sum(dispatcher.stats.cache_misses.values())
        dispatchers.append(dispatcher)
    if misses:
        _logger.info("%s was compiled in %.1f s, and is kept for the next start", what, time.perf_counter() - began)
    return dispatchers


@contextmanager
def _one_process_at_a_time() -> Iterator[None]:
    """What the first one compiles, the others find. Where nothing can be written, each is on its own."""
    lock = ProcessLock(_LOCK)
    with suppress(OSError):  # and its kind that says that the wait was too long
        _LOCK.parent.mkdir(exist_ok=True)
        lock.acquire(_LONGEST_S)
    try:
        yield
    finally:
        lock.release()


def _twin(
    function: FunctionType, inner: dict[FunctionType, Any], compile_it: Callable[[FunctionType], Any]
) -> FunctionType:
    """The same function, among machine code of those of ours that it calls."""
    made = woven(function, unrolled=False, largest=_LARGEST)
    surroundings = dict(made.__globals__)
    for name in made.__code__.co_names:
        called = surroundings.get(name)
        if is_ours(called):
            if called not in inner:
                inner[called] = compile_it(_twin(called, inner, compile_it))
            surroundings[name] = inner[called]
    return FunctionType(made.__code__, surroundings, made.__name__, function.__defaults__)


@cache
def _sources() -> str:
    """A digest of everything that machine code is made from."""
    digest = sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
