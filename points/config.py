"""What a config file says about one point. Meaning that needs several keys at once is judged by the point classes."""

from __future__ import annotations

from collections.abc import Sized
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from utils.values import ObjectType

UnitSystem: TypeAlias = Literal["SI", "US"]

DEFAULT_PRIORITY = 14
_MINIMUM_ON_OFF_PRIORITY = 6

SizedT = TypeVar("SizedT", bound=Sized)


def not_empty(items: SizedT) -> SizedT:
    """Refuse an empty collection. Pydantic's own ``min_length`` also counts items that are wrong as missing."""
    if not items:
        raise ValueError("must not be empty")
    return items


def _not_reserved(priority: int) -> int:
    if priority == _MINIMUM_ON_OFF_PRIORITY:
        raise ValueError("6 is reserved by BACnet for minimum on and off times; use another, 14 is usual")
    return priority


Name = Annotated[str, Field(pattern=r"^\S(.*\S)?$")]
Priority = Annotated[
    int,
    Field(ge=1, le=16, json_schema_extra={"not": {"const": _MINIMUM_ON_OFF_PRIORITY}}),
    AfterValidator(_not_reserved),
]
StateNumber = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]
States = Annotated[
    dict[StateNumber, float],
    AfterValidator(not_empty),
    Field(json_schema_extra={"minProperties": 1, "additionalProperties": False}),
]


class PointConfig(BaseModel):
    """One value that the simulation and a controller exchange.

    ``device unit`` in the descriptions is us_unit or si_unit, whichever is in force.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    bop_point: Name = Field(
        description="The simulation's name: a measurement (…_y), an input (…_u) or, to show it in a controller, a KPI."
    )
    ecy_point: Name = Field(description="The object's name in the controller. Upper and lower case count.")
    object_type: Annotated[ObjectType, Field(strict=False)] = Field(
        description="The object's BACnet type. Inputs are forced, values are commanded, outputs are read."
    )
    enabled: bool = Field(True, description="false leaves the point alone, as if it were not in the file.")
    bop_override_point: Name | None = Field(
        None, description="Outputs: the simulation input (…_activate) that puts bop_point (…_u) in force."
    )
    unit: Name | None = Field(None, description="The simulation's unit. Outputs: a fraction when absent.")
    si_unit: Name | None = Field(
        None, description="The object's unit in a controller set to SI. No conversion when absent."
    )
    us_unit: Name | None = Field(
        None, description="The object's unit in a controller set to US units. si_unit when absent."
    )
    convert_to_us: bool = Field(True, description="false keeps si_unit when the unit system is US.")
    priority: Priority = Field(
        DEFAULT_PRIORITY, description="Values: the slot of the priority array, 1 to 16 without 6. Inputs have no slots."
    )
    in_place_of: Name | None = Field(
        None,
        description="Values: the input of the application that cannot be forced, and in whose place it has been "
        "changed to read this. check and reports call that application changed.",
    )
    take_occupied: bool = Field(
        False,
        description="true takes a slot in which somebody else's value stands, or an input that somebody has taken out "
        "of service, and puts value and flag back at the end. take_occupied of the file when absent.",
    )
    threshold: float = Field(0.5, description="Binary: active above this value, in the simulation's unit.")
    hysteresis: float = Field(
        0.0, ge=0.0, description="Binary: inactive again at threshold minus this, in the simulation's unit."
    )
    reverse: bool = Field(
        False, description="100 % minus the value (analog, in percent or fractions only); active for inactive (binary)."
    )
    scale: float = Field(1.0, description="Multiplies the value in the device unit.")
    offset: float = Field(0.0, description="Added to the scaled value, in the device unit.")
    minimum: float | None = Field(None, description="Lowest value passed on, in the device unit.")
    maximum: float | None = Field(None, description="Highest value passed on, in the device unit.")
    valid_min: float | None = Field(
        None,
        description="A value below this is a fault and not passed on, in the simulation's unit. Cuts nothing.",
    )
    valid_max: float | None = Field(
        None,
        description="A value above this is a fault and not passed on, in the simulation's unit. Cuts nothing.",
    )
    deadband: float = Field(
        0.0, ge=0.0, description="A change up to this much is not written, in the device unit (as a difference)."
    )
    states: States | None = Field(
        None,
        description='Multi-state: the simulation\'s number for each state number, {"1": 0, "2": 1}. Equal when absent.',
    )
