"""Who commands each point, by what is read anyway: nothing is asked for here.

Our slots, those held by hand among them, and inputs that we force are read at most once a second, with the exchanges of
the steps; the slots of all other outputs, and whether an input is out of service, with the refresh: what is told of
these may be as old as ``ECY_REFRESH_TIME``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from bridge.link import ControllerLink, Sighting
from equipment.equipment_manager import Equipment
from ledger import Judgement, Ledger, TakenSlot
from points import Point
from utils.bacnet import bare_address
from utils.clocks import MonotonicSeconds
from utils.state_folder import StateError
from utils.values import ObjectRef, PriorityArray, Role, Target


class CommandedBy(StrEnum):
    """Who it is."""

    BENCH = "the bench"
    """Our slot, or an input that we force."""
    HAND = "hand"
    """The same, and somebody holds it."""
    PROGRAM = "program"
    """The slot of another process of this bench, by its journal."""
    ANOTHER = "another"
    """A slot that is not ours, that of the controller's own application too; an input that is out of service."""
    NOBODY = "nobody"
    """No slot is taken; an input is in service."""
    UNKNOWN = "not known"
    """Nothing was read yet, or the controller does not tell."""


@dataclass(frozen=True, slots=True)
class Commander:
    """Who commands one point. ``slot`` is the one that wins; ``who`` is whose hand it is, or which process.

    ``is_forced``: an input is out of service. ``is_in_fault``: its last value cannot be trusted (it is no number, or a
    status flag says so where these are read), or its last write was refused. ``is_stale``: nothing was heard of it for
    longer than reads may be old and a step takes, or its controller is absent.
    """

    equipment: str
    target: Target
    by: CommandedBy = CommandedBy.UNKNOWN
    slot: int | None = None
    who: str = ""
    is_forced: bool = False
    is_in_fault: bool = False
    is_stale: bool = True


def commanders(
    equipments: Iterable[Equipment], links: Iterable[ControllerLink], ledger: Ledger, now_s: MonotonicSeconds
) -> tuple[Commander, ...]:
    """One for each point, in the order of the configs. For any thread.

    Where a slot is somebody else's, the journals of the processes that run on this computer are read for it, once.
    """
    programs = _Programs(ledger)
    known = {link.device: _Known(link, ledger, programs, now_s) for link in links}
    return tuple(
        known[equipment.controller.address].commander(equipment, point)
        for equipment in equipments
        for point in equipment.points
    )


class _Programs:
    """The slots that other processes of this bench have, over whichever protocol."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, device: str, ref: ObjectRef, slot: int) -> str:
        """Which process it is; empty where none has it, or a journal cannot be read."""
        process = self._processes.get((bare_address(device), ref, slot))
        return "" if process is None else f"process {process}"

    @cached_property
    def _processes(self) -> Mapping[tuple[str, ObjectRef, int], int]:
        try:
            others = self._ledger.others()
        except StateError:
            return {}
        return {
            (bare_address(entry.device), entry.ref, entry.priority): process
            for process, entry in others
            if isinstance(entry, TakenSlot)
        }


class _Known:
    """What is known of one controller's points at this moment."""

    def __init__(self, link: ControllerLink, ledger: Ledger, programs: _Programs, now_s: MonotonicSeconds) -> None:
        self._link = link
        self._ledger = ledger
        self._programs = programs
        self._now_s = now_s
        self._refs = {bound.target: bound.ref for bound in link.controller.bound}
        self._written = link.controller.plan.held
        self._holds = link.duties.holds.all
        self._sightings = link.duties.sightings
        self._is_present = link.is_present

    def commander(self, equipment: Equipment, point: Point) -> Commander:
        """Who it is."""
        target = equipment.target(point)
        ref = self._refs.get(target)
        if ref is None:
            return Commander(equipment.name, target)
        seen = self._sightings.of(ref)
        is_stale = not self._is_present or self._sightings.is_stale(seen, self._now_s)
        told = Commander(equipment.name, target, is_in_fault=seen.is_in_fault, is_stale=is_stale)
        return self._of_input(told, seen) if point.role is Role.FORCED else self._of_slots(told, ref, seen.slots)

    def _of_input(self, told: Commander, seen: Sighting) -> Commander:
        if told.target in self._written:
            return self._ours(told, is_forced=True)
        if seen.out_of_service is None:
            return told
        by = CommandedBy.ANOTHER if seen.out_of_service else CommandedBy.NOBODY
        return replace(told, by=by, is_forced=seen.out_of_service)

    def _of_slots(self, told: Commander, ref: ObjectRef, slots: PriorityArray | None) -> Commander:
        if slots is None:
            return told
        taken = [(number, held) for number, held in enumerate(slots, start=1) if held is not None]
        if not taken:
            return replace(told, by=CommandedBy.NOBODY)
        number, held = taken[0]
        device = self._link.device
        is_entered = any(
            isinstance(entry, TakenSlot) and entry.priority == number for entry in self._ledger.entries_of(device, ref)
        )
        is_theirs = (
            self._link.duties.watch.holds_back(told.target) or self._ledger.judge(device, ref, held) is Judgement.THEIRS
        )
        if is_entered and not is_theirs:
            return self._ours(told, slot=number)
        process = self._programs.of(device, ref, number)
        return replace(told, slot=number, by=CommandedBy.PROGRAM if process else CommandedBy.ANOTHER, who=process)

    def _ours(self, told: Commander, *, slot: int | None = None, is_forced: bool = False) -> Commander:
        hold = self._holds.get(told.target)
        by, who = (CommandedBy.BENCH, "") if hold is None else (CommandedBy.HAND, hold.who)
        return replace(told, by=by, who=who, slot=slot, is_forced=is_forced)
