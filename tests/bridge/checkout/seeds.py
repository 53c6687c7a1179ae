"""Errors of mapping and of controllers, each on several points, with what a checkout has to say of them.

They are in configs, or in emulated controllers, and unknown to the checkout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from bridge.checkout.results import MappingFault
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import Crosses, Sticks, Stores
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.objects.storage import StorageQuirk

Breaking: TypeAlias = "Callable[[ObjectDatabase], Fault]"


@dataclass(frozen=True, slots=True)
class Seed:
    """One error. Points are called ``equipment/point``."""

    name: str
    fault: MappingFault
    failing: Mapping[str, frozenset[str]]
    """The points that have to fail; and of each, which others may be named, if any has to be."""
    keys: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Of a point's config, in the place of the shipped ones."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Of a controller's object, in the place of those that the shipped config leads to (BACnet's words)."""
    held: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    """What somebody commands in a controller: value and slot."""
    broken: Mapping[str, Breaking] = field(default_factory=dict)
    """Faults of controllers, by their equipments."""


def seeds() -> tuple[Seed, ...]:
    """All of them; the ten errors are the faults."""
    kinds = (_swapped, _wrong_zone, _fahrenheit, _two_to_ten, _reversed, _dead, _stuck, _wrong_slot, _factor, _sign)
    return tuple(chain.from_iterable(kind() for kind in kinds))


def _swapped() -> Iterator[Seed]:
    crossed = MappingFault.CROSSED
    yield _exchanged(crossed, "AHU/DischAirTemp", "hvac_reaAhu_TSup_y", "AHU/RetAirTemp", "hvac_reaAhu_TRet_y")
    south, discharge = "hvac_reaZonSou_TZon_y", "hvac_reaZonSou_TSup_y"
    yield _exchanged(crossed, "VAV_South/SpaceTemp", south, "VAV_South/DischAirTemp", discharge)
    yield _exchanged(crossed, "AHU/CoolingValve", "hvac_oveAhu_yCoo_u", "AHU/HeatingValve", "hvac_oveAhu_yHea_u")
    for equipment, one, other in (("VAV_North", "SpaceTemp", "DischAirTemp"), ("AHU", "MixedAirTemp", "RetAirTemp")):
        yield Seed(
            f"crossed in the controller: {equipment} {one}, {other}",
            crossed,
            {
                f"{equipment}/{one}": frozenset({f"{equipment}/{other}"}),
                f"{equipment}/{other}": frozenset({f"{equipment}/{one}"}),
            },
            broken={equipment: _crossing(one, other)},
        )


def _wrong_zone() -> Iterator[Seed]:
    zone = MappingFault.WRONG_ZONE
    yield _misled("VAV_South/SpaceTemp", "hvac_reaZonSou_TZon_y", "VAV_East/SpaceTemp", "hvac_reaZonEas_TZon_y")
    yield _misled("VAV_West/AirFlow", "hvac_reaZonWes_V_flow_y", "VAV_Core/AirFlow", "hvac_reaZonCor_V_flow_y")
    north, west = "hvac_oveZonActNor_yReaHea_u", "hvac_oveZonActWes_yReaHea_u"
    yield _exchanged(zone, "VAV_North/ReheatValve", north, "VAV_West/ReheatValve", west)
    south, core = "hvac_oveZonActSou_yDam_u", "hvac_oveZonActCor_yDam_u"
    yield _exchanged(zone, "VAV_South/DamperCmd", south, "VAV_Core/DamperCmd", core)


def _fahrenheit() -> Iterator[Seed]:
    unit = MappingFault.WRONG_UNIT
    for point in ("VAV_South/SpaceTemp", "AHU/MixedAirTemp", "PLANT/ChillerSupplyTemp"):
        yield _configured(unit, point, si_unit="degF")
    point = "VAV_East/DischAirTemp"
    yield Seed(f"{point} is in °F", unit, _alone(point), units={point: "degrees-fahrenheit"})
    yield _storing(unit, "VAV_North/DischAirTemp", StorageQuirk(factor=1.8, offset=32.0))


