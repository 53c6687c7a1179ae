"""What a supervisory program is: three hooks, the points that it needs by role, and the context it works in.

A program knows no address, no wall clock and no transport. The same file runs over BACnet/IP, over the controllers'
REST API and directly against the simulation, by configuration alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from utils.values import PointValue, Quality

DEFAULT_PRIORITY = 12
DEFAULT_PERIOD_S = 60.0


@dataclass(frozen=True, slots=True)
class Read:
    """A role that the program reads.

    ``unit`` is what the program computes in, as pint spells it; None for binary and multi-state points. Without a
    good value of a ``required`` role the step is skipped. A role with ``many`` is bound to any number of points, each
    under a name of its own (zones, say).
    """

    unit: str | None = None
    required: bool = True
    many: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A role that the program commands.

    A value outside ``minimum`` to ``maximum`` (in ``unit``) is refused before it is sent. A change by no more than
    ``deadband`` is not written. A role that is not ``required`` may be left out of the config.
    """

    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    deadband: float = 0.0
    many: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as a program sees it, in its role's unit. ``value`` is None unless the quality is GOOD.

    ``age_s`` is plant time since it was read.
    """

    value: PointValue | None
    unit: str | None = None
    quality: Quality = Quality.GOOD
    age_s: float = 0.0
    note: str = ""


class Context(Protocol):
    """What the runtime offers to the hooks of one program."""

    @property
    def now(self) -> datetime:
        """Plant time, naive and local: the simulation's where there is one, else the controllers' clock."""

    @property
    def time_s(self) -> float:
        """The same moment in seconds; never runs backwards."""

    @property
    def dt_s(self) -> float:
        """Plant time since the last step; 0 in the first."""

    @property
    def state(self) -> MutableMapping[str, Any]:
        """JSON values that survive a restart of the program."""

    @property
    def stop_reason(self) -> str:
        """Why the program is being stopped; empty before that."""

    def names(self, role: str) -> tuple[str, ...]:
        """The names that the config gives to the points of a role with ``many``; none where it is not bound."""

    def reading(self, role: str, name: str | None = None) -> Reading:
        """What a role was read as at the beginning of this step; ``name`` says which of many."""

    def readings(self, role: str) -> Mapping[str, Reading]:
        """All points of a role with ``many``, by name."""

    def value(self, role: str, name: str | None = None) -> float:
        """The good value of a role. Raises :class:`NoValue` where there is none."""

    def command(self, role: str, value: PointValue, name: str | None = None) -> None:
        """Ask for a value, in the role's unit; it is written with all others of this step, after the hook.

        Raises :class:`CommandRefused` for a value that is not finite or outside the role's limits.
        """

    def release(self, role: str, name: str | None = None) -> None:
        """Give the slot back, with the writes of this step."""

    def commanded(self, role: str, name: str | None = None) -> PointValue | None:
        """What this program has in its slot of the role now, in the role's unit; None where it has nothing."""

    def pressed(self, button: str) -> bool:
        """Whether people have pressed one of the program's ``buttons`` since it was last asked for."""

    def explain(self, **facts: object) -> None:
        """Say why: shown and logged with this step."""

    def publish(self, name: str, text: str) -> str:
        """Keep a page for people under this name, in place of an earlier one; where it is, or why it is nowhere."""

    def alarm(self, message: str) -> None:
        """Tell people about something that they should look at."""


class NoValue(LookupError):
    """A role has no good value in this step."""


class CommandRefused(ValueError):
    """A value that may not be sent."""


class Parameters(BaseModel):
    """Base of a program's own settings, which the config's ``parameters`` are checked against."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Program:
    """Base of all programs. Override what is needed; hooks may be plain or ``async``.

    ``points`` are the roles, ``period_s`` is plant time between steps, ``priority`` the slot that commands go to.
    ``Settings`` is the model of the program's own parameters. ``buttons`` are what people may ask of it, as objects of
    the runtime's device: what each does, by name.
    """

    points: ClassVar[Mapping[str, Read | Command]] = {}
    period_s: ClassVar[float] = DEFAULT_PERIOD_S
    priority: ClassVar[int] = DEFAULT_PRIORITY
    Settings: ClassVar[type[Parameters]] = Parameters
    buttons: ClassVar[Mapping[str, str]] = {}

    def __init__(self, settings: Parameters) -> None:
        """``settings`` is a value of the class's ``Settings``. Nothing may be contacted here."""
        self.settings = settings

    def on_start(self, ctx: Context) -> Awaitable[None] | None:
        """Before the first step, and again after every re-enable. Inputs have been read; commands are allowed."""

    def on_step(self, ctx: Context) -> Awaitable[None] | None:
        """Once every period."""

    def on_stop(self, ctx: Context) -> Awaitable[None] | None:
        """A courtesy before the end, of limited length: the runtime gives everything back in any case."""
