"""What the page needs of a run, and what hands may do to it; whoever offers that answers these protocols.

Every call of a hand is made from a thread of the page and validates at once. It raises
:class:`utils.errors.BridgeError` with plain words for what cannot be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bridge.device_loop import Heard
from bridge.display.status import Status
from bridge.overriding import Commander
from utils.clocks import UnixSeconds
from utils.values import Frame, PointMetadata, PointValue, Target


class SeenRun(Protocol):
    """A run to look at, from any thread."""

    @property
    def last_values(self) -> Mapping[str, float]:
        """The simulation's newest values, by its own names and in SI units."""

    @property
    def metadata(self) -> Mapping[str, PointMetadata]:
        """What the simulation says of its points; empty until it is connected."""

    def status(self) -> Status:
        """This moment."""


class SeenStep(Protocol):
    """A frame that was answered, as watchers are told of it."""

    @property
    def frame(self) -> Frame:
        """What the building told."""

    @property
    def heard(self) -> Heard:
        """What controllers said then, and how long that took."""

    @property
    def values(self) -> Mapping[Target, PointValue | None]:
        """What controllers hold of ours and what was read, in their units."""


class TimeShown(Protocol):
    """How time stands."""

    @property
    def scale(self) -> float:
        """The pace that is asked for: simulated seconds per second, 0 for as fast as possible."""

    @property
    def is_paused(self) -> bool:
        """Whether a pause is asked for, or holds."""

    @property
    def held_since_s(self) -> UnixSeconds | None:
        """Since when it holds."""

    @property
    def ends_in_s(self) -> float:
        """How long it may hold before it ends the run, s."""

    @property
    def asked(self) -> str:
        """What waits for the next step, in words."""


class HoldsTime(Protocol):
    """Time in hand."""

    @property
    def state(self) -> TimeShown:
        """This moment."""

    def pause(self, who: str) -> None:
        """Hold time before the next step."""

    def go_on(self, who: str) -> None:
        """Let time pass again."""

    def step_once(self, who: str) -> None:
        """Make one step, and hold."""

    def set_pace(self, scale: float, who: str) -> None:
        """Simulated seconds per second; 0 is as fast as possible."""

    def reset(self, start: datetime, who: str) -> None:
        """Begin anew at a date."""

    def reset_to_period(self, name: str, who: str) -> None:
        """Begin anew with a period that the simulation knows."""

    @property
    def states(self) -> tuple[str, ...]:
        """Those that were saved and can be gone back to, the newest last."""

    def require_states(self) -> None:
        """Raises :class:`BridgeError` where the simulation has none."""

    def save(self, name: str, who: str) -> None:
        """Keep the state of building and controllers."""

    def restore(self, name: str, who: str) -> None:
        """Begin anew in a saved state."""

    def stop(self, who: str) -> None:
        """End the run and give everything back."""


class HeldThing(Protocol):
    """Something that is held by hand."""

    @property
    def subject(self) -> str:
        """An input's name, or ``equipment.object``."""

    @property
    def value(self) -> PointValue | None:
        """In the simulation's or the controller's unit."""

    @property
    def who(self) -> str:
        """Whose hand it is."""

    @property
    def is_in_force(self) -> bool:
        """Whether it has got there."""


class HoldsValues(Protocol):
    """Overrides by hand."""

    @property
    def held(self) -> Sequence[HeldThing]:
        """What is held now, or asked to be."""

    def hold_input(self, name: str, value: float, who: str) -> None:
        """Hold an input of the simulation at a value in its own unit."""

    def release_input(self, name: str, who: str) -> None:
        """Let it go."""

    def hold_point(self, equipment: str, object_name: str, value: float, who: str) -> None:
        """Hold a controller's object at a value in its own unit."""

    def release_point(self, equipment: str, object_name: str, who: str) -> None:
        """Let it go."""

    def release_all(self, who: str) -> None:
        """Let everything go."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a run offers beside looking; None where it does not."""

    time: HoldsTime | None = None
    periods: Sequence[str] = ()
    """Periods of the simulation that are worth a button."""
    values: HoldsValues | None = None
    commanders: Callable[[], Sequence[Commander]] | None = None
    own_control: Callable[[], Mapping[str, float]] | None = None
    """What the building's own control would command now, by input and in its unit. Waits for nobody."""
    note: Callable[[str, str], None] | None = None
    """Keep somebody's words: the text, and who has written it. The run tells its watchers of it."""
    recording: Callable[[], Path | None] = lambda: None
    """The recording that is being written, if there is one."""
