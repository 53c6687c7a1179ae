"""What the preflight found, as frozen values: rows of what is there, findings about what is not as it should be.

The names of the fields are the keys of ``python main.py check --json``, so they are not changed lightly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bridge.findings import Finding, Severity, Topic
from utils.values import PointValue


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