def _two_to_ten() -> Iterator[Seed]:
    scale = MappingFault.WRONG_SCALE
    yield _configured(scale, "VAV_North/DamperCmd", scale=1.25, offset=-25.0)
    yield _configured(scale, "AHU/HeatingValve", scale=0.8, offset=20.0)
    yield _configured(scale, "VAV_Core/AirFlow", scale=0.8, offset=0.2)
    yield _storing(scale, "AHU/CoolingValve", StorageQuirk(factor=0.8, offset=20.0))
    yield _storing(scale, "VAV_West/DamperCmd", StorageQuirk(factor=1.25, offset=-25.0, minimum=0.0))


def _reversed() -> Iterator[Seed]:
    fault = MappingFault.REVERSED
    yield _configured(fault, "VAV_South/DamperCmd", reverse=True)
    yield _configured(fault, "AHU/CoolingValve", scale=-1.0, offset=100.0)
    yield _configured(fault, "AHU/OutdoorAirHumidity", reverse=True)
    yield _configured(fault, "AHU/DischFanStatus", reverse=True)
    yield _storing(fault, "VAV_East/ReheatValve", StorageQuirk(factor=-1.0, offset=100.0))


def _dead() -> Iterator[Seed]:
    for point in ("VAV_South/SpaceTemp", "AHU/RetAirTemp", "VAV_West/ReheatValve"):
        yield _storing(MappingFault.DEAD, point, StorageQuirk(ignores=True))


def _stuck() -> Iterator[Seed]:
    for point in ("AHU/DischAirPress", "VAV_East/AirFlow"):
        equipment, name = point.split("/")
        broken = {equipment: _sticking(name)}
        yield Seed(f"{point} sticks", MappingFault.STUCK, _alone(point), broken=broken)


def _wrong_slot() -> Iterator[Seed]:
    for point, value, slot in (("AHU/OutdoorAirTemp", 12.5, 8), ("PLANT/HeatPumpSupplyTemp", 41.0, 10)):
        held = {point: (value, slot)}
        yield Seed(f"{point} is held at slot {slot}", MappingFault.WRONG_SLOT, _alone(point), held=held)


def _factor() -> Iterator[Seed]:
    yield _configured(MappingFault.FACTOR, "AHU/SupplyAirFlow", scale=10.0)
    yield _configured(MappingFault.FACTOR, "VAV_West/AirFlow", scale=0.1)
    yield _storing(MappingFault.FACTOR, "PLANT/HeatPumpFlow", StorageQuirk(factor=0.1))


def _sign() -> Iterator[Seed]:
    yield _configured(MappingFault.WRONG_SIGN, "AHU/DischAirPress", scale=-1.0)
    yield _configured(MappingFault.WRONG_SIGN, "PLANT/ChillerReturnTemp", scale=-1.0)
    yield _storing(MappingFault.WRONG_SIGN, "VAV_Core/DischAirTemp", StorageQuirk(factor=-1.0))


def _configured(fault: MappingFault, point: str, **keys: object) -> Seed:
    told = ", ".join(f"{name} {value}" for name, value in keys.items())
    return Seed(f"{point} with {told} in the config", fault, _alone(point), keys={point: keys})


def _storing(fault: MappingFault, point: str, storage: StorageQuirk) -> Seed:
    equipment, name = point.split("/")
    broken: dict[str, Breaking] = {equipment: lambda _: Stores(storage, {name})}
    return Seed(f"{point} is {fault.value} in the controller", fault, _alone(point), broken=broken)


def _misled(point: str, own: str, other: str, others: str) -> Seed:
    """One point that has what is another's, which has it as well."""
    named = frozenset({other, others, own})
    return Seed(f"{point} has {others}", MappingFault.WRONG_ZONE, {point: named}, keys={point: {"bop_point": others}})


def _exchanged(fault: MappingFault, one: str, ones: str, other: str, others: str) -> Seed:
    named = frozenset({one, ones, other, others})
    keys = {one: _tied_to(others), other: _tied_to(ones)}
    return Seed(f"{one} and {other} exchanged", fault, {one: named - {one}, other: named - {other}}, keys=keys)


def _tied_to(bop_point: str) -> Mapping[str, object]:
    keys: dict[str, object] = {"bop_point": bop_point}
    base = bop_point.removesuffix("_u")
    return keys if base == bop_point else keys | {"bop_override_point": f"{base}_activate"}


def _alone(point: str) -> Mapping[str, frozenset[str]]:
    return {point: frozenset()}


def _crossing(one: str, other: str) -> Breaking:
    return lambda objects: Crosses(objects, one, other)


def _sticking(name: str) -> Breaking:
    return lambda _: Sticks(2, {name})
