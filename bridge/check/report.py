"""What the preflight found, as frozen values: rows of what is there, findings about what is not as it should be.

The names of the fields are the keys of ``python main.py check --json``, so they are not changed lightly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bridge.check.asking import AccountWithheld
from bridge.check.dates import OCCUPIED_HOURS, clock_offset_s, day_of_year, model_day, weekday
from bridge.check.one_controller import simulated_delay_s
from bridge.check.views import ClockView, ControllerView, PointView, SimulationView, quantity
from bridge.findings import Finding, Severity, Topic
from utils.errors import DeviceRefused
from utils.settings import Settings
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

    @classmethod
    def of(cls, view: PointView) -> Self:
        """The row of one point."""
        point = view.point
        return cls(
            equipment=view.equipment,
            role=point.role.value,
            simulation_point=point.bop_point,
            simulation_unit=point.unit or (view.metadata.unit if view.metadata is not None else None),
            simulation_value=view.simulated,
            in_controller_unit=view.in_controller_unit,
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


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """How the controller's certificate is judged.

    ``fingerprint`` (SHA-256) is known where it is compared with a pin; ``is_new`` is whether there is none on record.
    """

    policy: str
    fingerprint: str | None
    is_new: bool
    """Whether it was seen, and pinned, for the first time."""

    @classmethod
    def of(cls, view: ControllerView, policy: str) -> Self | None:
        """The certificate of one controller; None over BACnet, where there is none."""
        if not view.has_account:
            return None
        return cls(policy, view.fingerprint, view.is_new) if policy == "pin" else cls(policy, None, is_new=False)


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

    @classmethod
    def of(cls, clock: ClockView) -> Self:
        """The clock of one controller."""
        state, shows = clock.state, clock.state.local_time
        offset_s = clock_offset_s(clock)
        return cls(state.time_zone, shows, weekday(shows), day_of_year(shows), offset_s, state.ntp_enabled)


@dataclass(frozen=True, slots=True)
class ControllerRow:
    """One controller. ``session`` says whether it let us in; ``exchange_s`` is the time of one batch of reads."""

    address: str
    name: str | None
    equipments: tuple[str, ...]
    session: str
    certificate: CertificateRow | None
    clock: ClockRow | None
    exchange_s: float | None
    exchange_simulated_s: float | None
    subscribers: int
    bindings: int

    @classmethod
    def of(cls, view: ControllerView, equipments: Iterable[str], settings: Settings) -> Self:
        """The row of one controller."""
        return cls(
            address=view.address,
            name=view.name,
            equipments=tuple(equipments),
            session=_session(view),
            certificate=CertificateRow.of(view, settings.tls),
            clock=ClockRow.of(view.clock) if view.clock is not None else None,
            exchange_s=view.exchange_s,
            exchange_simulated_s=simulated_delay_s(view, settings),
            subscribers=len(view.subscriptions),
            bindings=len(view.bindings),
        )


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

    @classmethod
    def of(cls, view: SimulationView, settings: Settings) -> Self:
        """The row of the simulation."""
        start, hours = settings.start_time, OCCUPIED_HOURS.get(view.testcase)
        return cls(
            server=view.server,
            api=view.api,
            version=view.version,
            testcase=view.testcase,
            start=start,
            weekday=weekday(start) if start is not None else None,
            day_of_year=model_day(start) if start is not None else None,
            occupied=f"{hours[0]:02d}:00 to {hours[1]:02d}:00 every day" if hours else None,
        )


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

        1 when somebody was not reached or is not who he should be, or when the record of an earlier run cannot be read.
        """
        topics = {finding.topic for finding in self.findings if finding.severity is Severity.PROBLEM}
        if topics & {Topic.CONNECTION, Topic.JOURNAL}:
            return 1
        return 2 if topics else 0


def _session(view: ControllerView) -> str:
    match view.failure:
        case AccountWithheld():
            return "not signed in"
        case DeviceRefused():
            return "refused"
        case _:
            return ("signed in" if view.has_account else "answers") if view.is_reached else "no answer"
