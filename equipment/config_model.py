"""What an equipment config file says, key by key. Editors get this as a JSON Schema."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from equipment.config_address import device_address
from points import PointConfig, UnitSystem
from points.config import DEFAULT_PRIORITY, Name, Priority, not_empty
from utils.bacnet import SCHEME

_HIGHEST_INSTANCE = 4194302


class Protocol(StrEnum):
    """How a controller is spoken to."""

    ECY = "ecy"
    """Distech's REST API."""
    BACNET = "bacnet"


VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class EquipmentConfig(BaseModel):
    """One equipment: a controller and the points that tie it to the simulation."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    json_schema: str | None = Field(
        None, alias="$schema", description="Where editors find this schema: ./schema/equipment.schema.json."
    )
    equipment_name: Name = Field(description="What messages call it. No two equipments may share a name.")
    protocol: Annotated[Protocol, Field(strict=False)] = Field(
        Protocol.ECY,
        description="ecy, the REST API of Distech's ECY, or bacnet: any controller on BACnet/IP.",
    )
    device_instance: int | None = Field(
        None,
        ge=0,
        le=_HIGHEST_INSTANCE,
        description="bacnet: the controller's device number. Without device_ip it is found by Who-Is at the start; "
        "with it, nobody else is taken for it.",
    )
    device_ip: str | None = Field(
        None,
        validate_default=True,
        description="The controller: an IP address or host name, with a port if it is not the usual one "
        "(10.168.15.12, 127.0.0.1:8443, [fe80::1]:8443); with bacnet an IP address, or network and station behind a "
        "router (2:12). Needed but for bacnet with a device_instance. Equipments with the same device_ip share the "
        "controller.",
    )
    interface: Name | None = Field(
        None,
        description="bacnet: this computer's own address on the controller's network, with its mask (192.168.0.5/24), "
        "and :port unless it is 47808; from elsewhere with the BBMD there (10.8.0.5 via 10.0.0.1). BACNET_INTERFACE of "
        "the settings when absent.",
    )
    enabled: bool = Field(True, description="false leaves the equipment alone, as if the file were not there.")
    unit_system: UnitSystem | None = Field(
        None, description="SI or US: what this controller's objects are in. UNIT_SYSTEM of the settings when absent."
    )
    group: Name | None = Field(
        None, description="Equipments of one group are overridden together or not at all. equipment_name when absent."
    )
    activate_when: Name | None = Field(
        None,
        description="Name of a binary or analog object in the controller. The group's overrides are in force only "
        "while it is active (analog: not 0). With several in one group, all of them have to be.",
    )
    isolate_outputs: bool = Field(
        False,
        description="true takes the outputs of this file out of service during a run: the controller's program goes "
        "on commanding them, but their terminals stay as they are.",
    )
    take_occupied: bool = Field(
        False,
        description="What take_occupied is at the points of this file that do not say it, and at its heartbeat.",
    )
    heartbeat: Name | None = Field(
        None,
        description="Name of an AnalogValue or BinaryValue that is changed with every step, for the controller's "
        "program to notice when that stops (docs/heartbeat.md).",
    )
    heartbeat_priority: Priority = Field(
        DEFAULT_PRIORITY, description="The slot of the priority array for heartbeat, 1 to 16 without 6."
    )
    set_clock: bool | None = Field(
        None,
        description="false leaves this controller's clock alone, whatever DESIRED_TIMEZONE says. true sets it even "
        "where it passes its time on to others (bacnet), which is refused otherwise.",
    )
    username_env: VariableName | None = Field(
        None, description="Name of the variable with this controller's user. ECY2_LOGIN_USERNAME when absent."
    )
    password_env: VariableName | None = Field(
        None, description="Name of the variable with this controller's password. ECY2_LOGIN_PWORD when absent."
    )
    timeout_s: float = Field(10.0, gt=0.0, le=600.0, description="Seconds that one call to the controller may take.")
    points: Annotated[tuple[PointConfig, ...], AfterValidator(not_empty)] = Field(
        description="The points, in any order.", json_schema_extra={"minItems": 1}
    )

    @field_validator("device_ip")
    @classmethod
    def _one_spelling(cls, text: str | None, info: ValidationInfo) -> str | None:
        protocol = info.data.get("protocol", Protocol.ECY)
        if text is not None:
            return device_address(text, is_bacnet=protocol is Protocol.BACNET)
        if protocol is Protocol.ECY:
            raise PydanticCustomError("missing", "")
        if info.data.get("device_instance") is None:
            raise PydanticCustomError("missing_address", "is missing; add it, or the controller's device_instance")
        return None

    @field_validator("device_instance", "interface")
    @classmethod
    def _of_bacnet(cls, value: int | str | None, info: ValidationInfo) -> int | str | None:
        if value is not None and info.data.get("protocol") is Protocol.ECY:
            raise ValueError('belongs to BACnet; remove it, or add "protocol": "bacnet"')
        return value

    @field_validator("username_env", "password_env")
    @classmethod
    def _of_ecy(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("protocol") is Protocol.BACNET:
            raise ValueError("is an account, and BACnet has none; remove it")
        return value

    @property
    def device(self) -> str | None:
        """The controller, as the ledger names it; None for one that has to be found by its number first."""
        if self.device_ip is None:
            return None
        return f"{SCHEME}{self.device_ip}" if self.protocol is Protocol.BACNET else self.device_ip


KNOWN_KEYS = {
    (): tuple(field.alias or name for name, field in EquipmentConfig.model_fields.items()),
    ("points",): tuple(PointConfig.model_fields),
}
"""The keys of each kind of object in the file, by where it stands (list positions left out)."""
