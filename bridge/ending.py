"""What has to be done at the end, noted when it becomes necessary: the end is what was noted, read backwards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Self

from utils.alone import Alone


class Ending:
    """A context manager. Each step is done, whatever becomes of the others."""

    def __init__(self) -> None:
        self._steps = Alone()
        self._luxuries = Alone()
        self._stack = ExitStack()

    @property
    def told(self) -> tuple[str, ...]:
        """What went wrong, in words. That a luxury fails says nothing of the run."""
        return self._steps.told

    def later(self, what: str, step: Callable[[], object]) -> None:
        """Have this done at the end, before all that was noted earlier."""
        self._stack.callback(partial(_done, self._steps, what, step))

    def luxury(self, what: str, step: Callable[[], object]) -> None:
        """The same for something that may fail."""
        self._stack.callback(partial(_done, self._luxuries, what, step))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _done(alone: Alone, what: str, step: Callable[[], object]) -> None:
    with alone.step(what):
        step()
