"""Equipments as the user configured them: which controllers there are, and which points tie them to the simulation."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from clients.device_client import ControllerClient, SettableClock
from clients.making import Credentials, TlsPolicy
from equipment.config import LoadedEquipment, read_equipment_files
from equipment.controller import Controller
from equipment.controller_clients import ControllerClients
from equipment.set_points import OperatorSwitch, SetPoint, set_point_problems
from points import Point
from utils.clocks import MonotonicSeconds
from utils.errors import ConfigError, Problem, Problems
from utils.names import did_you_mean
from utils.settings import ControllerSettings
from utils.unit_conversion import UnitConverter
from utils.values import Target, Write

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Equipment:
    """One config file: a name, the controller it lives on, and its points."""

    name: str
    group: str
    file: Path
    controller: Controller
    points: tuple[Point, ...]
    activate_when: str | None = None
    isolate_outputs: bool = False

    @property
    def has_kpis(self) -> bool:
        """Whether its controller is shown indicators of the simulation."""
        return any(point.is_kpi for point in self.points)

    def target(self, point: Point) -> Target:
        """The object that the point is about."""
        return Target(self.controller.address, point.object_type, point.ecy_point)


class EquipmentManager:
    """Loads the configs and owns the controllers' clients. No controller is contacted before it is asked for."""

    def __init__(self, folder: Path, settings: ControllerSettings, tls: TlsPolicy) -> None:
        self.equipment: dict[str, Equipment] = {}
        self._folder = folder
        self._settings = settings
        self._controllers: dict[str, Controller] = {}
        self._clients = ControllerClients(settings, tls)
        self._converter = UnitConverter()

    @property
    def credentials(self) -> Mapping[str, Credentials]:
        """How to reach each controller and sign in, by its address."""
        return self._clients.credentials

    @property
    def controllers(self) -> tuple[Controller, ...]:
        """One per ``device_ip``, in the order of the configs."""
        return tuple(self._controllers.values())

    @property
    def points(self) -> tuple[Point, ...]:
        """Every enabled point of every equipment."""
        return tuple(point for equipment in self.equipment.values() for point in equipment.points)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Passwords that belong to single controllers."""
        return tuple(self._clients.passwords)

    def load_equipments(self, only: Collection[str] = ()) -> None:
        """Read every config of the folder, and load those of the equipments that are named, or all.

        Raises :class:`ConfigError` with the problems of all of them, and for a name that there is not.
        """
        problems = Problems()
        try:
            problems.add(self.load_sound_equipments(only))
            problems.refuse()
        except ConfigError:
            self.close()  # our own BACnet port, which would keep the process alive
            raise

    def load_sound_equipments(self, only: Collection[str] = ()) -> tuple[Problem, ...]:
        """Read every config, and load what can be used of them. Returns everything that is wrong.

        A BACnet controller without an address is looked for by its number; no other is asked anything. Raises
        :class:`ConfigError` where there are no configs at all.
        """
        read = read_equipment_files(self._folder, self._settings.unit_system, self._converter)
        problems = Problems()
        problems.add(read.problems)
        there = {item.config.equipment_name for item in read.equipments}
        problems.add(Problem(name, _why_absent(name, there, read.switched_off)) for name in only if name not in there)
        for item in (one for one in read.equipments if not only or one.config.equipment_name in only):
            with problems.collecting():
                self.initialize_equipment(item)
        return tuple(problems.found)

    def initialize_equipment(self, loaded: LoadedEquipment) -> Equipment:
        """Make an equipment; those on the same controller share one client.

        Raises :class:`ConfigError` for an account without variables, and for a BACnet controller that there is no way
        to: no address of our own, or nobody with its number.
        """
        config = loaded.config
        client = self._clients.of(loaded)
        controller = self._controllers.get(client.device)
        if controller is None:
            controller = self._controllers[client.device] = Controller(client, self._settings)
        controller.add(loaded)
        group = config.group or config.equipment_name
        equipment = Equipment(
            config.equipment_name,
            group,
            loaded.file,
            controller,
            loaded.points,
            config.activate_when,
            config.isolate_outputs,
        )
        self.equipment[equipment.name] = equipment
        return equipment

    def act_on(self, set_points: Sequence[SetPoint], switches: Sequence[OperatorSwitch] = ()) -> None:
        """Have set-points, and the switches that permit it, found in their controllers.

        Raises :class:`ConfigError` with all that is wrong with them before any controller is asked.
        """
        problems = Problems()
        problems.add(set_point_problems(set_points))
        named = [(f"set-point {one}", one.equipment) for one in set_points]
        named += [(f"switch {one}", one.equipment) for one in switches]
        unknown = [(where, name) for where, name in named if name not in self.equipment]
        problems.add(
            Problem(where, f"there is no equipment named {name}{did_you_mean(name, self.equipment)}")
            for where, name in unknown
        )
        problems.refuse()
        for controller in self.controllers:
            here = [name for name, equipment in self.equipment.items() if equipment.controller is controller]
            controller.act_on(
                [one for one in set_points if one.equipment in here], [one for one in switches if one.equipment in here]
            )

    def get_all_ecy_clients(self) -> tuple[ControllerClient, ...]:
        """One client per controller."""
        return tuple(self._clients.all.values())

    def get_ecy_client_points_mapping(self) -> dict[str, tuple[Point, ...]]:
        """The points of each controller, by its address."""
        return {controller.address: controller.points for controller in self.controllers}

    def get_pending_points_by_ecy_client(self, now_s: MonotonicSeconds) -> dict[ControllerClient, list[Write]]:
        """What each controller still has to be sent: changed values, and everything when the refresh is due."""
        return {self._clients.all[address]: one.plan.due(now_s) for address, one in self._controllers.items()}

    def synchronize_time_and_timezone(self, start_time_unix: float, timezone: str) -> None:
        """Turn NTP off and set zone and clock of every controller, in parallel.

        Raises the first controller's :class:`DeviceError` after all have been tried.
        """
        with ThreadPoolExecutor(len(self._controllers), thread_name_prefix="clock") as pool:
            clocks = [client.clock for client in self.get_all_ecy_clients()]
            done = [pool.submit(synchronize, one, start_time_unix, timezone) for one in clocks if one is not None]
        for future in done:
            future.result()

    def telling_trust_together(self) -> AbstractContextManager[None]:
        """Around a first contact with many: what is trusted from then on is said in one line."""
        return self._clients.telling_trust_together()

    def client_for(self, address: str, credentials: Credentials) -> ControllerClient:
        """A client of its own for a controller, configured or not. Raises :class:`ConfigError`."""
        return self._clients.apart(address, credentials)

    def close(self) -> None:
        """Close every client's connections."""
        self._clients.close()


def synchronize(client: SettableClock, unix_time: float, timezone: str) -> None:
    """NTP off first, then zone and local time together (ecy-rest-api §14.3)."""
    client.disable_ntp()
    client.set_time_and_timezone(timezone, unix_time)


def _why_absent(name: str, there: Collection[str], switched_off: Mapping[str, str]) -> str:
    if name in switched_off:
        return f'is switched off; remove the line "enabled": false from {switched_off[name]}'
    return f"there is no such equipment{did_you_mean(name, {*there, *switched_off})}"
