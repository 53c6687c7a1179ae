"""The runtime as a BACnet device: a switch for everything, one per program, their buttons, and what there is to see.

People find it by Who-Is like any other controller. A command is obeyed before it is acknowledged: from then on nothing
more is written, and the releaser is under way. Commands that stand are kept over a restart; what is not known is off.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self

from clients.bacnet import BACnetStack, StackError
from supervisory.guard.enabling import Enabling, State
from supervisory.switch import objects as make
from supervisory.switch.buttons import Button, Buttons
from supervisory.switch.files import RememberedSwitch
from supervisory.switch.memory import SwitchMemory
from supervisory.switch.objects import NumberObject, StateObject, SwitchObject, TextObject
from supervisory.switch.told import told_at_start
from utils.errors import ConfigError, Problem
from utils.state_folder import StateError

log = logging.getLogger(__name__)

EVERYTHING = "optimization-enabled"
MODES = (State.DISABLED, State.RUN, State.RELEASING, State.FAULT)
"""The states of mode objects, the first is 1."""
BEAT_S = 1.0
_COUNTS = 1000
_LONGEST_REASON = 200


class Counts(Protocol):
    """What the device tells of the gate."""

    def owned(self, program: str | None = None) -> int:
        """How many slots are owned now."""


@dataclass(frozen=True, slots=True)
class _Board:
    """The objects of one program, or of everything."""

    switch: SwitchObject
    mode: StateObject
    overrides: NumberObject
    reason: TextObject


class Switch:
    """Serves the device's objects inside the ``with``. Entering brings ``enabling`` in line with the switches.

    ``starts_on`` is the relinquish default of the switch for everything: how it stands when nobody commands it. That
    of a program is on. Entering raises :class:`ConfigError` for a program whose objects would be called like those of
    everything.
    """

    def __init__(
        self,
        stack: BACnetStack,
        enabling: Enabling,
        counts: Counts,
        memory: SwitchMemory,
        buttons: Buttons | None = None,
        *,
        starts_on: bool = False,
    ) -> None:
        self._stack = stack
        self._enabling = enabling
        self._counts = counts
        self._memory = memory
        self._starts_on = starts_on
        self._buttons = buttons or Buttons({})
        self._remembered: dict[str, RememberedSwitch] = {}
        self._boards: dict[str | None, _Board] = {}
        self._pressed: dict[Button, SwitchObject] = {}
        self._heartbeat: NumberObject
        self._remembering = asyncio.Lock()
        self._beating: concurrent.futures.Future[None] | None = None

    def __enter__(self) -> Self:
        _check_names(self._enabling.programs)
        switches = [switch_name(name) for name in self._enabling.programs]
        self._remembered = self._memory.recall(EVERYTHING, [*switches, *map(_button_name, self._buttons.descriptions)])
        self._stack.add(self._make)
        self._buttons.subscribe(self._taken)
        self._enabling.subscribe(self._changed)
        for program in self._enabling.programs:
            self._enabling.switch(self._boards[program].switch.is_on, program)
        self._enabling.switch(self._boards[None].switch.is_on)
        self._beating = self._stack.submit(self._beat())
        return self

    def told_at_start(self) -> list[str]:
        """Where the switches are; which of them were found off, since when, and how they are switched on."""
        own = self._stack.address, self._stack.instance
        buttons = set(map(_button_name, self._buttons.descriptions))
        switches = {name: one for name, one in self._remembered.items() if name not in buttons}
        return told_at_start(*own, EVERYTHING, switches, starts_on=self._starts_on)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beating is not None:
            self._beating.cancel()

    def _make(self) -> list[Any]:
        """All objects. Called on the loop's thread."""
        remembered = self._remembered
        self._boards[None] = _board(None, remembered[EVERYTHING], starts_on=self._starts_on)
        for program in self._enabling.programs:
            self._boards[program] = _board(program, remembered[switch_name(program)], starts_on=True)
        for owner, board in self._boards.items():
            board.switch.watch(partial(self._commanded, owner))
        for button, description in self._buttons.descriptions.items():
            name = _button_name(button)
            self._pressed[button] = made = make.button(remembered[name].instance, name, description)
            made.watch(partial(self._press, button))
        self._heartbeat = make.number(1000, "heartbeat", "Counts up once a second as long as the runtime lives")
        boards = self._boards.values()
        return [
            self._heartbeat,
            *self._pressed.values(),
            *(part for one in boards for part in (one.switch, one.mode, one.overrides, one.reason)),
        ]

    async def _commanded(self, program: str | None, switch: SwitchObject) -> None:
        """Somebody has written to a switch: obey, and remember it before the write is acknowledged."""
        priority = switch.currentCommandPriority.unsigned
        by = f"at priority {priority}" if priority is not None else "by default"
        self._enabling.switch(switch.is_on, program, f"{switch.objectName} was switched off {by}")
        log.info("%s is %s %s", switch.objectName, "on" if switch.is_on else "off", by)
        try:
            await self._remember()
        except StateError as error:
            log.warning("%s; after a restart this is not known any more", error)

    async def _press(self, button: Button, pressed: SwitchObject) -> None:
        """Somebody has written to a button: its program takes it with its next step."""
        if pressed.is_on:
            log.info("%s was pressed", pressed.objectName)
            self._buttons.press(button)

    def _taken(self, button: Button) -> None:
        """Called in the program's thread: the button comes up again, which tells people that it was taken."""
        with contextlib.suppress(StackError):  # nobody looks any more
            self._stack.submit(self._pressed[button].let_go())

    async def _remember(self) -> None:
        """One after the other, so that what is written last is what was commanded last."""
        async with self._remembering:
            slots = {str(board.switch.objectName): board.switch.slots for board in self._boards.values()}
            await asyncio.to_thread(self._memory.keep, slots)

    def _changed(self, _program: str) -> None:
        """Called in any thread when a program's state has changed."""
        with contextlib.suppress(StackError):  # nobody looks any more
            self._stack.post(self._show)

    def _show(self) -> None:
        for program, board in self._boards.items():
            board.mode.presentValue = MODES.index(self._enabling.state(program)) + 1
            board.overrides.presentValue = float(self._counts.owned(program))
            reason = self._enabling.reason(program)[:_LONGEST_REASON]
            if str(board.reason.presentValue) != reason:
                board.reason.presentValue = reason

    async def _beat(self) -> None:
        count = 0
        while True:
            self._show()
            self._heartbeat.presentValue = float(count)
            count = (count + 1) % _COUNTS
            await asyncio.sleep(BEAT_S)


def switch_name(program: str) -> str:
    """The object name of a program's switch."""
    return f"{program}-enabled"


def _button_name(button: Button) -> str:
    return "-".join(button)


def _check_names(programs: Sequence[str]) -> None:
    clashes = [name for name in programs if switch_name(name) == EVERYTHING]
    if clashes:
        raise ConfigError(
            Problem(f"programs: {name}", "this name is kept for everything; call it otherwise") for name in clashes
        )


def _board(program: str | None, kept: RememberedSwitch, *, starts_on: bool) -> _Board:
    of, prefix = ("all programs", "") if program is None else (program, f"{program}-")
    name = EVERYTHING if program is None else switch_name(program)
    number = kept.instance
    default = starts_on and kept.is_known
    return _Board(
        make.switch(
            number, name, f"Inactive: everything overridden by {of} is given back", default=default, slots=kept.slots
        ),
        make.state(number, f"{prefix}mode", f"State of {of}", MODES),
        make.number(number, f"{prefix}overrides", f"Slots of priority arrays that are owned now by {of}"),
        make.text(number, f"{prefix}last-release-reason", f"Why something was released last by {of}"),
    )
