"""Air flows and duct pressure: an algebraic balance of fan, mixing box, coils and five pressure-independent boxes.

Every box lets its demanded flow through as long as the pressure over it suffices, a little more the more there is,
and starves together with the others when it does not. As long as none starves the balance is one quadratic in the
flow; else it is one in the square root of the pressure for each box that starves, with what the others pass in excess
put in afterwards. Flows are m3/s at 1.2 kg/m3, pressures Pa above outdoors.
"""

from __future__ import annotations

from math import inf, sqrt

from emulators.plants.cells import Cells, Table
from emulators.plants.components import DAMPER_LOSS_OPEN, damper_loss, damper_position, larger
from emulators.plants.multizone_office.layout import (
    BOX_DAMPER_PA,
    BOX_EXCESS,
    BOX_FIXED_PA,
    BOXES,
    COILS_AND_FILTER_PA,
    DUCT_PA,
    FAN_EFFICIENCY,
    FAN_W,
    FLOW,
    LEAKING_SHARE,
    MIXING_FIXED_PA,
    MOST_OPEN_BOX,
    OUTDOOR_DAMPER_PA,
    OUTDOOR_SHARE,
    RESISTANCE,
    RETURN_DAMPER_PA,
    RETURN_DUCT_PA,
    ROOM_PA,
    ROOM_RESISTANCE,
    SHUT_OFF_PA,
    ZONE_COUNT,
    ZONE_FLOWS,
)
from emulators.plants.multizone_office.parameters import SYSTEM_FLOW_M3_S, ZONES, AirPath, Fan
from emulators.plants.multizone_office.parts import boxes

_DESIGN_FLOWS = tuple(zone.design_flow_m3_s for zone in ZONES)
_ALL_DESIGNS = sum(_DESIGN_FLOWS)
_STILL = 1e-3
_MOST_STEPS, _CLOSE_ENOUGH = 20, 1e-12
_DEMANDS = BOXES + boxes.DAMPER
_BOX = boxes.CELLS


def fit_network(b: Cells, fan: Fan, path: AirPath) -> None:
    """Write what is known of the network, and air that stands still."""
    b[SHUT_OFF_PA] = fan.shut_off_pa
    b[FAN_EFFICIENCY] = fan.efficiency
    b[COILS_AND_FILTER_PA] = path.coils_and_filter_pa
    b[OUTDOOR_DAMPER_PA] = path.outdoor_damper_pa
    b[RETURN_DAMPER_PA] = path.return_damper_pa
    b[MIXING_FIXED_PA] = path.mixing_fixed_pa
    b[BOX_DAMPER_PA] = path.box_damper_pa
    b[BOX_FIXED_PA] = path.box_fixed_pa
    b[BOX_EXCESS] = path.box_excess_per_pa * (path.box_damper_pa + path.box_fixed_pa)
    b[RETURN_DUCT_PA] = path.return_duct_pa
    b[LEAKING_SHARE] = path.leaking_share
    for cell in (RESISTANCE, ROOM_RESISTANCE, ROOM_PA, DUCT_PA, FAN_W, FLOW, MOST_OPEN_BOX, OUTDOOR_SHARE):
        b[cell] = 0.0
    for zone in range(ZONE_COUNT):
        b[ZONE_FLOWS + zone] = 0.0


def return_flow(b: Table) -> float:
    """What comes back through the return duct: the supply less what leaks out of the building."""
    return b[FLOW] * (1.0 - b[LEAKING_SHARE] * b[OUTDOOR_SHARE])


def pressure_at(b: Cells, speed: float) -> float:
    """Duct pressure at another fan speed, as long as the boxes hold the flow of the last balance."""
    flow = b[FLOW]
    pressure = b[SHUT_OFF_PA] * speed * (speed - flow / (2.0 * SYSTEM_FLOW_M3_S)) - b[RESISTANCE] * flow * flow
    return pressure if pressure > 0.0 else 0.0


def balance(b: Cells, speed: float, outdoor_damper: float, return_damper: float) -> None:
    """Balance the network for a fan speed and damper positions; the boxes' are their demands of design flow."""
    mixing_pa = _mix(b, outdoor_damper, return_damper)
    shut_off = b[SHUT_OFF_PA] * speed * speed
    droop = b[SHUT_OFF_PA] * speed / (2.0 * SYSTEM_FLOW_M3_S)
    resistance = (b[COILS_AND_FILTER_PA] + mixing_pa) / (SYSTEM_FLOW_M3_S * SYSTEM_FLOW_M3_S)
    excess = b[BOX_EXCESS]
    base = hungriest = 0.0
    for zone in range(ZONE_COUNT):
        share = b[_DEMANDS + zone * _BOX]
        base += _DESIGN_FLOWS[zone] * (share - excess * share * share)
        hungriest = larger(hungriest, share)
    reach = _reach(b, shut_off, droop, resistance + b[ROOM_RESISTANCE], base, hungriest)
    passed = excess * reach * reach
    flow = 0.0
    for zone in range(ZONE_COUNT):
        share = b[_DEMANDS + zone * _BOX]
        taken = share + passed - excess * share * share if share < reach else reach
        b[ZONE_FLOWS + zone] = taken = _DESIGN_FLOWS[zone] * taken
        flow += taken
    fan_pa = shut_off - droop * flow
    b[RESISTANCE] = resistance
    b[FLOW] = flow
    b[DUCT_PA] = larger(0.0, fan_pa - resistance * flow * flow)
    b[ROOM_PA] = b[ROOM_RESISTANCE] * flow * flow
    b[FAN_W] = flow * larger(0.0, fan_pa) / b[FAN_EFFICIENCY]
    b[MOST_OPEN_BOX] = _opening(b, hungriest, reach)


