"""What a start is refused for, and what it would go on with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bridge.check.views import ControllerView, SimulationView
from bridge.findings import Finding, Severity, Topic
from bridge.link import Claim
from ledger import Journals, TakenClock
from utils.errors import ConfigError, DeviceUnreachable
from utils.settings import Settings
from utils.state_folder import StateError
from utils.values import ObjectRef, ObjectState, Role


def simulation_findings(view: SimulationView, settings: Settings) -> Iterator[Finding]:
    """What kept us from looking at the simulation, or from seeing its values."""
    match view.failure:
        case ConfigError(problems=problems):
            for problem in problems:
                yield Finding(Severity.PROBLEM, Topic.CONFIG, problem.where, problem.what)
        case None:
            if not view.values:
                yield Finding(Severity.NOTE, Topic.VALUE, view.server, _why_no_values(view, settings))
        case failure:
            yield Finding(Severity.PROBLEM, Topic.CONNECTION, view.server, str(failure))


def connection_findings(views: Sequence[ControllerView]) -> Iterator[Finding]:
    """The controllers that were not reached or refused us. One absent beside others is taken when it appears."""
    some_answer = any(view.failure is None for view in views)
    for view in views:
        if isinstance(view.failure, DeviceUnreachable) and some_answer:
            what = f"{view.failure.what}; a run goes on without it and takes it when it answers"
            yield Finding(Severity.WARNING, Topic.CONNECTION, view.address, what)
        elif view.failure is not None:
            yield Finding(Severity.PROBLEM, Topic.CONNECTION, view.address, view.failure.what)
        for complaint in view.complaints:
            yield Finding(Severity.WARNING, Topic.CONNECTION, view.address, complaint.what)
        for problem in view.problems:
            yield Finding(Severity.PROBLEM, Topic.CONFIG, problem.where, problem.what)


def certificate_findings(view: ControllerView, policy: str) -> Iterator[Finding]:
    """How far the controller has shown who it is."""
    if policy == "off":
        what = "its certificate is not looked at (ECY_TLS=off): whoever answers gets the password"
        yield Finding(Severity.WARNING, Topic.CERTIFICATE, view.address, what)
    elif view.is_reached and view.has_new_certificate and view.fingerprint is not None:
        what = (
            f"there is no record of its certificate (SHA-256 {view.fingerprint}): the first run trusts it from then "
            "on; compare it with what the controller's own page shows"
        )
        yield Finding(Severity.NOTE, Topic.CERTIFICATE, view.address, what)


def _why_no_values(view: SimulationView, settings: Settings) -> str:
    if view.api == "legacy":
        return (
            "a server of the old kind has one test for everybody, so nothing was started: no values of the simulation"
        )
    if settings.start_time is None:
        return "the start is that of BOP_TIME_PERIOD, which was not started: no values of the simulation"
    return "the simulation told no values"


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
