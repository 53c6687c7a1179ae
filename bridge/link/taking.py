"""What is taken of one controller: claimed, found free or in use, entered in the ledger, and given back in mid-run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from bridge.findings import refusals
from bridge.link.claims import Claim, claims_of, require_told
from bridge.link.in_use import InUse, forced_before
from equipment.controller import Controller
from ledger import Ledger, Patience, Receipt, TakenClock, TakenObject, give_back
from utils.clocks import Clocks
from utils.errors import DeviceUnreachable, Problem
from utils.state_folder import StateError
from utils.values import ObjectRef, ObjectState, Target

log = logging.getLogger(__name__)


class Taking:
    """One controller's objects, as they were found and as they are entered."""

    def __init__(
        self,
        controller: Controller,
        ledger: Ledger,
        is_yielded: Callable[[Target], bool],
        clocks: Clocks,
        *,
        take_occupied: bool,
        by_hand: Callable[[], Iterable[Claim]] = tuple,
    ) -> None:
        """``is_yielded`` tells what has been left to somebody else in this run: it is not taken anew.

        ``by_hand`` tells what has been taken beside what the configs name.
        """
        self.in_use = InUse(controller.address)
        """What somebody uses of the things that we want, as the last look has shown it."""
        self.leaves_in_use = False
        """Whether points that somebody uses are left to them, and no reason to refuse."""
        self._controller = controller
        self._ledger = ledger
        self._is_yielded = is_yielded
        self._by_hand = by_hand
        self._clocks = clocks
        self._take_occupied = take_occupied
        self._claims: tuple[Claim, ...] = ()
        self._found: Mapping[ObjectRef, ObjectState] = {}

    def look(self) -> Mapping[ObjectRef, ObjectState]:
        """How everything that we want stands, and all outputs. Raises :class:`DeviceError`."""
        self._claims = claims_of(self._controller, take_occupied=self._take_occupied)
        outputs = (bound.ref for bound in self._controller.outputs)
        self._found = self._controller.client.survey(dict.fromkeys((*(one.ref for one in self._claims), *outputs)))
        return self._found

    def judge(self, recovered: Iterable[Receipt]) -> list[Problem]:
        """What is not ours to take. ``recovered`` is what became of what earlier runs had left.

        Raises :class:`DeviceUnreachable` where some of that is still in use, and where it is not told how things stand.
        """
        device = self._controller.address
        require_told(device, self._claims, self._found)
        self.in_use = InUse(device)
        try:
            self.in_use = InUse.among(device, self._new_claims(), self._found, self._ledger)
        except StateError as error:
            raise DeviceUnreachable(device, str(error)) from None
        self.in_use.refuse_leftovers(recovered)
        return refusals(self.in_use.findings(but=[claim.ref for claim, _ in self.left]))

    @property
    def left(self) -> list[tuple[Claim, ObjectState]]:
        """The points that are left to whoever uses them, each as it was found."""
        points = {bound.ref for bound in self._controller.plan.bound} if self.leaves_in_use else set()
        return [one for one in self.in_use.found if one[0].ref in points and not one[0].take_occupied]

    def announce(self) -> None:
        """Say what will be taken although it is in use."""
        left = InUse(self.in_use.device, tuple(self.left)).listed
        for line in self.in_use.listed:
            what = "left to them" if line in left else "taken all the same, and put back as it is at the end"
            log.warning("%s; %s", line, what)

    def enter(self, clocks: Sequence[TakenClock]) -> None:
        """Enter everything in the ledger, and have the write plan know what may stand there already."""
        self._ledger.take(*self.new_entries(), *clocks)

    def begin_plan(self) -> None:
        """The write plan starts with everything, and knows what was forced before us and what may be ours already."""
        plan, device = self._controller.plan, self._controller.address
        plan.found_forced = forced_before(self.taken)
        plan.forget({bound.ref for bound in plan.bound if self._ledger.has_sent(device, bound.ref)})

    def give_back(self, entries: Sequence[TakenObject]) -> None:
        """Undo some of it in the middle of a run."""
        device = self._controller.address
        for receipt in give_back(device, self._controller.client, self._ledger, entries, Patience(0.0, self._clocks)):
            log.warning("given back during the run: %s", receipt)

    @property
    def taken(self) -> list[TakenObject]:
        """What is entered of this controller, without its clock."""
        entries, device = self._ledger.open_entries, self._controller.address
        return [entry for entry in entries if entry.device == device and not isinstance(entry, TakenClock)]

    @property
    def strangers(self) -> list[TakenObject]:
        """What we took of objects that are not, or no longer, the ones that the configs or a hand name."""
        wanted = {(claim.ref, claim.name) for claim in (*claims_of(self._controller), *self._by_hand())}
        return [entry for entry in self.taken if (entry.ref, entry.name) not in wanted]

    def name_of(self, ref: ObjectRef) -> str:
        """An object's name, as far as a config has it."""
        return next((claim.name for claim in self._claims if claim.ref == ref), "not in any config")

    def new_entries(self) -> list[TakenObject]:
        """What there is to enter."""
        return [claim.entry(self._controller.address, self._found[claim.ref]) for claim in self._new_claims()]

    def _new_claims(self) -> list[Claim]:
        device = self._controller.address
        return [
            claim
            for claim in self._claims
            if not self._ledger.holds(device, claim.ref)
            and not self._is_yielded(Target(device, claim.ref.object_type, claim.name))
        ]
