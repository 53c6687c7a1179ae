"""What tests of the preflight over real sockets share: a look, its problems, and peers as nobody has touched them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bridge.check import CheckReport, Preflight
from bridge.check.asking import DEADLINES
from bridge.findings import Severity
from bridge.first_contact import Confirm, always
from clients.boptest.select import Timeouts
from tests import bench
from tests.bridge.rig import Rig
from utils.state_folder import StateFolder

CHICAGO = {"DESIRED_TIMEZONE": "America/Chicago"}


@contextmanager
def untouched(shared: Rig, folder: Path) -> Iterator[Rig]:
    """The peers as nobody has touched them, and a folder of their own for settings, configs and state."""
    yield replace(shared, folder=folder, runs=[])
    shared.building.faults.clear()
    for name in ("AHU", "VAV"):
        controller = shared.controllers.controller(name)
        controller.faults.clear()
        controller.journal.clear()
        controller.documents.event_bindings.clear()
        controller.documents.cov_subscriptions.clear()
        controller.objects.restart(keep_out_of_service=False, keep_slots=False)


def preflight(subject: Rig, deadlines: Timeouts = DEADLINES, may_show: Confirm = always, **variables: str) -> Preflight:
    settings = subject.settings(**{**CHICAGO, **variables})
    manager = bench.manager(subject.folder, settings, *subject.configs(), keeps_pins=False)
    return Preflight(settings, manager, StateFolder(settings.state_dir), deadlines=deadlines, may_show=may_show)


def check(subject: Rig, **variables: str) -> CheckReport:
    return preflight(subject, DEADLINES, always, **variables).look()


def problems(report: CheckReport) -> list[str]:
    return [str(finding) for finding in report.findings if finding.severity is Severity.PROBLEM]
