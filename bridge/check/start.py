"""What a start is refused for, and what it would go on with: judged by what a start is judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bridge.check.views import ControllerView, SimulationView
from bridge.findings import Finding, Severity, Topic, problem_findings
from bridge.link import InUse, future_findings
from bridge.real_outputs import wired_equipments
from bridge.startup import fatal_failures, testcase_findings
from equipment.equipment_manager import Equipment
from ledger import Journals, Ledger, TakenClock
from utils.clocks import UnixSeconds
from utils.errors import AccountRefused, ConfigError
from utils.home import CALLED
from utils.settings import Settings
from utils.state_folder import StateError
from utils.values import ObjectRef

_LEFT_BEHIND = (
    f"a run that has ended did not give it back; the next run does so before it starts, or {CALLED} release does so now"
)


def run_findings(equipments: Sequence[Equipment], settings: Settings, host_time: UnixSeconds) -> Iterator[Finding]:
    """What a run would say, or refuse, before it has asked anybody."""
    yield from future_findings(settings, host_time)
    if wired := wired_equipments(equipments, settings):
        what = (
            "the terminals will follow a simulated building; make sure that nothing is wired to them and set "
            "ECY_BENCH=isolated, or set isolate_outputs in the config"
        )
        yield Finding(Severity.WARNING, Topic.OUTPUTS, ", ".join(wired), what)


def simulation_findings(view: SimulationView, equipments: Sequence[Equipment], settings: Settings) -> Iterator[Finding]:
    """What kept us from looking at the simulation, or from seeing its values, and names that it does not have."""
    match view.failure:
        case ConfigError(problems=problems):
            yield from problem_findings(Topic.CONFIG, problems)
        case None:
            if not view.values:
                yield Finding(Severity.NOTE, Topic.VALUE, view.server, _why_no_values(view, settings))
        case failure:
            yield Finding(
                Severity.PROBLEM, Topic.CONNECTION, view.server, str(failure).removeprefix(f"{view.server}: ")
            )
    if view.metadata:
        yield from testcase_findings(equipments, view.metadata)


def connection_findings(views: Sequence[ControllerView]) -> Iterator[Finding]:
    """The controllers that were not reached or refused us. One absent beside others is taken when it appears."""
    fatal = fatal_failures([view.failure for view in views])
    for view in views:
        if view.failure in fatal:
            topic = Topic.ACCOUNT if isinstance(view.failure, AccountRefused) else Topic.CONNECTION
            yield Finding(Severity.PROBLEM, topic, view.address, view.failure.what)
        elif view.failure is not None:
            what = f"{view.failure.what}; a run goes on without it and takes it when it answers"
            yield Finding(Severity.WARNING, Topic.CONNECTION, view.address, what)
        for complaint in view.complaints:
            yield Finding(Severity.WARNING, Topic.CONNECTION, view.address, complaint.what)
        yield from problem_findings(Topic.CONFIG, view.problems)


def taking_findings(views: Sequence[ControllerView], journals: Journals) -> Iterator[Finding]:
    """What a run would take that is not free, what it would put back, and records that somebody has to look at."""
    left_behind, ledger = _left_behind(journals), Ledger(journals.own({}))
    for view in views:
        claims = [claim for claim in view.claims if claim.ref in view.states]
        ours = [claim for claim in claims if (view.address, claim.ref) in left_behind]
        for claim in ours:
            yield Finding(Severity.NOTE, Topic.LEDGER, f"{view.address}: {claim.name}", _LEFT_BEHIND)
        free = [claim for claim in claims if claim not in ours]
        try:
            yield from InUse.among(view.address, free, view.states, ledger).findings()
        except StateError as error:
            yield Finding(Severity.WARNING, Topic.LEDGER, str(journals.folder), str(error))
    for kept in journals.kept:
        yield Finding(Severity.PROBLEM, Topic.JOURNAL, str(kept.file), kept.why)


def _why_no_values(view: SimulationView, settings: Settings) -> str:
    if view.api == "legacy":
        return (
            "a server of the old kind has one test for everybody, so nothing was started: no values of the simulation"
        )
    if settings.start_time is None:
        return "the start is that of BOP_TIME_PERIOD, which was not started: no values of the simulation"
    return "the simulation told no values"


def _left_behind(journals: Journals) -> Collection[tuple[str, ObjectRef]]:
    """The objects that runs which have ended did not give back."""
    found: set[tuple[str, ObjectRef]] = set()
    for orphan in journals.orphans():
        entries = orphan.ledger.open_entries
        found |= {(entry.device, entry.ref) for entry in entries if not isinstance(entry, TakenClock)}
        orphan.close()
    return found
