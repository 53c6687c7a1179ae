"""Whether what a run would take is free: slots and inputs, what other processes drive, what dead ones have left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bridge.check.views import ControllerView
from bridge.findings import Finding, Severity, Topic
from bridge.link import Claim
from ledger import Journals, TakenClock
from utils.errors import ConfigError
from utils.state_folder import StateError
from utils.values import ObjectRef, ObjectState, Role

_LEFT_BEHIND = (
    "a run that has ended did not give it back; the next run does so before it starts, or python main.py release "
    "does so now"
)


def taking_findings(views: Sequence[ControllerView], journals: Journals) -> Iterator[Finding]:
    """Everything that a run would be refused for, and what it would put back."""
    left_behind = _left_behind(journals)
    for view in views:
        for claim in view.claims:
            state = view.states.get(claim.ref)
            if state is None:
                continue
            if (view.address, claim.ref) in left_behind:
                yield Finding(Severity.NOTE, Topic.LEDGER, f"{view.address}: {claim.name}", _LEFT_BEHIND)
            else:
                yield from _occupied(view.address, claim, state)
    yield from _claimed(views, journals)
    for kept in journals.kept:
        yield Finding(Severity.PROBLEM, Topic.JOURNAL, str(kept.file), kept.why)


def _occupied(address: str, claim: Claim, state: ObjectState) -> Iterator[Finding]:
    topic = Topic.SERVICE if claim.role is Role.FORCED else Topic.SLOT
    where = f"{address}: {claim.name}"
    if (problem := claim.problem(address, state)) is not None:
        yield Finding(Severity.PROBLEM, topic, problem.where, problem.what)
    elif claim.role is Role.COMMANDED and state.priority_array is None:
        what = "its slots cannot be read: who else commands it is not known, and its release will not be verified"
        yield Finding(Severity.NOTE, topic, where, what)
    elif (occupied := claim.occupied(state)) is not None:
        yield Finding(Severity.NOTE, topic, where, f"{occupied}; taken, and put back at the end (take_occupied)")


def _claimed(views: Sequence[ControllerView], journals: Journals) -> Iterator[Finding]:
    """What another process on this computer drives right now."""
    entries = [
        claim.entry(view.address, view.states[claim.ref])
        for view in views
        for claim in view.claims
        if claim.ref in view.states
    ]
    try:
        journals.own({}).refuse_claimed(entries)
    except ConfigError as error:
        yield from (Finding(Severity.PROBLEM, Topic.LEDGER, p.where, p.what) for p in error.problems)
    except StateError as error:
        yield Finding(Severity.WARNING, Topic.LEDGER, str(journals.folder), str(error))


def _left_behind(journals: Journals) -> Collection[tuple[str, ObjectRef]]:
    """The objects that runs which have ended did not give back."""
    found: set[tuple[str, ObjectRef]] = set()
    for orphan in journals.orphans():
        entries = orphan.ledger.open_entries
        found |= {(entry.device, entry.ref) for entry in entries if not isinstance(entry, TakenClock)}
        orphan.close()
    return found
