"""What an equipment config file says, key by key. Editors get this as a JSON Schema."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from equipment.config_address import normal_address
from points import PointConfig, UnitSystem
from points.config import DEFAULT_PRIORITY, Name, Priority, not_empty

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class EquipmentConfig(BaseModel):
    """One equipment: a controller and the points that tie it to the simulation."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    json_schema: str | None = Field(
        None, alias="$schema", description="Where editors find this schema: ./schema/equipment.schema.json."
    )
    equipment_name: Name = Field(description="What messages call it. No two equipments may share a name.")
    device_ip: Annotated[str, AfterValidator(normal_address)] = Field(
        description="The controller: an IP address or host name, with a port if it is not the usual one "
        "(10.168.15.12, 127.0.0.1:8443, [fe80::1]:8443). Equipments with the same device_ip share the controller."
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


KNOWN_KEYS = {
    (): tuple(field.alias or name for name, field in EquipmentConfig.model_fields.items()),
    ("points",): tuple(PointConfig.model_fields),
}
"""The keys of each kind of object in the file, by where it stands (list positions left out)."""
