"""What a supervisory config file says, key by key: which programs run, and which points their roles are.

Editors get it as a JSON Schema (``python -m supervisory.setup.schema``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from equipment.config_json import Keys
from points.config import Name, Priority

DEFAULT_STEP_S = 30.0
DEFAULT_DEVICE_STEP_S = 1.0
LOOPBACK = "127.0.0.1:0"
"""Where a runtime on the simulation shows its switches: on this computer, at a port that is free."""

_STRICT = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Transport(StrEnum):
    """How programs reach what they supervise."""

    BACNET = "bacnet"
    ECY = "ecy"
    SIMULATION = "simulation"


def _not_broadcast(instance: int) -> int:
    if instance == _NO_INSTANCE:
        raise ValueError(f"{_NO_INSTANCE} stands for no device in BACnet; use a number that is free on the network")
    return instance


_NO_INSTANCE = 4_194_303


class PointBinding(BaseModel):
    """The point that a role is: an object of a device, or with the simulation a point of its."""

    model_config = _STRICT

    device: Name | None = Field(None, description="The device, by its name under devices. Not with the simulation.")
    object: Name | None = Field(
        None, description='The object by type and name, "AnalogValue DuctStaticSp", or by number, "analog-value,7".'
    )
    point: Name | None = Field(
        None, description="With the simulation: a measurement (hvac_reaAhu_TSup_y) or an override (hvac_oveAhu_dpSet)."
    )
    unit: Name | None = Field(
        None, description="The object's unit, where it tells none or the wrong one. What it tells when absent."
    )
    take_occupied: bool = Field(
        False, description="true takes a slot in which somebody else's value stands, and puts it back at the end."
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> PointBinding:
        by_object = self.device is not None and self.object is not None and self.point is None
        by_point = self.point is not None and self.device is None and self.object is None
        if not (by_object or by_point):
            raise ValueError('needs "device" and "object", or with the simulation "point" alone')
        return self


class ProgramConfig(BaseModel):
    """How one program runs here."""

    model_config = _STRICT

    program: Name | None = Field(
        None,
        description="The program, where its name is not the key: one that ships (duct_static_reset) or a file, "
        "relative to this one. So one program can run twice.",
    )
    priority: Priority | None = Field(
        None, description="The slot that it commands, 1 to 16 without 6. The program's own (12 as a rule) when absent."
    )
    period_s: float | None = Field(
        None, gt=0.0, description="Plant seconds between its steps. The program's own when absent."
    )
    parameters: dict[str, Any] = Field({}, description="The program's own settings; its page lists them.")
    points: dict[str, Any] = Field(
        {}, description="The point of each role; for a role with many, points by names of your choice."
    )


class SupervisoryConfig(BaseModel):
    """One runtime: what it is on the network, and the programs that it may run."""

    model_config = _STRICT

    json_schema: str | None = Field(
        None, alias="$schema", description="Where editors find this schema: ../schema/supervisory.schema.json."
    )
    transport: Annotated[Transport, Field(strict=False)] = Field(
        description="How programs reach their points: bacnet, ecy (the controllers' REST API) or simulation."
    )
    interface: Name | None = Field(
        None,
        description="Our own BACnet address: 192.168.0.5/24, with :port unless it is 47808. The switch that turns "
        "programs off lives here, whatever the transport. Only the simulation can do without: then it is on this "
        "computer, at a free port.",
    )
    instance: Annotated[int, AfterValidator(_not_broadcast)] = Field(
        599001, ge=0, le=_NO_INSTANCE, description="Our BACnet device number; unique on the network."
    )
    name: Name = Field("bench-supervisor", description="Our BACnet device name; unique on the network.")
    devices: dict[Name, Name] = Field(
        {},
        description="Address by name: of a BACnet device (192.168.0.122, 192.168.0.122:47809, 5:12) or of a "
        "controller (10.168.15.12). Not with the simulation.",
    )
    clock: Name | None = Field(
        None, description="The device whose clock is plant time. The first one when absent. Not with the simulation."
    )
    enabled_at_start: bool | None = Field(
        None,
        description="Whether programs run before an operator has said anything: the relinquish default of "
        "optimization-enabled. false when absent, true with the simulation.",
    )
    time_scale: float = Field(
        1.0, gt=0.0, description="Devices: plant seconds per second, where their clocks run fast."
    )
    step_s: float | None = Field(
        None,
        gt=0.0,
        description="Simulation: seconds of an advance, 30 when absent. Devices: the shortest time between two steps "
        "of a program without a period, 1 when absent.",
    )
    hold_steps: int = Field(
        3, ge=0, description="Steps without good inputs for which a program's values are held before it gives back."
    )
    overruns: int = Field(
        3, ge=1, description="Steps in a row that find the one before still going on until the program is stopped."
    )
    hook_timeout_s: float = Field(
        10.0, gt=0.0, description="Seconds for which a hook may compute or wait without a sleep before it is abandoned."
    )
    start_timeout_s: float = Field(
        30.0,
        ge=0.0,
        description="Seconds for which devices are waited for at the start as long as no program has all of its own. "
        "Once one has, the others join when theirs answer.",
    )
    restart_after_s: float | None = Field(
        None,
        gt=0.0,
        description="Plant seconds after which a program in fault is started again by itself; twice as many after each "
        "life that was no longer than that, up to an hour. Only a person starts it again when absent.",
    )
    timeout_s: float = Field(5.0, gt=0.0, le=600.0, description="Seconds that one call to a device may take.")
    step_log: Name | None = Field(
        None, description="Folder for one CSV file per program with every step, relative to this file."
    )
    programs: dict[Name, ProgramConfig] = Field({}, description="The programs by name.")

    @property
    def is_simulated(self) -> bool:
        """Whether the simulation itself is supervised."""
        return self.transport is Transport.SIMULATION

    @property
    def own_address(self) -> str:
        """Where the runtime's own device is."""
        return self.interface or LOOPBACK

    @property
    def starts_enabled(self) -> bool:
        """The relinquish default of the switch."""
        return self.is_simulated if self.enabled_at_start is None else self.enabled_at_start

    @property
    def shortest_step_s(self) -> float:
        """The length of an advance, or the shortest time between two steps of a program without a period."""
        return self.step_s or (DEFAULT_STEP_S if self.is_simulated else DEFAULT_DEVICE_STEP_S)


KNOWN_KEYS: Keys = {
    (): tuple(field.alias or name for name, field in SupervisoryConfig.model_fields.items()),
    ("programs",): tuple(ProgramConfig.model_fields),
}
"""The keys of each kind of object in the file, by where it stands."""

BINDING_KEYS: Keys = {(): tuple(PointBinding.model_fields)}
