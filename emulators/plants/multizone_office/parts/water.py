"""The chiller and the heat pump, each with its distribution loop.

Both hold their supply temperature as far as their capacity goes; what that costs is in ``machines``.
"""

from __future__ import annotations

from math import exp

from emulators.plants import machines
from emulators.plants.cells import Cells, Table
from emulators.plants.components import flow_lag, larger
from emulators.plants.machines import fit_machine, run_machine
from emulators.plants.multizone_office.parameters import CP_WATER, WaterSource
from emulators.plants.rooms.envelope import ROOM_C

WATER_DENSITY = 1000.0
_STILL_KG_S = 1e-9

(
    SENSE,
    SET_POINT_C,
    DESIGN_KG_S,
    SUPPLY_KG,
    PER_FLOW,
    PER_DRIFT,
    PUMP_PA,
    SUPPLY_C,
    LEAVING_C,
    RETURN_C,
    FLOW_KG_S,
    POWER_W,
    OUTPUT_W,
    MACHINE,
) = range(14)
CELLS = MACHINE + machines.CELLS
"""A source with its loop: what it is, its water, what it takes and gives (W, positive; cold too), and its machine.

``SENSE`` is +1 for heating and -1 for cooling; the distribution pump holds a constant head, which is told over its
efficiency.
"""


def fit_loop(b: Cells, at: int, source: WaterSource, sense: float) -> None:
    """Write what a source is, and its state before the building is settled."""
    b[at + SENSE] = sense
    b[at + SET_POINT_C] = b[at + SUPPLY_C] = b[at + LEAVING_C] = source.set_point_c
    b[at + DESIGN_KG_S] = source.design_flow_kg_s
    b[at + SUPPLY_KG] = source.supply_kg
    b[at + PER_FLOW] = source.design_flow_kg_s / source.return_kg
    b[at + PER_DRIFT] = 1.0 / source.return_drift_s
    b[at + PUMP_PA] = source.pump_head_pa / source.pump_efficiency
    b[at + RETURN_C] = ROOM_C
    b[at + FLOW_KG_S] = b[at + POWER_W] = b[at + OUTPUT_W] = 0.0
    fit_machine(b, at + MACHINE, source.machine)


def step_loop(b: Cells, at: int, dt_s: float, flow: float, flow_times_return: float, outdoor_c: float) -> None:
    """One step with what the coils draw: kg/s, and the sum of their flow times return temperature."""
    returned_c, supply_c, sense = b[at + RETURN_C], b[at + SUPPLY_C], b[at + SENSE]
    mixed_c = flow_times_return / flow if flow > _STILL_KG_S else returned_c
    kept, carried, drifted = flow_lag(flow / b[at + DESIGN_KG_S], b[at + PER_FLOW], b[at + PER_DRIFT], dt_s)
    b[at + RETURN_C] = returned_c = kept * returned_c + carried * mixed_c + drifted * ROOM_C
    capacity_flow = flow * CP_WATER
    wanted = larger(0.0, sense * capacity_flow * (b[at + SET_POINT_C] - returned_c))
    output, power = run_machine(b, at + MACHINE, wanted, supply_c, outdoor_c)
    b[at + FLOW_KG_S] = flow
    b[at + OUTPUT_W] = output
    b[at + POWER_W] = power
    if flow > _STILL_KG_S:
        b[at + LEAVING_C] = leaving_c = returned_c + sense * output / capacity_flow
        b[at + SUPPLY_C] = supply_c + (leaving_c - supply_c) * (1.0 - exp(-flow * dt_s / b[at + SUPPLY_KG]))


def loop_pump_power(b: Table, at: int) -> float:
    """Of the distribution pump, W."""
    return b[at + FLOW_KG_S] / WATER_DENSITY * b[at + PUMP_PA]