def _mix(b: Cells, outdoor_damper: float, return_damper: float) -> float:
    """Set the outdoor share and what is behind the rooms, and return the mixing box's loss at design flow, Pa.

    The exhaust damper follows the outdoor one. What it passes lifts the return plenum above outdoors, so the
    return damper sees a larger difference than the outdoor damper; the rooms are higher still by the return duct.
    """
    exhausted = 1.0 - b[LEAKING_SHARE]
    outdoor = _conductance(b, outdoor_damper, b[OUTDOOR_DAMPER_PA])
    both = outdoor + _conductance(b, return_damper, b[RETURN_DAMPER_PA]) * sqrt(1.0 + exhausted * exhausted)
    b[OUTDOOR_SHARE] = share = outdoor / both
    returned_share, exhaust = 1.0 - b[LEAKING_SHARE] * share, exhausted / both
    room_pa = b[RETURN_DUCT_PA] * returned_share * returned_share + exhaust * exhaust
    b[ROOM_RESISTANCE] = room_pa / (SYSTEM_FLOW_M3_S * SYSTEM_FLOW_M3_S)
    return 1.0 / (both * both)


def _conductance(b: Cells, damper: float, open_pa: float) -> float:
    return 1.0 / sqrt(open_pa * damper_loss(damper) / DAMPER_LOSS_OPEN + b[MIXING_FIXED_PA])


def _reach(b: Cells, shut_off: float, droop: float, resistance: float, base: float, hungriest: float) -> float:
    """The share of its design flow that a fully open box gets at the balance's pressure.

    ``base`` is what satisfied boxes would take at no pressure.
    """
    box_pa = b[BOX_DAMPER_PA] + b[BOX_FIXED_PA]
    per_pa = _ALL_DESIGNS * b[BOX_EXCESS] / box_pa
    half, wanted = 1.0 + per_pa * droop, base + per_pa * shut_off
    flow = 2.0 * wanted / (half + sqrt(half * half + 4.0 * per_pa * resistance * wanted)) if wanted > 0.0 else 0.0
    pressure = shut_off - (droop + resistance * flow) * flow
    if pressure > 0.0 and pressure >= box_pa * hungriest * hungriest:
        return sqrt(pressure / box_pa)
    return _reach_when_starving(b, shut_off, droop, resistance, base)


def _reach_when_starving(b: Cells, shut_off: float, droop: float, resistance: float, base: float) -> float:
    """The same when the hungriest boxes starve; they are found one after the other."""
    excess = b[BOX_EXCESS]
    quadratic, starving, reach, share = excess * _ALL_DESIGNS, 0.0, 0.0, inf
    for _ in range(ZONE_COUNT):
        share = _next_hungry(b, share)
        if reach >= share:
            break
        for zone in range(ZONE_COUNT):
            if b[_DEMANDS + zone * _BOX] == share:
                base -= _DESIGN_FLOWS[zone] * (share - excess * share * share)
                quadratic -= _DESIGN_FLOWS[zone] * excess
                starving += _DESIGN_FLOWS[zone]
        reach = _balanced(b, base, starving, quadratic, shut_off, droop, resistance)
    return reach


def _next_hungry(b: Cells, below: float) -> float:
    """The largest demand below another; less than any when there is none."""
    largest = -1.0
    for zone in range(ZONE_COUNT):
        share = b[_DEMANDS + zone * _BOX]
        if largest < share < below:
            largest = share
    return largest


def _balanced(
    b: Cells, base: float, starving: float, quadratic: float, shut_off: float, droop: float, resistance: float
) -> float:
    """Where what the boxes take (a polynomial of the reach) loses what the fan gives: Newton's method.

    The loss is convex and rises with the reach, so that it comes from above after the first step.
    """
    box_pa = b[BOX_DAMPER_PA] + b[BOX_FIXED_PA]
    reach = 1.0
    if shut_off <= (droop + resistance * base) * base:
        return 0.0
    for _ in range(_MOST_STEPS):
        flow = base + (starving + quadratic * reach) * reach
        lost = box_pa * reach * reach + (droop + resistance * flow) * flow - shut_off
        per_reach = starving + 2.0 * quadratic * reach
        change = lost / (2.0 * box_pa * reach + (droop + 2.0 * resistance * flow) * per_reach)
        reach -= change
        if abs(change) < _CLOSE_ENOUGH:
            break
    return larger(0.0, reach)


def _opening(b: Cells, demand: float, reach: float) -> float:
    """Damper position of the hungriest box: what it passes needs it at this pressure."""
    if demand > reach:
        return 1.0
    if demand < _STILL:
        return 0.0
    passed = demand + b[BOX_EXCESS] * (reach * reach - demand * demand)
    square = passed * passed
    damper_pa = (b[BOX_DAMPER_PA] + b[BOX_FIXED_PA]) * reach * reach - b[BOX_FIXED_PA] * square
    return damper_position(DAMPER_LOSS_OPEN * damper_pa / (b[BOX_DAMPER_PA] * square))
