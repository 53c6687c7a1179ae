"""Machine code of functions over cells, made by numba where it is installed (``requirements-fast.txt``).

There is no second physics: the very functions that run without numba are compiled, with all that they call.
"""

from __future__ import annotations

import gc
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
from typing import Any, TypeAlias, cast

from emulators.plants.cells import row_of
from emulators.plants.weaving.sources import is_ours
from emulators.plants.weaving.woven import woven
from utils.home import CACHE
from utils.process.process_lock import ProcessLock

_OfNumba: TypeAlias = Any
"""What numba knows the classes of, which need not be installed."""
_logger = logging.getLogger(__name__)
_LARGEST = 12
"""Statements of a function that is woven into others. numba takes longest for many functions, and for large ones."""
_ROW_OF = cast("FunctionType", row_of)
_HOW = {"nogil": True, "error_model": "numpy", "no_rewrites": True}
"""What is rewritten are expressions of whole arrays, of which there are none: to look for them takes a tenth."""
_LONGEST_S = 120.0
"""For so long one process waits for another that compiles the same, before it does so itself."""


def can_compile() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


def compiled(what: str, signatures: Mapping[Callable[..., Any], str]) -> list[Callable[..., Any]]:
    """Machine code of each function, for arguments in numba's words; other threads run beside it.

    It is kept beside the sources, or in the user's cache, and made anew when one of them has changed: that takes
    seconds, is said before, with ``what`` it is, and is done by one of several processes that begin at once.

    Raises ModuleNotFoundError without numba.
    """
    numba = import_module("numba")
    if CACHE is not None:
        numba.config.CACHE_DIR = numba.config.CACHE_DIR or str(CACHE)
    njit, began, is_said = numba.njit, time.perf_counter(), False
    inner: dict[FunctionType, Any] = {_ROW_OF: _address_of_row()}
    dispatchers = []
    for function, signature in signatures.items():
        assert isinstance(function, FunctionType)  # noqa: S101
        twin = _twin(function, inner, njit(**_HOW, no_cpython_wrapper=True, no_cfunc_wrapper=True))
        # numba looks for changes only in the file of the function itself; the name tells of all others.
        twin.__qualname__ = f"{twin.__qualname__}_{_sources()}"
        dispatcher = njit(**_HOW, cache=True)(twin)
        kept = Path(dispatcher.stats.cache_path)
        with _one_process_at_a_time(kept), _garbage_kept():
            if not is_said and not any(kept.glob(f"*{_sources()}*.nbi")):
                is_said = True
                _logger.warning("%s is being compiled; that takes some ten seconds, once", what)
            dispatcher.compile(signature)
        dispatcher.disable_compile()
        dispatchers.append(dispatcher)
    if is_said:
        _logger.info("%s was compiled in %.1f s, and is kept for the next start", what, time.perf_counter() - began)
    return dispatchers


@contextmanager
def _one_process_at_a_time(folder: Path) -> Iterator[None]:
    """What the first one compiles, the others find. Where nothing can be written, each is on its own."""
    lock = ProcessLock(folder / "compiled.lock")
    with suppress(OSError):  # and its kind that says that the wait was too long
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(_LONGEST_S)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """A compiler holds on to nearly all that it makes: looking through it over and over takes a seventh of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _twin(
    function: FunctionType, inner: dict[FunctionType, Any], compile_it: Callable[[FunctionType], Any]
) -> FunctionType:
    """The same function, among machine code of those of ours that it calls."""
    made = woven(function, unrolled=False, largest=_LARGEST, kept={_ROW_OF})
    surroundings = dict(made.__globals__)
    for name in made.__code__.co_names:
        called = surroundings.get(name)
        if is_ours(called):
            if called not in inner:
                inner[called] = compile_it(_twin(called, inner, compile_it))
            surroundings[name] = inner[called]
    return FunctionType(made.__code__, surroundings, made.__name__, function.__defaults__)


def _address_of_row() -> _OfNumba:
    """:func:`row_of` for machine code: the address of a row's first cell.

    numba takes an array apart for each cell that is read, into a dozen instructions; behind an address, into two.
    """
    extending, types = import_module("numba.extending"), import_module("numba.core.types")
    make_array = import_module("numba.np.arrayobj").make_array

    def typed(_: _OfNumba, rows: _OfNumba, number: _OfNumba) -> _OfNumba:
        def generated(context: _OfNumba, builder: _OfNumba, signature: _OfNumba, arguments: _OfNumba) -> _OfNumba:
            array = make_array(signature.args[0])(context, builder, arguments[0])
            width = builder.extract_value(array.shape, 1)
            return builder.gep(array.data, [builder.mul(arguments[1], width)])

        return types.CPointer(types.float64)(rows, types.intp), generated

    return extending.intrinsic(typed)


@cache
def _sources() -> str:
    """A digest of everything that machine code is made from."""
    digest = sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
