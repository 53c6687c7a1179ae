"""What a run shows of itself while it runs, and what it has to say at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from bridge.link import LinkState, Yielded
from bridge.timing.time_in_hand import TimeState
from ledger import Entry, Outcome, Receipt, TakenClock, TakenInput, TakenOutput, TakenSlot
from utils.values import PointValue, Target

STATE_STYLE = {
    LinkState.ONLINE: "green",
    LinkState.COUPLING: "yellow",
    LinkState.OFFLINE: "red",
    LinkState.CONNECTING: "dim",
}
"""Beside the word, for those who see colours."""


class Phase(Enum):
    """What the run is doing."""

    CONNECTING = "connecting"
    INITIALIZING = "initializing the simulation"
    COUPLING = "coupling: the controllers see the building, nothing is overridden yet"
    RUNNING = "running"
    RELEASING = "giving back"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Status:
    """A moment of a run. ``seen`` and ``commanded`` are in the controllers' units."""

    phase: Phase
    step: int = 0
    local_time: datetime | None = None
    pace: float = 0.0
    """Simulated seconds per wall second, since time was last let go."""
    time: TimeState | None = None
    """What is asked of time, and whether it is held."""
    episode: int = 0
    """Which one of the run, from 0: a reset begins the next."""
    late_steps: int = 0
    controllers: Mapping[str, LinkState] = field(default_factory=dict)
    seen: Mapping[Target, PointValue] = field(default_factory=dict)
    commanded: Mapping[Target, PointValue] = field(default_factory=dict)
    kpis: Mapping[str, float] = field(default_factory=dict)
    shadow: bool = False
    """Whether the run overrides nothing."""
    active_groups: Sequence[str] = ()
    """Whose overrides are in force."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a run."""

    steps: int
    simulated_s: float
    wall_s: float
    late_steps: int
    slipped_s: float
    exchange_delay_s: float
    """Simulated time until a loop in a controller can see what it did: a step, or at a fast pace one of its scans."""
    written: int
    suppressed: int
    kpis: Mapping[str, float]
    clipped: Mapping[str, str]
    receipts: tuple[Receipt, ...]
    episodes: int = 1
    """How often it has begun; the indicators are those of the last."""
    clock_errors: Mapping[str, float] = field(default_factory=dict)
    """How far each controller's clock has been off model time at most, in s; only clocks that are kept."""
    shadow: bool = False
    yielded: tuple[Yielded, ...] = ()
    """The slots that somebody else took over in mid-run."""
    troubles: tuple[str, ...] = ()
    """What went wrong at the end beyond what receipts tell."""

    @property
    def not_released(self) -> tuple[Receipt, ...]:
        """What is still taken."""
        return tuple(receipt for receipt in self.receipts if receipt.outcome is Outcome.FAILED)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left, and the end went as it should."""
        return not (self.not_released or self.troubles)

    @property
    def late_percent(self) -> float:
        """Late steps in % of all."""
        return 100 * self.late_steps / self.steps if self.steps else 0.0


KINDS_TAKEN = {
    TakenInput: "inputs forced",
    TakenSlot: "slots commanded",
    TakenOutput: "outputs isolated",
    TakenClock: "clocks set",
}


def kept_in_words(entries: Sequence[Entry]) -> str:
    """What stays in controllers while nobody gives it back."""
    counts = Counter(type(entry) for entry in entries)
    told = [f"{counts[kind]} {words}" for kind, words in KINDS_TAKEN.items() if counts[kind]]
    devices = sorted({entry.device for entry in entries})
    return f"{', '.join(told)} stay so in {', '.join(devices)}" if told else "nothing is taken from any controller"
