"""Who holds a slot, as far as it can be told: by this bench's own records, and by what priorities are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clients.bacnet import is_bacnet
from ledger import Entry, Journals, TakenSlot
from supervisory.site_access import OccupiedSlot
from utils.bacnet import MANUAL_OPERATOR, MINIMUM_ON_OFF, SLOTS, bare_address
from utils.errors import BridgeError

BENCH, LEFT, OTHER = "this bench", "a run of this bench that died", "other"
_BY_PRIORITY = {
    1: "life safety",
    2: "life safety",
    5: "critical equipment",
    MINIMUM_ON_OFF: "minimum on/off",
    MANUAL_OPERATOR: "operator",
    SLOTS: "application",
}
"""What priorities are for (ASHRAE 135, table 19-1); the last is where controllers' own programs write."""
_EXPECTED = frozenset({BENCH, _BY_PRIORITY[MINIMUM_ON_OFF], _BY_PRIORITY[SLOTS]})
"""Owners on a site where all is well: nobody has to be reminded of their slots."""
_FORGOTTEN_FIRST = (_BY_PRIORITY[MANUAL_OPERATOR], LEFT)

Claim = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """What the bench's processes on this computer have taken: those that live, and those that died.

    ``problem`` is why that is not known.
    """

    living: frozenset[Claim] = frozenset()
    dead: frozenset[Claim] = frozenset()
    problem: str = ""

    @classmethod
    def of(cls, journals: Journals | None) -> OwnRecords:
        """Read them."""
        if journals is None:
            return cls()
        try:
            return cls(_claims(entry for _, entry in journals.living()), _claims(journals.left()))
        except BridgeError as error:
            return cls(problem=f"what this bench holds is not known: {error}")

    def owner(self, slot: OccupiedSlot) -> str:
        """Whose slot it is, in words."""
        claims = {_claim(slot.device, slot), _claim(_host(slot.device), slot)}
        if claims & self.living:
            return BENCH
        return LEFT if claims & self.dead else _BY_PRIORITY.get(slot.priority, OTHER)


def forgotten_first(owners: Mapping[OccupiedSlot, str]) -> list[OccupiedSlot]:
    """By owner and priority: what people forget on top, what is expected at the end."""

    def rank(slot: OccupiedSlot) -> tuple[int, int, str]:
        owner = owners[slot]
        place = _FORGOTTEN_FIRST.index(owner) if owner in _FORGOTTEN_FIRST else len(_FORGOTTEN_FIRST)
        return place + 2 * (owner in _EXPECTED), slot.priority, owner

    return sorted(owners, key=rank)


def folded(owners: Mapping[OccupiedSlot, str], slots: Sequence[OccupiedSlot]) -> tuple[list[OccupiedSlot], str]:
    """The slots that somebody should look at, and a line about the others."""
    left = [slot for slot in slots if owners[slot] not in _EXPECTED]
    counted = Counter((slot.priority, owners[slot]) for slot in slots if owners[slot] in _EXPECTED)
    told = ", ".join(f"{count} at {priority} ({owner})" for (priority, owner), count in counted.items())
    return left, f"as expected: {told}; --all shows them" if told else ""


def _claims(entries: Iterable[Entry]) -> frozenset[Claim]:
    return frozenset(
        _claim(entry.device if is_bacnet(entry.device) else _host(entry.device), entry)
        for entry in entries
        if isinstance(entry, TakenSlot)
    )


def _claim(where: str, slot: OccupiedSlot | TakenSlot) -> Claim:
    return where, str(slot.ref), slot.name, slot.priority


def _host(device: str) -> str:
    """A controller's IP address: what is told over REST is found over BACnet on another port."""
    return bare_address(device).rpartition("//")[2].partition(":")[0]
