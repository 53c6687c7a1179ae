"""What the preflight found, as frozen values: rows of what is there, findings about what is not as it should be.

The names of the fields are the keys of ``python main.py check --json``, so they are not changed lightly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.check.asking import AccountWithheld
from bridge.check.dates import OCCUPIED_HOURS, clock_offset_s, day_of_year, model_day, weekday
from bridge.check.one_controller import simulated_delay_s
from bridge.check.views import ClockView, ControllerView, PointView, SimulationView, quantity
from bridge.findings import Finding, Severity, Topic
from utils.errors import DeviceRefused
from utils.settings import Settings
from utils.unit_conversion import UnitConverter
from utils.values import PointValue, Role


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point on both sides. A value is None where it is not known.

    ``in_controller_unit`` is the simulation's value as the controller would see it; ``would_send`` is what a run would
    pass on now: to the controller in ``device_unit``, or, for outputs, to the simulation in ``simulation_unit``.
    """

    equipment: str
    role: str
    simulation_point: str
    simulation_unit: str | None
    simulation_value: float | None
    in_controller_unit: PointValue | None
    controller: str
    object_type: str
    instance: int | None
    object_name: str
    object_units: str | None
    device_unit: str | None
    controller_value: PointValue | None
    would_send: PointValue | None
    quantity: str | None
    """What the units measure: temperature, pressure, fraction."""


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """How the controller's certificate is judged.

    ``fingerprint`` (SHA-256) is known where it is compared with a pin; ``is_new`` is whether there is none on record.
    """

    policy: str
    fingerprint: str | None
    is_new: bool
    """Whether it was seen, and pinned, for the first time."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A controller's clock as found. ``offset_s`` is how far it is ahead of this computer's."""

    zone: str
    local_time: datetime
    weekday: str
    day_of_year: int
    """Counted from 0, in its own calendar."""
    offset_s: float | None
    ntp_enabled: bool | None


@dataclass(frozen=True, slots=True)
class ControllerRow:
    """One controller. ``session`` says whether it let us in; ``exchange_s`` is the time of one batch of reads."""

    address: str
    name: str | None
    equipments: tuple[str, ...]
    session: str
    certificate: CertificateRow
    clock: ClockRow | None
    exchange_s: float | None
    exchange_simulated_s: float | None
    subscribers: int
    bindings: int


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """The simulation, and when a run would start."""

    server: str
    api: str
    version: str
    testcase: str
    start: datetime | None
    weekday: str | None
    day_of_year: int | None
    """Counted from 0, in the model's year of 365 days."""
    occupied: str | None
    """When the building is occupied, where that is known."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything that the preflight has to say."""

    simulation: SimulationRow
    controllers: tuple[ControllerRow, ...]
    points: tuple[PointRow, ...]
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 when a run would start, 2 when there is something to mend.

        1 when somebody was not reached or refused us, or when the record of an earlier run cannot be read.
        """
        topics = {finding.topic for finding in self.findings if finding.severity is Severity.PROBLEM}
        if topics & {Topic.CONNECTION, Topic.JOURNAL}:
            return 1
        return 2 if topics else 0


def point_row(view: PointView) -> PointRow:
    """The row of one point."""
    point = view.point
    return PointRow(
        equipment=view.equipment,
        role=point.role.value,
        simulation_point=point.bop_point,
        simulation_unit=point.unit or (view.metadata.unit if view.metadata is not None else None),
        simulation_value=view.simulated,
        in_controller_unit=_in_controller_unit(view),
        controller=view.target.device,
        object_type=str(point.object_type),
        instance=view.ref.instance if view.ref is not None else None,
        object_name=point.ecy_point,
        object_units=view.state.units if view.state is not None else None,
        device_unit=point.device_unit,
        controller_value=view.held,
        would_send=view.commanded if point.role is Role.READ else view.shown,
        quantity=quantity(point),
    )


def controller_row(view: ControllerView, equipments: Sequence[str], settings: Settings) -> ControllerRow:
    """The row of one controller."""
    return ControllerRow(
        address=view.address,
        name=view.name,
        equipments=tuple(equipments),
        session=_session(view),
        certificate=_certificate(view, settings.tls),
        clock=_clock(view.clock) if view.clock is not None else None,
        exchange_s=view.exchange_s,
        exchange_simulated_s=simulated_delay_s(view, settings),
        subscribers=len(view.subscriptions),
        bindings=len(view.bindings),
    )


def simulation_row(view: SimulationView, settings: Settings) -> SimulationRow:
    """The row of the simulation."""
    start, hours = settings.start_time, OCCUPIED_HOURS.get(view.testcase)
    return SimulationRow(
        server=view.server,
        api=view.api,
        version=view.version,
        testcase=view.testcase,
        start=start,
        weekday=weekday(start) if start is not None else None,
        day_of_year=model_day(start) if start is not None else None,
        occupied=f"{hours[0]:02d}:00 to {hours[1]:02d}:00 every day" if hours else None,
    )


def _in_controller_unit(view: PointView) -> PointValue | None:
    point = view.point
    if point.role is not Role.READ or view.simulated is None:
        return view.shown
    if point.object_type.is_binary:
        return bool(view.simulated)
    if point.unit is None or point.device_unit is None:
        return view.simulated
    return UnitConverter().convert(view.simulated, point.unit, point.device_unit)


def _session(view: ControllerView) -> str:
    if isinstance(view.failure, AccountWithheld):
        return "not signed in"
    if isinstance(view.failure, DeviceRefused):
        return "refused"
    if view.is_reached:
        return "signed in"
    return "no answer"


def _certificate(view: ControllerView, policy: str) -> CertificateRow:
    is_new = view.has_new_certificate and view.fingerprint is not None
    if policy != "pin":
        return CertificateRow(policy, None, is_new=False)
    return CertificateRow(policy, view.fingerprint, is_new)


def _clock(clock: ClockView) -> ClockRow:
    local: datetime = clock.state.local_time
    return ClockRow(
        zone=clock.state.time_zone,
        local_time=local,
        weekday=weekday(local),
        day_of_year=day_of_year(local),
        offset_s=clock_offset_s(clock),
        ntp_enabled=clock.state.ntp_enabled,
    )


def equipments_by_controller(views: Sequence[PointView]) -> Mapping[str, tuple[str, ...]]:
    """The names of the equipments on each controller."""
    names: dict[str, dict[str, None]] = {}
    for view in views:
        names.setdefault(view.target.device, {})[view.equipment] = None
    return {address: tuple(found) for address, found in names.items()}
