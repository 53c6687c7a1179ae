"""The hooks of a program of either style, plain or ``async``, called alike."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable
from typing import Protocol

from supervisory.easy import EasyASO, EasyServices
from supervisory.program import Program
from supervisory.runtime.context import StepContext
from supervisory.setup.plan import ProgramPlan

log = logging.getLogger(__name__)


class Hooks(Protocol):
    """What is called in one life of a program."""

    async def on_start(self, context: StepContext) -> None:
        """Call and await."""

    async def on_step(self, context: StepContext) -> None:
        """Call and await."""

    async def on_stop(self, context: StepContext) -> None:
        """Call and await."""


def hooks_of(plan: ProgramPlan, services: EasyServices) -> Hooks:
    """Make an instance of the program. Raises whatever its constructor raises."""
    program = plan.made()
    if isinstance(program, EasyASO):
        program.attach(services)
        return _EasyHooks(plan.name, program)
    return _LongHooks(program)


class _LongHooks:
    def __init__(self, program: Program) -> None:
        self._program = program

    async def on_start(self, context: StepContext) -> None:
        await _done(self._program.on_start(context))

    async def on_step(self, context: StepContext) -> None:
        await _done(self._program.on_step(context))

    async def on_stop(self, context: StepContext) -> None:
        await _done(self._program.on_stop(context))


class _EasyHooks:
    """The short style, with what easy-aso does around the three hooks."""

    def __init__(self, name: str, program: EasyASO) -> None:
        self._name = name
        self._program = program
        self._serving: asyncio.Task[None] | None = None

    async def on_start(self, _context: StepContext) -> None:
        await _done(self._program.create_application())
        if self._serving is None and type(self._program).update_server is not EasyASO.update_server:
            self._serving = asyncio.create_task(self._program.update_server())
            self._serving.add_done_callback(self._served)
        await _done(self._program.on_start())

    async def on_step(self, _context: StepContext) -> None:
        await _done(self._program.on_step())

    async def on_stop(self, _context: StepContext) -> None:
        self._program.stop_event.set()
        if self._serving is not None:
            self._serving.cancel()
        await _done(self._program.on_stop())

    def _served(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.warning("%s: update_server has failed and is over: %r", self._name, error)


async def _done(result: Awaitable[None] | None) -> None:
    if inspect.isawaitable(result):
        await result
