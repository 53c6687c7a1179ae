"""A program's view of slots that are not its own: who has overridden what on the site, and giving that back.

Most programs never need it. One that does says so with ``needs_site = True``, and the runtime's context then has a
``site``. What is released here was taken by somebody else: nobody's ledger holds it, so it is compared with what was
seen before, and written down for undoing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from supervisory.program import Context
from utils.values import ObjectRef, PointValue


@dataclass(frozen=True, slots=True)
class OccupiedSlot:
    """A slot of a priority array that holds a value, in the object's own unit. ``name`` is the object's.

    The value may be a :class:`utils.values.OtherValue`: a text, a date, whatever BACnet has.
    """

    device: str
    ref: ObjectRef
    name: str
    priority: int
    value: PointValue

    @property
    def key(self) -> str:
        """The slot as text, its value left out: the same in every audit."""
        return f"{self.device} {self.ref} at {self.priority}"

    def __str__(self) -> str:
        return f"{self.device} {self.ref.bacnet_type} {self.name} at {self.priority}"


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found; ``unread`` are the controllers that it could not look into in full, with all reasons."""

    slots: tuple[OccupiedSlot, ...]
    unread: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlotRelease:
    """What became of a slot that was to be released."""

    slot: OccupiedSlot
    released: bool
    note: str = ""


class SiteAccess(Protocol):
    """The slots of all controllers of a config. Used by one program, from its own thread."""

    def occupied_slots(self) -> Audit:
        """Every occupied slot now, except those that the runtime's own programs hold."""

    def release(self, slots: Sequence[OccupiedSlot]) -> tuple[SlotRelease, ...]:
        """Empty slots, in the order given, and verify it; a slot that no longer holds its value is left alone.

        What is about to be released is noted for undoing before it is sent. Stops when the program is disabled.
        """


def site_of(ctx: Context) -> SiteAccess:
    """The site of a context. Raises ``TypeError`` where there is none, since the program lacks ``needs_site``."""
    site: SiteAccess | None = getattr(ctx, "site", None)
    if site is None:
        raise TypeError("this program looks at other people's slots and must say so: needs_site = True")
    return site
