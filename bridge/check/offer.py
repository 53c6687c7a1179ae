"""``python main.py points``: what both peers have on offer, to write a config from. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.check.asking import BothPeers, OwnTest
from bridge.check.views import unit_in_our_words
from bridge.first_contact import Confirm, always
from bridge.startup import simulation_names
from clients.device_client import ControllerClient
from clients.making import Credentials
from equipment.equipment_manager import EquipmentManager
from utils.errors import DeviceError, Problems
from utils.settings import ServerSettings
from utils.state_folder import StateFolder
from utils.values import Endpoint, ObjectState, PointMetadata, PointValue


@dataclass(frozen=True, slots=True)
class SimulationPoint:
    """A measurement or an input of the test case: a ``bop_point``."""

    name: str
    unit: str | None
    minimum: float | None
    maximum: float | None
    description: str

    def mentions(self, text: str) -> bool:
        """Whether the text occurs in what is told of it."""
        return _occurs(text, self.name, self.unit, self.description)


@dataclass(frozen=True, slots=True)
class ControllerObject:
    """An object of a controller: an ``ecy_point``. ``unit`` is ``units`` as a config would write it."""

    object_type: str
    instance: int
    name: str
    units: str | None
    unit: str | None
    present_value: PointValue | None
    description: str = ""
    """Over BACnet; REST is not asked for it."""

    def mentions(self, text: str) -> bool:
        """Whether the text occurs in what is told of it."""
        told = f"{self.object_type} {self.instance}"
        return _occurs(text, told, self.name, self.units, self.unit, self.description)


@dataclass(frozen=True, slots=True)
class ControllerOffer:
    """The objects of one controller. ``failure`` says why there are none, or not all; ``exit_code`` is what that is."""

    address: str
    objects: tuple[ControllerObject, ...] = ()
    failure: str | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What both peers have. The names of the fields are the keys of ``--json``."""

    server: str
    testcase: str
    failure: str | None
    measurements: tuple[SimulationPoint, ...]
    inputs: tuple[SimulationPoint, ...]
    controllers: tuple[ControllerOffer, ...]
    unused_configs: tuple[str, ...]
    """Why the configs were not used: half a config is what one has while writing it."""

    @property
    def exit_code(self) -> int:
        """1 when one of the peers could not be asked, 2 when all that is wrong is an account."""
        codes = [1 if self.failure else 0, *(controller.exit_code for controller in self.controllers)]
        return min(filter(None, codes), default=0)

    @property
    def is_empty(self) -> bool:
        """Whether neither peer has anything in it."""
        return not (self.measurements or self.inputs or any(controller.objects for controller in self.controllers))

    def filtered(self, text: str) -> Offer:
        """Only what mentions the text."""
        return replace(
            self,
            measurements=tuple(point for point in self.measurements if point.mentions(text)),
            inputs=tuple(point for point in self.inputs if point.mentions(text)),
            controllers=tuple(
                replace(one, objects=tuple(item for item in one.objects if item.mentions(text)))
                for one in self.controllers
            ),
        )


class Inventory:
    """One look at what there is. :meth:`look` blocks; :meth:`request_stop` is for other threads."""

    def __init__(
        self,
        server: ServerSettings | None,
        manager: EquipmentManager,
        state: StateFolder,
        *,
        devices: Sequence[str] | None = None,
        may_show: Confirm = always,
    ) -> None:
        """``manager`` has not loaded its configs yet; without ``devices``, the controllers are those in them.

        Without ``server`` only controllers are asked.

        ``may_show`` is asked before the account is shown to a controller of which there is no record.
        """
        self._unused = _load(manager)
        self._names = simulation_names(tuple(manager.equipment.values()))
        test = OwnTest(server, state) if server is not None else None
        self._peers = BothPeers(test, _clients(manager, devices), may_show, state.met)

    def look(self) -> Offer:
        """Ask both peers; one that cannot be asked does not hide the others.

        Raises :class:`SimulationAborted` after :meth:`request_stop`.
        """
        simulation, controllers = self._peers.ask(_objects_of, self._names)
        points = [(item.is_input, _simulation_point(name, item)) for name, item in simulation.metadata.items()]
        return Offer(
            server=simulation.server,
            testcase=simulation.testcase,
            failure=str(simulation.failure) if simulation.failure is not None else None,
            measurements=tuple(point for is_input, point in points if not is_input),
            inputs=tuple(point for is_input, point in points if is_input),
            controllers=tuple(controllers),
            unused_configs=self._unused,
        )

    def request_stop(self) -> None:
        """Abandon whatever is being asked; the test is stopped all the same."""
        self._peers.request_stop()


def _occurs(text: str, *told: str | None) -> bool:
    return any(text.casefold() in words.casefold() for words in told if words)


def _load(manager: EquipmentManager) -> tuple[str, ...]:
    problems = Problems()
    with problems.collecting():
        manager.load_equipments()
    return tuple(map(str, problems.found))


def _clients(manager: EquipmentManager, devices: Sequence[str] | None) -> tuple[ControllerClient, ...]:
    if devices is None:
        return manager.get_all_ecy_clients()
    return tuple(manager.client_for(device, manager.credentials.get(device, Credentials())) for device in devices)


def _objects_of(client: ControllerClient, reason: DeviceError | None) -> ControllerOffer:
    try:
        if reason is not None:
            raise reason
        client.connect()
        endpoints = client.get_described_endpoints()
        states = client.survey([endpoint.ref for endpoint in endpoints])
    except DeviceError as error:
        return ControllerOffer(client.device, failure=error.what, exit_code=error.exit_code)
    objects = [_object(endpoint, states[endpoint.ref]) for endpoint in sorted(endpoints, key=lambda one: one.ref)]
    return ControllerOffer(client.device, tuple(objects))


def _object(endpoint: Endpoint, state: ObjectState) -> ControllerObject:
    ref, name, units = endpoint.ref, endpoint.name, endpoint.units
    value = state.present_value.value
    return ControllerObject(
        str(ref.object_type), ref.instance, name, units, unit_in_our_words(units), value, endpoint.description
    )


def _simulation_point(name: str, told: PointMetadata) -> SimulationPoint:
    return SimulationPoint(name, told.unit, told.minimum, told.maximum, told.description)
