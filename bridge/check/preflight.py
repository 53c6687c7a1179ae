"""``python main.py check``: looks at both peers and judges what it sees. Writes nothing to any controller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from bridge import startup
from bridge.check.asking import DEADLINES, BothPeers, MayShow, OwnTest, always
from bridge.check.controllers import look_at_controller
from bridge.check.dates import clock_findings, start_findings
from bridge.check.loops import loop_findings
from bridge.check.one_controller import delay_findings, neighbour_findings
from bridge.check.one_point import object_findings, range_findings, safety_findings
from bridge.check.report import CheckReport, controller_row, equipments_by_controller, point_row, simulation_row
from bridge.check.start import certificate_findings, connection_findings, simulation_findings, taking_findings
from bridge.check.views import ControllerView, PointView, SimulationView, point_views
from bridge.findings import Finding, Severity, Topic
from bridge.link import future_problems
from bridge.real_outputs import wired_equipments
from bridge.translation import Translation
from clients.boptest_client import Timeouts
from equipment.equipment_manager import Equipment, EquipmentManager
from ledger import Journals
from utils.errors import Problem
from utils.clocks import Clocks
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
        may_show: MayShow = always,
    ) -> None:
        """``may_show`` is asked before the account is shown to a controller of whose certificate there is no record."""
        self._settings = settings
        self._manager = manager
        self._state = state
        self._peers = BothPeers(OwnTest(settings, state, deadlines), manager.get_all_ecy_clients(), may_show)
        self._clocks = clocks or Clocks()

    def look(self) -> CheckReport:
        """Look at everything, both peers at once; what could not be seen is among the findings.

        On a service it selects a test of its own and stops it; on a legacy server, where everybody shares one test, it
        only reads. Raises :class:`SimulationAborted` after :meth:`request_stop`.
        """
        equipments = tuple(self._manager.equipment.values())
        controllers = {controller.address: controller for controller in self._manager.controllers}
        simulation, views = self._peers.ask(
            lambda client, reason: look_at_controller(controllers[client.device], client, self._clocks, reason),
            startup.simulation_names(equipments),
            self._settings.start_time,
        )
        return self._report(equipments, simulation, {view.address: view for view in views})

    def request_stop(self) -> None:
        """Abandon whatever is being asked; the test is stopped all the same."""
        self._peers.request_stop()

    def _report(
        self, equipments: Sequence[Equipment], simulation: SimulationView, controllers: Mapping[str, ControllerView]
    ) -> CheckReport:
        shown = Translation(equipments, simulation.metadata).targets(simulation.values)
        points = tuple(point_views(equipments, simulation, controllers, shown))
        names = equipments_by_controller(points)
        rows = (controller_row(view, names.get(view.address, ()), self._settings) for view in controllers.values())
        findings = chain(
            _about_the_run(equipments, self._settings, self._clocks),
            _about_the_simulation(equipments, simulation, self._settings),
            connection_findings(tuple(controllers.values())),
            taking_findings(tuple(controllers.values()), Journals.of(self._state)),
            _about_points(points, simulation),
            *(_about_a_controller(view, points, simulation, self._settings) for view in controllers.values()),
        )
        return CheckReport(
            simulation=simulation_row(simulation, self._settings),
            controllers=tuple(rows),
            points=tuple(point_row(view) for view in points),
            findings=tuple(dict.fromkeys(findings)),
        )


def _about_the_simulation(
    equipments: Sequence[Equipment], simulation: SimulationView, settings: Settings
) -> Iterator[Finding]:
    yield from simulation_findings(simulation, settings)
    yield from start_findings(settings, simulation.testcase)
    if simulation.metadata:
        yield from _refusals(startup.simulation_problems(equipments, simulation.metadata), Topic.CONFIG)


def _about_the_run(equipments: Sequence[Equipment], settings: Settings, clocks: Clocks) -> Iterator[Finding]:
    """What a run would say, or refuse, before it has asked anybody."""
    yield from _refusals(future_problems(settings, clocks.wall()), Topic.CLOCK)
    if wired := wired_equipments(equipments, settings):
        what = (
            "the terminals will follow a simulated building; make sure that nothing is wired to them and set "
            "ECY_BENCH=isolated, or set isolate_outputs in the config"
        )
        yield Finding(Severity.WARNING, Topic.OUTPUTS, ", ".join(wired), what)


def _refusals(problems: Iterable[Problem], topic: Topic) -> Iterator[Finding]:
    """What a start would refuse."""
    return (Finding(Severity.PROBLEM, topic, problem.where, problem.what) for problem in problems)


def _about_points(points: Sequence[PointView], simulation: SimulationView) -> Iterator[Finding]:
    for view in points:
        yield from object_findings(view)
        yield from range_findings(view)
        yield from safety_findings(view)
    yield from loop_findings(points, simulation.metadata)


def _about_a_controller(
    view: ControllerView, points: Sequence[PointView], simulation: SimulationView, settings: Settings
) -> Iterator[Finding]:
    own = [point for point in points if point.target.device == view.address]
    yield from certificate_findings(view, settings.tls)
    yield from clock_findings(settings, simulation.testcase, view)
    yield from delay_findings(view, own, settings)
    yield from neighbour_findings(view, own)
