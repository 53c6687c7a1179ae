"""The gate over ledger and controllers: one thread per controller writes, looks and gives back, in that order.

Because nobody else writes to a controller, a release that has begun there finds every earlier batch ended, and every
later one finds its leave expired. A batch that hangs is abandoned.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Protocol

from clients.device_client import DeviceClient
from ledger import DOUBT_S, Ledger, Receipt
from supervisory.guard.device_line import DeviceLine
from supervisory.guard.enabling import Enabling, State
from supervisory.guard.gate import Disabled, Pass, SlotCommand, SlotResult
from supervisory.guard.slots import Errors, Slots
from utils.alone import Alone
from utils.errors import BridgeError, DeviceError, DeviceRefused

GRACE_S = 0.5
"""How long a batch in flight may hold up a release before it is abandoned."""


class Guard(Protocol):
    """Who gives back when this process cannot."""

    @property
    def is_watching(self) -> bool:
        """Whether it would notice our death at this moment."""


class SlotGate:
    """Guards the slots of all programs of one runtime; see :class:`supervisory.guard.gate.Gate`.

    ``clients`` are the gate's own, by the device name that commands use; it closes them. Nothing is written while
    ``guard`` does not watch. ``opens`` makes the client of any other device when it is written to for the first time.
    """

    def __init__(
        self,
        ledger: Ledger,
        clients: Mapping[str, DeviceClient],
        enabling: Enabling,
        guard: Guard,
        grace_s: float = GRACE_S,
        doubt_s: float = DOUBT_S,
        opens: Callable[[str], DeviceClient] | None = None,
    ) -> None:
        self._slots = Slots(ledger, doubt_s)
        self._lines = {device: DeviceLine(device, client) for device, client in clients.items()}
        self._enabling = enabling
        self._guard = guard
        self._grace_s = grace_s
        self._opens = opens
        self._opening = threading.Lock()
        self._alone = Alone()

    def admit(self, program: str) -> Pass | None:
        """A pass for this program; None while it is disabled."""
        generation = self._enabling.generation(program)
        return None if generation is None else Pass(program, generation)

    def write(self, leave: Pass, commands: Sequence[SlotCommand]) -> tuple[SlotResult, ...]:
        """Write one batch per controller, all in parallel. Raises :class:`Disabled`."""
        self._require(leave)
        by_device: dict[str, list[SlotCommand]] = {}
        for command in commands:
            by_device.setdefault(command.device, []).append(command)
        errors = self._refusals(by_device) or self._written(leave, by_device)
        return tuple(SlotResult(command, errors.get(command)) for command in commands)

    def release(self, reason: str, program: str | None = None) -> list[Receipt]:
        """Take leave away and give everything back, all controllers in parallel."""
        self._enabling.interrupt(reason, program)
        return self.give_back(self._enabling.programs if program is None else (program,))

    def end(self, reason: str) -> list[Receipt]:
        """As :meth:`release` of everything, for good."""
        self._enabling.end(reason)
        return self.give_back(self._enabling.programs)

    def give_back(self, programs: Collection[str]) -> list[Receipt]:
        """Give back what programs own that may not write any more. Who owns nothing then is no longer releasing."""
        stopped = [name for name in programs if self._enabling.state(name) is not State.RUN]
        deadline_s = time.monotonic() + self._grace_s
        jobs = [
            line.submit_urgent(partial(self._give_back, device, stopped))
            for device, line in self._lines.items()
            if stopped
        ]
        for job in jobs:
            job.hurry(deadline_s)
        receipts: list[Receipt] = []
        for job in jobs:
            with self._alone.step("giving back a controller"):
                receipts += job.result()
        for name in stopped:
            if not self.owned(name):
                self._enabling.released(name)
        return receipts

    def owned(self, program: str | None = None) -> int:
        """How many slots are owned now."""
        return self._slots.owned(program)

    def close(self) -> None:
        """End the threads and close the clients. What is still owned stays in the ledger."""
        for device, line in self._lines.items():
            with self._alone.step(f"closing {device}"):
                line.close()

    def _require(self, leave: Pass) -> None:
        if self._enabling.generation(leave.program) != leave.generation:
            raise Disabled(f"{leave.program} may not write: {self._enabling.reason(leave.program) or 'it is disabled'}")

    def _refusals(self, by_device: Mapping[str, Sequence[SlotCommand]]) -> Errors:
        if self._guard.is_watching:
            return {}
        what = "nothing is written while no guardian watches this process"
        return {command: DeviceRefused(device, what) for device, own in by_device.items() for command in own}

    def _written(self, leave: Pass, by_device: Mapping[str, Sequence[SlotCommand]]) -> Errors:
        errors: Errors = {}
        futures = {}
        for device, own in by_device.items():
            try:
                futures[device] = self._line(device).submit(partial(self._command, leave, own))
            except DeviceError as error:
                errors |= dict.fromkeys(own, error)
        for device, future in futures.items():
            try:
                errors |= future.result()
            except DeviceError as error:
                errors |= dict.fromkeys(by_device[device], error)
        return errors

    def _line(self, device: str) -> DeviceLine:
        """Raises :class:`DeviceRefused` for a device that is not known, and cannot become so."""
        with self._opening:
            if device not in self._lines:
                if self._opens is None:
                    raise DeviceRefused(device, "this controller is not in the config")
                try:
                    self._lines = {**self._lines, device: DeviceLine(device, self._opens(device))}
                except BridgeError as error:
                    raise DeviceRefused(device, str(error)) from None
            return self._lines[device]

    def _command(self, leave: Pass, commands: Sequence[SlotCommand], client: DeviceClient) -> Errors:
        self._require(leave)
        return self._slots.command(client, leave, commands, lambda: self._require(leave))

    def _give_back(self, device: str, programs: Collection[str], client: DeviceClient) -> list[Receipt]:
        return self._slots.give_back(client, device, programs)
