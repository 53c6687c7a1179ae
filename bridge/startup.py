"""Everything that is looked at before anything is written: both peers, every name, every slot."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, wait
from typing import TypeAlias

from bridge.building import Started
from bridge.building.model_clock import agree
from bridge.building.simulation_peer import SimulationPeer
from bridge.findings import Finding, Severity, Topic, refusals
from bridge.link import STALE_S, ControllerLink, SecondLook
from equipment.equipment_manager import Equipment
from ledger import Receipt
from points import Point
from utils.errors import (
    DeviceError,
    DeviceRefused,
    DeviceUnreachable,
    Problem,
    Problems,
    SimulationAborted,
    SimulationRefused,
    SimulationUnreachable,
)
from utils.names import nearest
from utils.settings import ServerSettings, SimulationSettings
from utils.values import PointMetadata, Role, SimulationState

log = logging.getLogger(__name__)

_RETRY_S = 1.0

Look: TypeAlias = Callable[[ControllerLink], Sequence[Problem]]
"""Looks at one controller; the problems are things that somebody else has."""


def connect_simulation(
    client: SimulationPeer, settings: ServerSettings, points: Collection[str], stop: threading.Event
) -> None:
    """Find the server and select the test case, waiting for a server that is not there yet.

    Raises :class:`SimulationUnreachable` after ``BOP_CONNECT_TIMEOUT``, at once what the server refuses, and
    :class:`SimulationAborted` when ``stop`` has been set meanwhile.
    """
    deadline = time.monotonic() + settings.connect_timeout_s
    told = False
    while True:
        try:
            client.connect(settings.testcase, points)
        except SimulationUnreachable as error:
            if stop.is_set():
                raise SimulationAborted("stopped on request") from error
            if time.monotonic() + _RETRY_S > deadline:
                raise
            if not told:
                log.warning("%s; trying for %.0f s", error, settings.connect_timeout_s)
                told = True
            stop.wait(_RETRY_S)
        else:
            return


def start_simulation(client: SimulationPeer, settings: SimulationSettings, start_time_s: float) -> Started:
    """Scenario, start time and step as configured.

    Raises :class:`SimulationRefused` when the simulation stands elsewhere than was asked, or takes another step; when
    a scenario's period begins, the server knows alone.
    """
    state = None
    if settings.time_period or settings.electricity_price:
        state = client.set_scenario(electricity_price=settings.electricity_price, time_period=settings.time_period)
    if state is None:
        state = initialize(client, start_time_s, settings.warmup_period_s, settings.step_time_s)
    return at_step(client, state, settings)


def at_step(client: SimulationPeer, state: SimulationState, settings: SimulationSettings) -> Started:
    """A simulation that stands somewhere, with the configured step. Raises :class:`SimulationRefused` for another."""
    return Started(state, _step_in_force(client.set_step_time(settings.step_time_s), settings.step_time_s))


def initialize(client: SimulationPeer, start_time_s: float, warmup_s: float, step_s: float) -> SimulationState:
    """Raises :class:`SimulationRefused` when the simulation does not stand where it was asked to, give or take."""
    state = client.initialize_system(start_time_s, warmup_s)
    if not agree(state.time_s, start_time_s, step_s):
        raise SimulationRefused(
            f"PUT /initialize: the simulation is at {state.time_s:.15g} s, where {start_time_s:.15g} s was asked; "
            "does somebody else drive it?"
        )
    return state


def _step_in_force(taken_s: float, asked_s: float) -> float:
    if math.isnan(taken_s):
        return asked_s
    if not agree(taken_s, asked_s, asked_s):
        raise SimulationRefused(f"PUT /step: the server took a step of {taken_s:g} s, where {asked_s:g} s was asked")
    return taken_s


def simulation_names(equipments: Sequence[Equipment]) -> set[str]:
    """Every name that the simulation has to know: points and activations, KPIs aside."""
    points = [point for equipment in equipments for point in equipment.points]
    names = {point.bop_point for point in points if not point.is_kpi}
    return names | {point.activation.name for point in points if point.activation is not None}


def testcase_findings(equipments: Iterable[Equipment], metadata: Mapping[str, PointMetadata]) -> Iterator[Finding]:
    """Every name or unit that the test case does not have."""
    for equipment in equipments:
        for point in equipment.points:
            for what in _mismatches(point, metadata):
                yield Finding(Severity.PROBLEM, Topic.CONFIG, f"{equipment.file.name}: {point.ecy_point}", what)


def fatal_failures(failures: Sequence[DeviceError | None]) -> list[DeviceError]:
    """What a start fails for, refusals first: a controller is waited for as long as another one answers (None)."""
    told = [failure for failure in failures if failure is not None]
    absent = [failure for failure in told if isinstance(failure, DeviceUnreachable)]
    return [failure for failure in told if failure not in absent] + (absent if len(told) == len(failures) else [])


def reach_controllers(links: Sequence[ControllerLink], pool: Executor, second: SecondLook) -> None:
    """Connect to all controllers at once and look at what will be taken. Of theirs it writes nothing.

    What is in use is looked at again when own leftovers have been given back once more, and refused when it still is
    after some seconds. A controller that does not answer, or in which own leftovers stay, is tried again later.

    Raises :class:`ConfigError` for names, units and what is in use, :class:`DeviceRefused` for the first that will not
    have us, :class:`DeviceUnreachable` when none answers, :class:`SimulationAborted` when stopped between two looks.
    """
    contact = _Contact(pool)
    contact.attempt(links, _reach)
    in_use = [link for link in links if link.in_use]
    if in_use:
        recovered = second.recover([link.device for link in in_use])
        contact.attempt(in_use, lambda link: _look_again(link, recovered, second.wait))
    problems = Problems()
    for link in links:
        problems.add(contact.problems[link].found)
    problems.refuse()
    fatal = fatal_failures([contact.failures.get(link) for link in links])
    if fatal:
        raise fatal[0]


class _Contact:
    """What became of the first contact with all controllers."""

    def __init__(self, pool: Executor) -> None:
        self.problems: dict[ControllerLink, Problems] = {}
        self.failures: dict[ControllerLink, DeviceError] = {}
        self._pool = pool

    def attempt(self, links: Sequence[ControllerLink], look: Look) -> None:
        """Look at these at once. The problems of each are those of its last look."""
        futures = [(link, self._pool.submit(look, link)) for link in links]
        for link, future in futures:
            problems = self.problems[link] = Problems()
            try:
                with problems.collecting():
                    problems.add(future.result())
            except (DeviceRefused, DeviceUnreachable) as error:
                self.failures[link] = error
                if isinstance(error, DeviceUnreachable):
                    link.lost(error)


def check_both(
    equipments: Sequence[Equipment],
    metadata: Mapping[str, PointMetadata],
    links: Sequence[ControllerLink],
    pool: Executor,
    stop: threading.Event,
    second: SecondLook,
) -> None:
    """Names and units on both sides, and what is taken already. Raises :class:`ConfigError` with all of it at once.

    Also raises what :func:`reach_controllers` raises, where nothing is wrong with the configs; and when ``stop`` has
    been set meanwhile, for which calls are cut, :class:`SimulationAborted`.
    """
    problems = Problems()
    problems.add(refusals(testcase_findings(equipments, metadata)))
    try:
        with problems.collecting():
            reach_controllers(links, pool, second)
    except DeviceError:
        if not problems.found and not stop.is_set():
            raise
    problems.refuse_together()
    if stop.is_set():
        raise SimulationAborted("stopped on request")


def take_controllers(links: Sequence[ControllerLink], pool: Executor) -> None:
    """Enter everything in the ledger, set the clocks and begin to couple, all controllers that were reached at once.

    One that has gone meanwhile is tried again later. Raises the first :class:`DeviceRefused`, after all are through.
    """
    futures = [(link, pool.submit(link.take)) for link in links if link.is_reached]
    wait([future for _, future in futures])
    for link, future in futures:
        try:
            future.result()
        except DeviceUnreachable as error:
            link.lost(error)


def _reach(link: ControllerLink) -> Sequence[Problem]:
    link.reach()
    return link.survey()


def _look_again(link: ControllerLink, recovered: Sequence[Receipt], wait: Callable[[float], bool]) -> Sequence[Problem]:
    """What is in use now that own leftovers are gone, and still is when reads can be stale no longer."""
    if not link.survey(recovered):
        return ()
    if wait(STALE_S):
        raise SimulationAborted("stopped on request")
    return link.survey(recovered)


def _mismatches(point: Point, metadata: Mapping[str, PointMetadata]) -> Iterator[str]:
    if point.is_kpi:
        return
    known = metadata.get(point.bop_point)
    if known is None:
        yield _unknown(point.bop_point, metadata, lambda meta: meta.is_input or point.role is not Role.READ)
    elif point.role is Role.READ and not known.is_input:
        yield f"{point.bop_point} is a measurement, and an output can only drive an input of the simulation"
    else:
        if point.activation is not None and point.activation.name not in metadata:
            yield _unknown(point.activation.name, metadata, lambda meta: meta.is_input)
        if wrong_unit := point.check_metadata(known):
            yield wrong_unit


def _unknown(name: str, metadata: Mapping[str, PointMetadata], fits: Callable[[PointMetadata], bool]) -> str:
    guess = nearest(name, [other for other, meta in metadata.items() if fits(meta)])
    return f"the test case has no point {name}" + (f"; did you mean {guess}?" if guess else "")
