"""A context for programs without any runtime: the test shows values, the program commands, plant time is counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from supervisory.program import Command, CommandRefused, NoValue, Program, Read, Reading
from utils.values import PointValue, Quality

_UNBOUND = Reading(None, quality=Quality.MISSING, note="not in the config")


class FakeContext:
    """Implements :class:`supervisory.program.Context` for one program class; strict about its roles and limits."""

    def __init__(self, program: type[Program], start: datetime = datetime(2025, 7, 7, 8, 0)) -> None:
        self.roles = program.points
        self._buttons = program.buttons
        self.period_s = program.period_s
        self.now = start
        self.time_s = 1000.0
        self.dt_s = 0.0
        self.state: dict[str, Any] = {}
        self.stop_reason = ""
        self.slots: dict[tuple[str, str], PointValue] = {}
        self.facts: Mapping[str, object] = {}
        self.alarms: list[str] = []
        self.pages: dict[str, str] = {}
        self.writes = 0
        self.presses: set[str] = set()
        self._bound: dict[str, tuple[str, ...]] = {}
        self._shown: dict[str, dict[str, Reading]] = {}

    def show(self, role: str, value: PointValue | Mapping[str, PointValue], age_s: float = 0.0) -> None:
        """From now on the role reads as this; a mapping for a role with many."""
        wanted = self.roles[role]
        assert isinstance(value, Mapping) == wanted.many
        shown = value if isinstance(value, Mapping) else {"": value}
        readings = {name: Reading(each, wanted.unit, age_s=age_s) for name, each in shown.items()}
        self._shown.setdefault(role, {}).update(readings)

    def lose(self, role: str, name: str = "") -> None:
        """From now on the point does not answer."""
        self._shown[role][name] = Reading(None, self.roles[role].unit, Quality.MISSING, note="no answer")

    def step(self, program: Program) -> None:
        """One step, and a period of plant time after it."""
        self.facts = {}
        program.on_step(self)
        self.wait(self.period_s)

    def wait(self, seconds: float) -> None:
        """Let plant time pass."""
        self.dt_s = seconds
        self.time_s += seconds
        self.now += timedelta(seconds=seconds)

    def run(self, program: Program, minutes: float) -> None:
        """Step until so many minutes have passed."""
        end_s = self.time_s + minutes * 60.0
        while self.time_s < end_s:
            self.step(program)

    def slot(self, role: str, name: str = "") -> float:
        """What the program has in a slot; fails where it has nothing."""
        return float(self.slots[role, name])

    def bind(self, role: str, *names: str) -> None:
        """Bind a role with many that the program commands."""
        assert self.roles[role].many
        self._bound[role] = names

    def names(self, role: str) -> tuple[str, ...]:
        assert self.roles[role].many
        return self._bound.get(role) or tuple(self._shown.get(role, {}))

    def reading(self, role: str, name: str | None = None) -> Reading:
        assert isinstance(self.roles[role], Read)
        return self._shown.get(role, {}).get(name or "", _UNBOUND)

    def readings(self, role: str) -> Mapping[str, Reading]:
        assert self.roles[role].many
        return dict(self._shown.get(role, {}))

    def value(self, role: str, name: str | None = None) -> float:
        reading = self.reading(role, name)
        if reading.value is None:
            raise NoValue(role)
        return float(reading.value)

    def command(self, role: str, value: PointValue, name: str | None = None) -> None:
        wanted = self.roles[role]
        assert isinstance(wanted, Command)
        assert (name in self.names(role)) if wanted.many else name is None
        low = -math.inf if wanted.minimum is None else wanted.minimum
        high = math.inf if wanted.maximum is None else wanted.maximum
        if not (math.isfinite(value) and low <= value <= high):
            raise CommandRefused(f"{role}: {value}")
        self.slots[role, name or ""] = value
        self.writes += 1

    def release(self, role: str, name: str | None = None) -> None:
        assert isinstance(self.roles[role], Command)
        self.slots.pop((role, name or ""), None)

    def commanded(self, role: str, name: str | None = None) -> PointValue | None:
        return self.slots.get((role, name or ""))

    def press(self, button: str) -> None:
        """Somebody presses one of the program's buttons."""
        assert button in self._buttons
        self.presses.add(button)

    def pressed(self, button: str) -> bool:
        assert button in self._buttons
        found = button in self.presses
        self.presses.discard(button)
        return found

    def explain(self, **facts: object) -> None:
        self.facts = facts

    def publish(self, name: str, text: str) -> str:
        self.pages[name] = text
        return name

    def alarm(self, message: str) -> None:
        self.alarms.append(message)
