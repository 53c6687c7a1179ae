"""Whether the peers were reached, and on what terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.check.views import ControllerView, SimulationView
from bridge.findings import Finding, Severity, Topic
from utils.errors import ConfigError, DeviceUnreachable
from utils.settings import Settings


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
