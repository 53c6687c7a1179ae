"""Equipments as the user configured them: which controllers there are, and which points tie them to the simulation."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from clients.device_client import SettableClock
from clients.ecy_device_client import ECYDeviceClient
from clients.making import Credentials, TlsPolicy, controller_client, tell_trusted
from equipment.config import LoadedEquipment, read_equipment_files
from equipment.controller import Controller
from equipment.set_points import OperatorSwitch, SetPoint, set_point_problems
from points import Point
from utils.clocks import MonotonicSeconds
from utils.errors import Problem, Problems
from utils.names import did_you_mean
from utils.placeholders import is_placeholder
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
        self.credentials: dict[str, Credentials] = {}
        """How to sign in to each controller, by its address."""
        self._folder = folder
        self._settings = settings
        self._tls = replace(tls, tell=self._trusted)
        self._newly_trusted: dict[str, str] | None = None
        self._controllers: dict[str, Controller] = {}
        self._clients: dict[str, ECYDeviceClient] = {}
        self._converter = UnitConverter()
        self._passwords: list[str] = []

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
        return tuple(self._passwords)

    def load_equipments(self) -> None:
        """Read every config of the folder. Raises :class:`ConfigError` with the problems of all of them."""
        problems = Problems()
        problems.add(self.load_sound_equipments())
        problems.refuse()

    def load_sound_equipments(self) -> tuple[Problem, ...]:
        """Read every config, and load what can be used of them. Returns everything that is wrong.

        Raises :class:`ConfigError` where there are no configs at all.
        """
        read = read_equipment_files(self._folder, self._settings.unit_system, self._converter)
        problems = list(read.problems)
        for item in read.equipments:
            missing = list(self._missing_credentials(item))
            problems += missing
            if not missing:
                self.initialize_equipment(item)
        return tuple(problems)

    def initialize_equipment(self, loaded: LoadedEquipment) -> Equipment:
        """Make an equipment; those with the same ``device_ip`` share one client."""
        config = loaded.config
        controller = self._controllers.get(config.device_ip)
        if controller is None:
            client = self._clients[config.device_ip] = self._client(loaded)
            controller = self._controllers[config.device_ip] = Controller(client, self._settings)
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

    def get_all_ecy_clients(self) -> tuple[ECYDeviceClient, ...]:
        """One client per controller."""
        return tuple(self._clients.values())

    def get_ecy_client_points_mapping(self) -> dict[str, tuple[Point, ...]]:
        """The points of each controller, by its address."""
        return {controller.address: controller.points for controller in self.controllers}

    def get_pending_points_by_ecy_client(self, now_s: MonotonicSeconds) -> dict[ECYDeviceClient, list[Write]]:
        """What each controller still has to be sent: changed values, and everything when the refresh is due."""
        return {self._clients[address]: one.plan.due(now_s) for address, one in self._controllers.items()}

    def synchronize_time_and_timezone(self, start_time_unix: float, timezone: str) -> None:
        """Turn NTP off and set zone and clock of every controller, in parallel.

        Raises the first controller's :class:`DeviceError` after all have been tried.
        """
        with ThreadPoolExecutor(len(self._controllers), thread_name_prefix="clock") as pool:
            done = [
                pool.submit(synchronize, client, start_time_unix, timezone) for client in self.get_all_ecy_clients()
            ]
        for future in done:
            future.result()

    @contextmanager
    def telling_trust_together(self) -> Iterator[None]:
        """Around a first contact with many: what is trusted from then on is said in one line."""
        self._newly_trusted = {}
        try:
            yield
        finally:
            trusted, self._newly_trusted = self._newly_trusted, None
            if len(trusted) > 1:
                where = self._tls.pins_file
                log.info("the certificates of %s are trusted from now on (SHA-256 in %s)", ", ".join(trusted), where)
            else:
                for address, fingerprint in trusted.items():
                    tell_trusted(address, fingerprint)

    def _trusted(self, address: str, fingerprint: str) -> None:
        if self._newly_trusted is None:
            tell_trusted(address, fingerprint)
        else:
            self._newly_trusted[address] = fingerprint

    def client_for(self, address: str, credentials: Credentials) -> ECYDeviceClient:
        """A client of its own for a controller, configured or not. Raises :class:`ConfigError`."""
        return controller_client(address, credentials, self._settings, self._tls)

    def close(self) -> None:
        """Close every client's connections."""
        for client in self.get_all_ecy_clients():
            client.close()

    def _client(self, loaded: LoadedEquipment) -> ECYDeviceClient:
        config, settings = loaded.config, self._settings
        if config.password_env:
            self._passwords.append(settings.variables[config.password_env])
        credentials = self.credentials[config.device_ip] = Credentials(config.username_env, config.password_env)
        return controller_client(config.device_ip, credentials, settings, self._tls, config.timeout_s)

    def _missing_credentials(self, loaded: LoadedEquipment) -> Iterable[Problem]:
        for key in ("username_env", "password_env"):
            name = getattr(loaded.config, key)
            if name and is_placeholder(self._settings.variables.get(name, "")):
                yield Problem(f"{loaded.file.name}: {key}", f"names the variable {name}, which is still a placeholder")
            elif name and name not in self._settings.variables:
                what = f"names the variable {name}, which is not set; set it in .env"
                yield Problem(f"{loaded.file.name}: {key}", what)


def synchronize(client: SettableClock, unix_time: float, timezone: str) -> None:
    """NTP off first, then zone and local time together (ecy-rest-api §14.3)."""
    client.disable_ntp()
    client.set_time_and_timezone(timezone, unix_time)
