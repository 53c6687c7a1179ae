"""One life of a program, from the moment it is given leave to write until it loses it.

Every life has a new instance of the program and a leave of its own, so that nothing of an earlier one, no timer and
no late write, can reach into it. A round is: inputs, hooks, one batch of writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from supervisory.easy import Misuse
from supervisory.guard.gate import Gate, Pass, SlotCommand
from supervisory.program import NoValue, Reading
from supervisory.runtime.context import NOWHERE, SKIPPED, Given, Moment, StepContext, StepRecord, lacking, readings_of
from supervisory.runtime.devices import Inputs
from supervisory.runtime.hooks import Hooks, hooks_of
from supervisory.runtime.plant_loop import PlantLoop
from supervisory.runtime.short.reading import Site
from supervisory.runtime.short.services import SiteServices
from supervisory.runtime.state_store import StateStore
from supervisory.setup.bindings import Bindings, Key, ProgramPoint
from supervisory.setup.plan import ProgramPlan
from supervisory.site_access import SiteAccess
from utils.errors import DeviceError, DeviceUnreachable, ObjectError
from utils.names import did_you_mean
from utils.values import PointValue, Sample

log = logging.getLogger(__name__)

Orders: TypeAlias = Mapping[Key, PointValue | None]


@dataclass(frozen=True, slots=True)
class Around:
    """What all programs of a runtime share."""

    gate: Gate
    site: Site
    states: StateStore
    hold_steps: int
    refresh_s: float
    record: Callable[[StepRecord], None]
    alarm: Callable[[str, str], None]
    """Called with a program's name and a message for people."""
    slots_of_site: Callable[[str], SiteAccess] | None = None
    """All slots of the site, for a program that may see and release those of others."""
    publish: Callable[[str, str, str], str] = lambda program, name, text: NOWHERE
    """Keeps a program's page for people, by its name; says where."""
    pressed: Callable[[str, str], bool] = lambda program, button: False
    """Takes a press of a program's button."""


