"""``python main.py check``: looks at both peers and judges what it sees. Writes nothing to any controller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from bridge.check.asking import DEADLINES, BothPeers, OwnTest
from bridge.check.controllers import look_at_controller
from bridge.check.dates import clock_findings, start_findings
from bridge.check.loops import loop_findings
from bridge.check.one_controller import certificate_findings, delay_findings, neighbour_findings
from bridge.check.one_point import point_findings
from bridge.check.report import CheckReport, ControllerRow, PointRow, SimulationRow
from bridge.check.start import connection_findings, run_findings, simulation_findings, taking_findings
from bridge.check.trunks import trunk_findings
from bridge.check.views import ControllerView, PointView, SimulationView, point_views
from bridge.findings import Finding, Topic, problem_findings
from bridge.first_contact import Confirm, always
from bridge.startup import simulation_names
from bridge.translation import Translation
from clients.boptest_client import Timeouts
from equipment.equipment_manager import Equipment, EquipmentManager
from ledger import Journals
from utils.clocks import Clocks
from utils.errors import Problem
from utils.settings import Settings
from utils.state_folder import StateFolder


class Preflight:
    """One look at both peers. :meth:`look` blocks; :meth:`request_stop` is for other threads."""

    def __init__(
        self,
        settings: Settings,
        manager: EquipmentManager,
        state: StateFolder,
        *,
        deadlines: Timeouts = DEADLINES,
        clocks: Clocks | None = None,
        may_show: Confirm = always,
        in_configs: Sequence[Problem] = (),
    ) -> None:
        """``may_show`` is asked before the account is shown to a controller of which there is no record.

        ``in_configs`` is what is wrong in the configs beside what ``manager`` has loaded.
        """
        self._settings = settings
        self._manager = manager
        self._state = state
        self._peers = BothPeers(OwnTest(settings, state, deadlines), manager.get_all_ecy_clients(), may_show, state.met)
        self._clocks = clocks or Clocks()
        self._in_configs = in_configs

    def look(self) -> CheckReport:
        """Look at everything, both peers at once; what could not be seen is among the findings.

        On a service it selects a test of its own and stops it; on a legacy server, where everybody shares one test, it
        only reads. Raises :class:`SimulationAborted` after :meth:`request_stop`.
        """
        equipments = tuple(self._manager.equipment.values())
        controllers = {controller.address: controller for controller in self._manager.controllers}
        simulation, views = self._peers.ask(
            lambda client, reason: look_at_controller(controllers[client.device], client, self._clocks, reason),
            simulation_names(equipments),
            self._settings,
        )
        return self._report(equipments, simulation, views)

    def request_stop(self) -> None:
        """Abandon whatever is being asked; the test is stopped all the same."""
        self._peers.request_stop()

    def _report(
        self, equipments: Sequence[Equipment], simulation: SimulationView, views: Sequence[ControllerView]
    ) -> CheckReport:
        shown = Translation(equipments, simulation.metadata).targets(simulation.values)
        points = tuple(point_views(equipments, simulation, {view.address: view for view in views}, shown))
        on = {view.address: [one for one in points if one.target.device == view.address] for view in views}
        settings = self._settings
        findings = chain(
            run_findings(equipments, settings, self._clocks.wall()),
            simulation_findings(simulation, equipments, settings),
            start_findings(settings, simulation.testcase),
            problem_findings(Topic.CONFIG, self._in_configs),
            connection_findings(views),
            taking_findings(views, Journals.of(self._state)),
            *map(point_findings, points),
            loop_findings(points, simulation.metadata),
            trunk_findings(on, {one.address: one.client.timeout_s for one in self._manager.controllers}, settings),
            *(_about_a_controller(view, on[view.address], simulation, settings) for view in views),
        )
        return CheckReport(
            simulation=SimulationRow.of(simulation, settings),
            controllers=tuple(
                ControllerRow.of(view, dict.fromkeys(one.equipment for one in on[view.address]), settings)
                for view in views
            ),
            points=tuple(map(PointRow.of, points)),
            findings=tuple(dict.fromkeys(findings)),
        )


def _about_a_controller(
    view: ControllerView, points: Sequence[PointView], simulation: SimulationView, settings: Settings
) -> Iterator[Finding]:
    yield from certificate_findings(view, settings.tls)
    yield from clock_findings(settings, simulation.testcase, view)
    yield from delay_findings(view, points, settings)
    yield from neighbour_findings(view, points)
