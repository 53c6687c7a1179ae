"""A building of two rooms that is made of numbers: its names, a mapping of it, and courses of what moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bridge.checkout.response.expecting.kinds import measure_in
from bridge.checkout.response.expecting.plan import ResponsePlan
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.points import findings
from bridge.checkout.response.seeing.courses import MovedActuator
from bridge.checkout.response.seeing.winners import Observed
from bridge.checkout.results import PointFinding
from points import Point, PointConfig, make_point
from tests.bridge.checkout.response.mapped import CONVERTER, Mapped, by_point
from utils.values import ObjectType, PointMetadata

STEPS, STEP_S = 60, 60.0
ROOMS = ("Lef", "Rig")
UNITS = {"TZon": "K", "TSup": "K", "V_flow": "m3/s", "yDam": "1", "yReaHea": "1"}
CALLED = {
    "TZon": "SpaceTemp",
    "TSup": "DischAirTemp",
    "V_flow": "AirFlow",
    "yDam": "DamperCmd",
    "yReaHea": "ReheatValve",
}
AT_REST = {"TZon": 294.0, "TSup": 290.0, "V_flow": 0.2}


def measured(room: str, code: str) -> str:
    return f"hvac_reaZon{room}_{code}_y"


def driven(room: str, code: str) -> str:
    return f"hvac_oveZonAct{room}_{code}_u"


def metadata() -> dict[str, PointMetadata]:
    """What the simulation tells of both rooms."""
    told: dict[str, PointMetadata] = {}
    for room in ROOMS:
        for code in ("yDam", "yReaHea"):
            told[driven(room, code)] = PointMetadata("1", minimum=0.0, maximum=1.0, is_input=True)
            told[driven(room, code).removesuffix("_u") + "_activate"] = PointMetadata(None, is_input=True)
        told |= {measured(room, code): PointMetadata(UNITS[code]) for code in AT_REST}
    return told


def sensor(name: str, called: str, unit: str = "K", **keys: object) -> Point:
    """An input of a controller."""
    kind = ObjectType.ANALOG_INPUT
    config = PointConfig(bop_point=name, ecy_point=called, object_type=kind, unit=unit)
    return make_point(config.model_copy(update=keys), "SI", CONVERTER)


def actuator(name: str, called: str, **keys: object) -> Point:
    """An output of a controller."""
    config = PointConfig(
        bop_point=name,
        bop_override_point=name.removesuffix("_u") + "_activate",
        ecy_point=called,
        object_type=ObjectType.ANALOG_OUTPUT,
    )
    return make_point(config.model_copy(update=keys), "SI", CONVERTER)


def box(room: str, **instead: str) -> Mapped:
    """A room's controller; ``instead`` pairs a point, by its code, with something else of the simulation."""
    sensors = [sensor(instead.get(code, measured(room, code)), CALLED[code], UNITS[code]) for code in AT_REST]
    codes = ("yDam", "yReaHea")
    return Mapped(room, (*sensors, *(actuator(instead.get(code, driven(room, code)), CALLED[code]) for code in codes)))


def only(mapped: Mapped, *called: str) -> Mapped:
    """Some of its points."""
    return Mapped(mapped.name, tuple(point for point in mapped.points if point.ecy_point in called))


def observed(effects: Mapping[str, Mapping[str, float]] | None = None) -> Observed:
    """Each actuator moves its own room, unless ``effects`` say otherwise: measurements by input, high less low."""
    rest = {measured(room, code): value for room in ROOMS for code, value in AT_REST.items()}
    all_effects = {name: effect for room in ROOMS for name, effect in _of(room).items()} | dict(effects or {})
    told = metadata()
    seen = Observed([rest] * STEPS, {name: measure_in(told[name].unit) for name in rest})
    for name, effect in all_effects.items():
        high = {one: value + effect.get(one, 0.0) for one, value in rest.items()}
        seen.moved.append(MovedActuator(name, 0.0, 1.0, [rest] * STEPS, [high] * STEPS, STEP_S))
    return seen


def judged(boxes: Iterable[Mapped], seen: Observed) -> dict[str, PointFinding]:
    """What follows, by ``room/point``."""
    return by_point(findings(Evidence(ResponsePlan(metadata(), boxes), [seen])))


def _of(room: str) -> dict[str, dict[str, float]]:
    return {
        driven(room, "yDam"): {measured(room, "V_flow"): 0.3, measured(room, "TSup"): -9.0},
        driven(room, "yReaHea"): {measured(room, "TSup"): 20.0, measured(room, "TZon"): 2.0},
    }