class ProgramRun:
    """One life. Rounds run on the loop of the program's worker, one at a time."""

    def __init__(self, plan: ProgramPlan, bindings: Bindings, around: Around, leave: Pass, *, is_restart: bool) -> None:
        self.leave = leave
        self.has_started = False
        self._plan = plan
        self._bindings = bindings
        self._around = around
        self._state: MutableMapping[str, Any] = {}
        self._program: Hooks | None = None
        self._services = SiteServices(
            around.site,
            leave,
            plan.priority,
            lambda message: around.alarm(plan.name, message),
            lenient=bool(getattr(plan.kind, "none_for_failed_reads", False)),
        )
        self._looks_first = is_restart
        self._held: dict[Key, PointValue] = {}
        self._unsent: dict[Key, PointValue | None] = {}
        self._troubles: dict[Key, str] = {}
        """What could not be written, and why."""
        self._said: dict[str, None] = {}
        """The alarms that the program has raised in this step."""
        self._last_good_s: dict[Key, float] = {}
        self._last_step_s: float | None = None
        self._refreshed_s = 0.0
        self._misses = self._left_out = 0
        self.waits_for_devices = False
        """Whether the step is held up by a device, which is not the program's fault."""

    def leave_out(self) -> None:
        """A step was due while devices are waited for: if they do not answer, it lacked its inputs too."""
        self._left_out += 1

    async def round(self, loop: PlantLoop, inputs: Inputs, moment: Moment) -> None:
        """One step: read, decide, write. After a re-enable, the first round only looks.

        Raises what the hooks raise, and :class:`supervisory.guard.gate.Disabled` when leave was taken meanwhile.
        """
        program = self._made()
        self._said.clear()
        if self._last_step_s is not None:
            moment = replace(moment, dt_s=moment.time_s - self._last_step_s)
        samples = await self._samples(loop, inputs)
        readings = readings_of(self._bindings, samples, self._last_good_s, moment.time_s)
        why = lacking(self._bindings, readings)
        if why:
            self._miss(loop, readings, moment, f"no good value of {why}")
        elif self._looks_first:
            self._looks_first = False
        else:
            await self._step(loop, program, readings, moment)

    async def farewell(self, moment: Moment, reason: str) -> None:
        """The courtesy of on_stop. Everything has been given back before."""
        if self._program is not None and self.has_started:
            await self._program.on_stop(self._context({}, moment, reason))
            self._around.states.save(self._plan.name, self._state)

    def _made(self) -> Hooks:
        """The program's instance; made in its own thread, as it may do anything."""
        if self._program is None:
            self._state = self._around.states.load(self._plan.name)
            self._program = hooks_of(self._plan, self._services)
        return self._program

    async def _samples(self, loop: PlantLoop, inputs: Inputs) -> dict[Key, Sample]:
        with self._exchange(loop):
            by_device = {device: await loop.answer_of(future) for device, future in inputs.items()}
        return {point.key: by_device[point.device][point.ref] for point in self._bindings.reads}

    @contextmanager
    def _exchange(self, loop: PlantLoop) -> Iterator[None]:
        self.waits_for_devices = True
        try:
            yield
        finally:
            loop.begins_anew()
            self.waits_for_devices = False

    async def _step(self, loop: PlantLoop, program: Hooks, readings: Mapping[Key, Reading], moment: Moment) -> None:
        context = self._context(readings, moment)
        self._services.has_told_none = False
        try:
            if not self.has_started:
                await program.on_start(context)
                self.has_started = True
            await program.on_step(context)
        except NoValue as error:
            self._miss(loop, readings, moment, f"no good value of {error}")
            return
        except Misuse:
            raise
        except (DeviceUnreachable, ObjectError) as error:  # the short style asks devices in the middle of a step
            self._cut(loop, readings, moment, error)
            return
        except TypeError as error:
            if not self._services.has_told_none:
                raise
            self._miss(loop, readings, moment, f"a read has given None ({error})")
            return
        if self._misses:
            log.info("%s: its inputs are good again", self._plan.name)
        self._misses, self._left_out, self._last_step_s = 0, 0, moment.time_s
        self._write(loop, context.orders, moment)
        self._around.states.save(self._plan.name, self._state)
        self._record(readings, moment, context.facts)

    def _context(self, readings: Mapping[Key, Reading], moment: Moment, stop_reason: str = "") -> StepContext:
        slots = self._around.slots_of_site
        name = self._plan.name
        site = None if slots is None or not getattr(self._plan.kind, "needs_site", False) else lambda: slots(name)
        given = Given(
            self._plan.roles,
            self._bindings,
            readings,
            self._held,
            self._state,
            self._alarm,
            site,
            partial(self._around.publish, name),
            self._pressed,
        )
        return StepContext(given, moment, stop_reason)

    def _pressed(self, button: str) -> bool:
        if button not in self._plan.buttons:
            raise LookupError(f'the program has no button "{button}"{did_you_mean(button, self._plan.buttons)}')
        return self._around.pressed(self._plan.name, button)

    def _cut(self, loop: PlantLoop, readings: Mapping[Key, Reading], moment: Moment, error: DeviceError) -> None:
        """A device has ended a step: once for a write that it does not take, each time for what it does not tell."""
        if not isinstance(error, DeviceUnreachable) and self._services.leave_alone(error):
            log.warning("%s: a step has ended at %s; that point is left alone from now on", self._plan.name, error)
            self._record(readings, moment, {}, f"cut short: {error}")
        else:
            self._miss(loop, readings, moment, str(error))

    def _miss(self, loop: PlantLoop, readings: Mapping[Key, Reading], moment: Moment, why: str) -> None:
        """A step without good inputs: hold what is there for some of them, then give it back."""
        if not self._misses:
            log.warning("%s: step skipped: %s", self._plan.name, why)
        self._misses += 1 + self._left_out
        self._left_out = 0
        self._record(readings, moment, {}, f"{SKIPPED}{why}")
        if self._misses > self._around.hold_steps and self._around.gate.owned(self._plan.name):
            with loop.asking(), self._exchange(loop):
                self._around.gate.release(f"{why} (in {self._misses} steps)", self._plan.name)

    def _write(self, loop: PlantLoop, orders: Orders, moment: Moment) -> None:
        wanted = {**self._due_again(moment.time_s), **self._unsent, **self._changed(orders)}
        if not wanted:
            return
        points = {point.key: point for point in self._bindings.commands}
        commands = [_command(points[key], value, self._plan.priority) for key, value in wanted.items()]
        with loop.asking(), self._exchange(loop):
            results = self._around.gate.write(self.leave, commands)
        for (key, value), result in zip(wanted.items(), results, strict=True):
            self._note(points[key], value, result.error)

    def _due_again(self, time_s: float) -> dict[Key, PointValue | None]:
        """Everything held, now and then: a device that has restarted has lost it."""
        if time_s - self._refreshed_s < self._around.refresh_s:
            return {}
        self._refreshed_s = time_s
        return dict(self._held)

    def _changed(self, orders: Orders) -> dict[Key, PointValue | None]:
        """What differs from what is there by more than the role's deadband."""
        changed = {}
        for key, value in orders.items():
            held, deadband = self._held.get(key), self._deadband(key)
            if value is None or held is None or abs(value - held) > deadband or key in self._unsent:
                changed[key] = value
        return {key: value for key, value in changed.items() if value is not None or self._may_hold(key)}

    def _may_hold(self, key: Key) -> bool:
        return key in self._held or key in self._unsent

    def _deadband(self, key: Key) -> float:
        return float(getattr(self._plan.roles[key[0]], "deadband", 0.0))

    def _note(self, point: ProgramPoint, value: PointValue | None, error: DeviceError | None) -> None:
        """What became of a write. One that may pass by itself is tried again with the next step."""
        key = point.key
        if error is None:
            self._unsent.pop(key, None)
            self._troubles.pop(key, None)
            if value is None:
                self._held.pop(key, None)
            else:
                self._held[key] = value
            return
        if isinstance(error, ObjectError):
            self._unsent.pop(key, None)
            self._held.pop(key, None)
        else:
            self._unsent[key] = value
        trouble = f"{point.label} was not written: {error}"
        if self._troubles.get(key) != trouble:
            self._troubles[key] = trouble
            self._around.alarm(self._plan.name, trouble)

    def _alarm(self, message: str) -> None:
        self._said[message] = None
        self._around.alarm(self._plan.name, message)

    def _record(
        self, readings: Mapping[Key, Reading], moment: Moment, facts: Mapping[str, object], note: str = ""
    ) -> None:
        labels = {point.key: point.label for point in self._bindings.points}
        self._around.record(
            StepRecord(
                self._plan.name,
                moment,
                {labels[key]: reading for key, reading in readings.items()},
                {
                    **{point.label: self._held.get(point.key) for point in self._bindings.commands},
                    **self._services.held,
                },
                dict(facts),
                note,
                (*self._troubles.values(), *self._services.troubles, *self._said),
            )
        )


def _command(point: ProgramPoint, value: PointValue | None, priority: int) -> SlotCommand:
    """In the object's own unit and kind of number."""
    converted: PointValue | None = value
    if value is not None:
        if point.ref.bacnet_type.is_binary:
            converted = bool(value)
        elif point.ref.bacnet_type.is_whole:
            converted = round(value)
        else:
            converted = point.to_object(float(value)) if point.to_object is not None else float(value)
    return SlotCommand(point.device, point.ref, point.object_name, converted, priority, point.take_occupied)
