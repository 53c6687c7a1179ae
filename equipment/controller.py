"""One controller: its client, the points that live on it, and what discovery found for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clients.device_client import DeviceClient
from equipment.config import LoadedEquipment
from equipment.set_points import OperatorSwitch, SetPoint, SetPointObject, found_set_points, found_switches
from equipment.supervision import HeartbeatObject, PermitObject, heartbeats_of, permits_of, supervision_problems
from equipment.unit_match import of_other_system, wrong_unit
from equipment.write_plan import BoundPoint, WritePlan
from points import Point
from utils.bacnet import SCHEME
from utils.errors import ConfigError, Problem
from utils.names import nearest
from utils.settings import ControllerSettings
from utils.values import Endpoint, ObjectRef, ObjectType, Role, Target


class Controller:
    """The equipments on one ``device_ip``. Before :meth:`bind`, nothing is known of its objects."""

    def __init__(self, client: DeviceClient, settings: ControllerSettings) -> None:
        self.client = client
        self.address = client.device
        self.bound: tuple[BoundPoint, ...] = ()
        self.permits: tuple[PermitObject, ...] = ()
        self.heartbeats: tuple[HeartbeatObject, ...] = ()
        self.set_points: tuple[SetPointObject, ...] = ()
        """What somebody acts on in this run."""
        self.switches: tuple[PermitObject, ...] = ()
        """What has to be on for that."""
        self.isolated: tuple[BoundPoint, ...] = ()
        """The outputs that are out of service during a run."""
        self.exposed: tuple[str, ...] = ()
        """The names of all other outputs, whether or not a config knows them."""
        self.reads: dict[Target, ObjectRef] = {}
        """What is read in every step: the outputs, what permits their use, set-points and switches."""
        self.plan = WritePlan((), settings.refresh_time_s, settings.hold_steps)
        self.other_units: dict[Target, str] = {}
        """Points whose object is in other units than the config says, and how; none where :meth:`bind` refuses them."""
        self._refuses_units = True
        self._settings = settings
        self._loaded: list[LoadedEquipment] = []
        self._acted_on: tuple[SetPoint, ...] = ()
        self._switches: tuple[OperatorSwitch, ...] = ()

    @property
    def loaded(self) -> tuple[LoadedEquipment, ...]:
        """The equipments on this controller."""
        return tuple(self._loaded)

    @property
    def points(self) -> tuple[Point, ...]:
        """Every point on this controller."""
        return tuple(point for loaded in self._loaded for point in loaded.points)

    @property
    def wanted(self) -> tuple[str, ...]:
        """What a run forces, commands or isolates here, in the words of the configs: nothing has to be asked for it."""
        set_points = (f"{ObjectType.ANALOG_VALUE} {one.name}" for one in self._acted_on)
        return tuple(dict.fromkeys((*(name for item in self._loaded for name in _wanted(item)), *set_points)))

    @property
    def set_clock(self) -> bool | None:
        """What the configs say of its clock: a no counts before a yes."""
        said = {item.config.set_clock for item in self._loaded}
        return False if False in said else (True if True in said else None)

    @property
    def refresh_time_s(self) -> float:
        """How often everything is written again, and looked at."""
        return self._settings.refresh_time_s

    @property
    def shows_at_once(self) -> bool:
        """Whether what is read after a write tells what became of it; REST may answer from 5 s before (§16)."""
        return self.address.startswith(SCHEME)

    @property
    def outputs(self) -> tuple[BoundPoint, ...]:
        """The bound points that are read."""
        return tuple(item for item in self.bound if item.point.role is Role.READ)

    def add(self, loaded: LoadedEquipment) -> None:
        """Put an equipment's points on this controller."""
        self._loaded.append(loaded)

    def act_on(self, set_points: Sequence[SetPoint], switches: Sequence[OperatorSwitch]) -> None:
        """Have these found, too, from the next :meth:`bind` on."""
        self._acted_on, self._switches = tuple(set_points), tuple(switches)

    def tolerate_units(self) -> None:
        """From now on :meth:`bind` keeps units that are not the object's in :attr:`other_units`, and refuses none."""
        self._refuses_units = False

    def bind(self) -> None:
        """Discover the controller's objects and find each point's.

        Raises :class:`ConfigError` with every name it does not have and every unit that is not the object's, and
        the client's :class:`DeviceError`.
        """
        endpoints = self.client.get_existing_endpoints()
        known = {(endpoint.ref.object_type, endpoint.name): endpoint for endpoint in endpoints}
        by_name = {endpoint.name: endpoint for endpoint in endpoints}
        problems: list[Problem] = []
        self.other_units = {}
        for item in self._loaded:
            problems += self._mismatches(item, known)
            problems += supervision_problems(item, by_name)
        set_points, unfit = found_set_points(self._acted_on, self._loaded, self.address, by_name)
        switches, unknown = found_switches(self._switches, self.address, by_name)
        problems += [*unfit, *unknown]
        if problems:
            raise ConfigError(problems)
        self.set_points, self.switches = tuple(set_points), tuple(switches)
        self.bound = tuple(
            BoundPoint(point, self._target(point), known[point.object_type, point.ecy_point].ref)
            for point in self.points
        )
        isolated = {p.ecy_point for item in self._loaded if item.config.isolate_outputs for p in item.points}
        self.isolated = tuple(item for item in self.outputs if item.point.ecy_point in isolated)
        self.exposed = tuple(name for kind, name in known if kind.is_output and name not in isolated)
        self.permits = tuple(permit for item in self._loaded for permit in permits_of(item, self.address, by_name))
        self.reads = {item.target: item.ref for item in self.outputs}
        self.reads |= {item.target: item.ref for item in (*self.permits, *self.switches)}
        self.reads |= {item.target: item.ref for item in self.set_points}
        self.heartbeats = tuple(heartbeat for item in self._loaded for heartbeat in heartbeats_of(item, by_name))
        self.plan = WritePlan(self.bound, self._settings.refresh_time_s, self._settings.hold_steps)

    def _target(self, point: Point) -> Target:
        return Target(self.address, point.object_type, point.ecy_point)

    def _mismatches(self, loaded: LoadedEquipment, known: dict[tuple[ObjectType, str], Endpoint]) -> Iterator[Problem]:
        """Names that the controller does not have, and units that are not the object's; one cause of many is one."""
        found = [(point, known.get((point.object_type, point.ecy_point))) for point in loaded.points]
        misled = of_other_system([(point, endpoint.units) for point, endpoint in found if endpoint is not None])
        if not self._refuses_units:
            misled = []
        if misled:
            yield self._wrong_system(loaded)
        for point, endpoint in found:
            where = f"{loaded.file.name}: {point.ecy_point}"
            if endpoint is None:
                yield Problem(where, self._unknown(point, known))
            elif point not in misled and (wrong := wrong_unit(point, endpoint.units)):
                if self._refuses_units:
                    yield Problem(where, f"{wrong} ({self.address}, {endpoint.ref})")
                self.other_units[self._target(point)] = wrong

    def _wrong_system(self, loaded: LoadedEquipment) -> Problem:
        ours = loaded.config.unit_system or self._settings.unit_system
        theirs = "SI" if ours == "US" else "US"
        if loaded.config.unit_system is not None:
            what = f"is {ours}, but the objects are in {theirs} units; change it"
            return Problem(f"{loaded.file.name}: unit_system", what)
        said = f"{self._settings.where('UNIT_SYSTEM')}: is {ours}"
        remedy = f'change that, or write "unit_system": "{theirs}" into the file'
        return Problem(loaded.file.name, f"its objects are in {theirs} units, but {said}; {remedy}")

    def _unknown(self, point: Point, known: dict[tuple[ObjectType, str], Endpoint]) -> str:
        text = f"the controller {self.address} has no {point.object_type} of this name"
        elsewhere = [str(kind) for kind, name in known if name == point.ecy_point]
        if elsewhere:
            return f"{text}; it has it as {elsewhere[0]}"
        guess = nearest(point.ecy_point, [name for kind, name in known if kind is point.object_type])
        return f"{text}; did you mean {guess}?" if guess else f"{text}; check the application in the controller"


def _wanted(loaded: LoadedEquipment) -> Iterator[str]:
    for point in loaded.points:
        if point.role is not Role.READ or loaded.config.isolate_outputs:
            yield f"{point.object_type} {point.ecy_point}"
    if loaded.config.heartbeat is not None:
        yield loaded.config.heartbeat
