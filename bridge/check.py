"""The preflight: connects to both peers, looks at everything, writes nothing to any controller."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bridge import startup
from bridge.controller_link import ControllerLink
from bridge.ledger import Ledger
from clients.boptest_client import BOPTestClient
from equipment.equipment_manager import Equipment, EquipmentManager
from utils.errors import ConfigError, Problem
from utils.model_calendar import model_seconds
from utils.pacing import Clocks
from utils.settings import Settings
from utils.state_folder import StateFolder
from utils.values import PointMetadata, PointValue, Role, Target


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One point on both sides. ``simulated`` is in the controller's unit, as it would be written."""

    equipment: str
    simulation_point: str
    controller_object: str
    simulated: PointValue | None
    in_controller: PointValue | None
    unit: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the preflight saw. ``absent`` are the controllers that did not answer."""

    api: str
    testcase: str
    rows: tuple[CheckRow, ...]
    absent: tuple[str, ...]


def check(settings: Settings, manager: EquipmentManager, state: StateFolder) -> CheckReport:
    """Look at both peers. Raises what a run would raise at its start.

    On a service it selects a test of its own and stops it; on a legacy server, where everybody shares one test, it
    only reads, so there are no live values of the simulation.
    """
    api_key = settings.api_key.get_secret_value() if settings.api_key else None
    client = BOPTestClient(settings.base_url, api_key=api_key, test_ids=state.tests)
    equipments = tuple(manager.equipment.values())
    links = [ControllerLink(c, Ledger(), settings.couple_time_s, None, Clocks()) for c in manager.controllers]
    try:
        startup.connect_simulation(client, settings, startup.simulation_names(equipments), threading.Event())
        metadata = client.get_metadata()
        _check_everything(equipments, metadata, links)
        values = _live_values(client, settings)
        targets = manager.process_bop_values(values, metadata)
        rows = tuple(row for equipment in equipments for row in _rows(equipment, values, targets))
        absent = tuple(link.device for link in links if not link.is_reached)
        return CheckReport(client.api, client.testcase, rows, absent)
    finally:
        client.stop()
        client.close()
        manager.close()


def _check_everything(
    equipments: Sequence[Equipment], metadata: Mapping[str, PointMetadata], links: Sequence[ControllerLink]
) -> None:
    """The problems of both peers in one report."""
    problems: list[Problem] = []
    try:
        startup.check_simulation_names(equipments, metadata)
    except ConfigError as error:
        problems.extend(error.problems)
    try:
        with ThreadPoolExecutor(len(links), thread_name_prefix="ecy") as pool:
            startup.reach_controllers(links, pool)
    except ConfigError as error:
        problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)


def _live_values(client: BOPTestClient, settings: Settings) -> Mapping[str, float]:
    if client.api == "legacy" or settings.start_time is None:
        return {}
    return client.initialize_system(model_seconds(settings.start_time), 0.0).values


def _rows(
    equipment: Equipment, values: Mapping[str, float], targets: Mapping[Target, PointValue]
) -> Iterator[CheckRow]:
    controller = equipment.controller
    refs = {bound.target: bound.ref for bound in controller.bound}
    samples = controller.client.read_values_from_endpoints(list(refs.values())) if refs else {}
    for point in equipment.points:
        target = equipment.target(point)
        sample = samples.get(refs[target]) if target in refs else None
        simulated = values.get(point.bop_point) if point.role is Role.READ else targets.get(target)
        yield CheckRow(
            equipment.name,
            point.bop_point,
            f"{point.object_type} {point.ecy_point}",
            simulated,
            sample.value if sample is not None else None,
            point.device_unit or "",
        )
