"""Tables of what is there, made of what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bridge.check.dates import OCCUPIED_HOURS, clock_offset_s, day_of_year, model_day, weekday
from bridge.check.delay import simulated_delay_s
from bridge.check.first_contact import AccountWithheld
from bridge.check.quantities import quantity
from bridge.check.report import CertificateRow, ClockRow, ControllerRow, PointRow, SimulationRow
from bridge.check.views import ClockView, ControllerView, PointView, SimulationView
from utils.errors import DeviceRefused
from utils.settings import Settings
from utils.unit_conversion import UnitConverter
from utils.values import PointValue, Role


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
