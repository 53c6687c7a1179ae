"""What has a word in every exchange with a controller: what it wants written and read, and what it makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from utils.clocks import MonotonicSeconds
from utils.values import Exchange, ObjectRef, ObjectState, Write


class Look(NamedTuple):
    """What is read along with an exchange."""

    reads: tuple[ObjectRef, ...] = ()
    """Whose present-values."""
    names: tuple[ObjectRef, ...] = ()
    """Whose names."""
    slots: tuple[ObjectRef, ...] = ()
    """Whose priority arrays."""

    @classmethod
    def together(cls, looks: Iterable[Look]) -> Look:
        """All of it, each object once."""
        parts = zip(*looks, strict=True)
        return cls(*(tuple(dict.fromkeys(ref for refs in part for ref in refs)) for part in parts))


class Duty:
    """One duty towards one controller. To ask changes nothing: what was not heard of has not happened."""

    def writes(self, now_s: MonotonicSeconds) -> Sequence[Write]:
        """What has to be written now (monotonic s), in order."""
        return ()

    def look(self, now_s: MonotonicSeconds) -> Look:
        """What has to be read along now."""
        return Look()

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """What an exchange, or one half of it, has told; of other duties' objects too."""

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """How all that is written, and the outputs, have been found in a look of their own."""
