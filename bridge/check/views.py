"""What was read from both peers, and what its units measure, before anybody judges it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.link import Claim
from clients.device_client import Binding, ClockState, CovSubscription
from equipment.equipment_manager import Equipment
from points import BadValue, Point
from utils.errors import ConfigError, DeviceError, Problem, SimulationError
from utils.quantities import quantity_of
from utils.unit_conversion import UnitConverter, from_bacnet
from utils.values import ObjectRef, ObjectState, ObjectType, PointMetadata, PointValue, Role, Target, is_finite_number


@dataclass(frozen=True, slots=True)
class SimulationView:
    """The simulation, as far as it let itself be looked at. ``failure`` is what ended the looking."""

    server: str
    api: str = ""
    version: str = ""
    testcase: str = ""
    metadata: Mapping[str, PointMetadata] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    failure: SimulationError | ConfigError | None = None


@dataclass(frozen=True, slots=True)
class ClockView:
    """A controller's clock, and the Unix time of this computer when it was read."""

    state: ClockState
    host_unix: float
    listeners: tuple[str, ...] = ()
    """To whom it would pass simulated time on, against the config's will."""


@dataclass(frozen=True, slots=True)
class ControllerView:
    """A controller, as far as it let itself be looked at.

    ``failure`` is what ended the looking, ``complaints`` are refusals of single questions. ``found_as`` are objects of
    a wanted name that have another type.
    """

    address: str
    has_account: bool = True
    set_clock: bool | None = None
    has_new_certificate: bool = False
    """Whether there was no pin before we came."""
    fingerprint: str | None = None
    """Of the certificate that it has shown."""
    is_reached: bool = False
    name: str | None = None
    failure: DeviceError | None = None
    complaints: tuple[DeviceError, ...] = ()
    problems: tuple[Problem, ...] = ()
    refs: Mapping[Target, ObjectRef] = field(default_factory=dict)
    found_as: Mapping[Target, ObjectType] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    """What a run would take from it."""
    states: Mapping[ObjectRef, ObjectState] = field(default_factory=dict)
    exchange_s: float | None = None
    clock: ClockView | None = None
    bindings: tuple[Binding, ...] = ()
    subscriptions: tuple[CovSubscription, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the certificate that it has shown is the first of it."""
        return self.has_new_certificate and self.fingerprint is not None


@dataclass(frozen=True, slots=True)
class PointView:
    """One point with what both sides say about it."""

    equipment: str
    group: str
    file: str
    point: Point
    target: Target
    found_as: ObjectType | None
    ref: ObjectRef | None
    state: ObjectState | None
    metadata: PointMetadata | None
    simulated: float | None
    """The simulation's value in its own unit."""
    shown: PointValue | None
    """What the controller would be written; None for outputs."""

    @property
    def where(self) -> str:
        """How findings name the point."""
        return f"{self.file}: {self.point.ecy_point}"

    @property
    def held(self) -> PointValue | None:
        """The object's present-value, None where it is not to be trusted."""
        return self.state.present_value.value if self.state is not None else None

    @property
    def in_controller_unit(self) -> PointValue | None:
        """The simulation's value as the controller would see it."""
        point = self.point
        if point.role is not Role.READ or self.simulated is None:
            return self.shown
        if point.object_type.is_binary:
            return bool(self.simulated)
        if point.unit is None or point.device_unit is None:
            return self.simulated
        return UnitConverter().convert(self.simulated, point.unit, point.device_unit)

    @property
    def commanded(self) -> float | None:
        """What an output would send to the simulation, in the simulation's unit; None for other points."""
        if self.point.role is not Role.READ or self.held is None:
            return None
        try:
            return self.point.process_ecy_value(self.held)
        except BadValue:
            return None


def point_views(
    equipments: Sequence[Equipment],
    simulation: SimulationView,
    controllers: Mapping[str, ControllerView],
    shown: Mapping[Target, PointValue],
) -> Iterator[PointView]:
    """Every point of every equipment, in the order of the configs."""
    for equipment in equipments:
        view = controllers[equipment.controller.address]
        for point in equipment.points:
            target = equipment.target(point)
            ref = view.refs.get(target)
            yield PointView(
                equipment=equipment.name,
                group=equipment.group,
                file=equipment.file.name,
                point=point,
                target=target,
                found_as=view.found_as.get(target),
                ref=ref,
                state=view.states.get(ref) if ref is not None else None,
                metadata=simulation.metadata.get(point.bop_point),
                simulated=_number(simulation.values.get(point.bop_point)),
                shown=shown.get(target),
            )


def _number(value: float | None) -> float | None:
    return value if is_finite_number(value) else None


def quantity(point: Point) -> str | None:
    """What a point measures; None for a number without units."""
    if point.object_type.is_binary:
        return "on or off"
    if point.object_type.is_multi_state:
        return "state"
    unit = point.device_unit or point.unit
    return quantity_of(unit) if unit else None


def unit_in_our_words(units: str | None) -> str | None:
    """A controller's units as a config would write them; None where it tells none, or one that we do not know."""
    return from_bacnet(units) if units is not None else None
