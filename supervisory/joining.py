"""Finding the points of programs: each may begin as soon as its own devices answer, whatever the others do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ledger import Receipt
from supervisory.runtime.devices import Devices
from supervisory.setup.bindings import Bindings, ProgramPoint, bind, clashes
from supervisory.setup.plan import ProgramPlan, RunPlan
from supervisory.slots_in_use import SlotsInUse
from utils.errors import BridgeError, ConfigError, DeviceUnreachable, Problem

log = logging.getLogger(__name__)

_RETRY_S = 1.0
_LONGEST_PAUSE_S = 15.0


class Joining:
    """The programs of a run that have their points, and those that wait for a device.

    ``give_back`` gives back what earlier runs have left; ``alarm`` is called with a device and a message for people.
    """

    def __init__(
        self,
        plan: RunPlan,
        devices: Devices,
        give_back: Callable[[], Sequence[Receipt]],
        alarm: Callable[[str, str], None],
    ) -> None:
        self._plan = plan
        self._devices = devices
        self._give_back = give_back
        self._alarm = alarm
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.bound: dict[str, Bindings] = {}
        """The points of programs that may begin."""
        self.absent: dict[str, DeviceUnreachable] = {}
        """What programs wait for."""

    def begin(self, stop: threading.Event) -> None:
        """Return as soon as a program may begin, or all of none. Raises what keeps every program from it for too long.

        Raises :class:`ConfigError` with every problem of the devices that answer.
        """
        deadline_s = time.monotonic() + self._plan.config.start_timeout_s
        slots_in_use = SlotsInUse(self._give_back)
        while True:
            error = self._attempt(self._plan.programs, slots_in_use)
            if error is None or self.bound:
                return
            if stop.is_set() or time.monotonic() + _RETRY_S > deadline_s:
                raise error
            stop.wait(error.retry_after_s or _RETRY_S)

    def follow(self, joined: Callable[[str, Bindings], None], refused: Callable[[str, str], None]) -> None:
        """Go on for those that wait, in a thread of its own: tell who may begin, or never may, and why."""
        if self.absent:
            self._thread = threading.Thread(target=self._go_on, args=(joined, refused), name="joining")
            self._thread.start()

    def end(self) -> None:
        """Nobody joins any more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _go_on(self, joined: Callable[[str, Bindings], None], refused: Callable[[str, str], None]) -> None:
        pause_s = _RETRY_S
        slots_in_use = {name: SlotsInUse(self._give_back) for name in self.absent}
        while self.absent and not self._ended.wait(pause_s):
            pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
            for plan in [plan for plan in self._plan.programs if plan.name in self.absent]:
                try:
                    self._attempt([plan], slots_in_use[plan.name])
                except BridgeError as error:
                    del self.absent[plan.name]
                    refused(plan.name, str(error))
                    continue
                if plan.name in self.bound:
                    joined(plan.name, self.bound[plan.name])

    def _attempt(self, plans: Sequence[ProgramPlan], slots_in_use: SlotsInUse) -> DeviceUnreachable | None:
        """Look once; what a program waits for, if any does. Raises what is no matter of time."""
        try:
            with slots_in_use:
                self._look(plans)
        except DeviceUnreachable as error:
            self.absent |= dict.fromkeys((plan.name for plan in plans if plan.name not in self.bound), error)
        for missed in self.absent.values():
            self._alarm(missed.device, f"{missed.what}; waiting for it")
        return next(iter(self.absent.values()), None)

    def _look(self, plans: Sequence[ProgramPlan]) -> None:
        """Find the points of programs, all devices at once."""
        with ThreadPoolExecutor(max(1, len(tuple(self._devices))), thread_name_prefix="binding") as pool:
            futures = [
                (plan.name, pool.submit(self._bind_on, alias, plan))
                for plan in plans
                for alias in dict.fromkeys(item.device for item in self._plan.wanted[plan.name])
            ]
        points: dict[str, list[ProgramPoint]] = {plan.name: [] for plan in plans}
        problems: list[Problem] = []
        absent: dict[str, DeviceUnreachable] = {}
        for name, future in futures:
            try:
                found, wrong = future.result()
            except DeviceUnreachable as error:
                absent.setdefault(name, error)
                continue
            points[name] += found
            problems += wrong
        found_now = {name: Bindings(tuple(found)) for name, found in points.items() if name not in absent}
        together = self.bound | found_now
        named = [plan for plan in self._plan.programs if plan.name in together]
        problems += clashes({plan.name: (plan.priority, together[plan.name].points) for plan in named})
        if problems:
            raise ConfigError(problems)
        self.bound = together
        self.absent = {name: error for name, error in self.absent.items() if name not in together} | absent

    def _bind_on(self, alias: str, plan: ProgramPlan) -> tuple[list[ProgramPoint], list[Problem]]:
        wanted = self._plan.wanted[plan.name]
        return self._devices.named(alias).ask(lambda client: bind(wanted, alias, client, plan.priority))
