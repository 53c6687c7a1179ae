"""The two machines of the office, as their makers' curves or Carnot have them: capacity and electric power.

Both are those of the BOPTEST case (AirToWaterHeatPump, AirCooledChiller), whose equations are in Modelica Buildings
(Chillers.BaseClasses.Carnot, Chillers.BaseClasses.PartialElectric). Temperatures in degC, heat and power in W.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from emulators.plants.cells import Cells, Table
from emulators.plants.components import larger, smaller
from emulators.plants.psychrometrics import KELVIN

_CURVE_CELLS = 6


@dataclass(frozen=True, slots=True)
class CarnotHeatPump:
    """A share of Carnot's efficiency between refrigerant temperatures (Carnot_TCon; the numbers M).

    The refrigerant is off the leaving water and the leaving air by approaches that grow with the load, and the air
    through the evaporator cools down by ``air_span_k`` at full load.
    """

    capacity_w: float
    carnot_share: float = 0.3
    approach_water_k: float = 2.0
    approach_air_k: float = 5.0
    air_span_k: float = 10.0
    evaporator_share: float = 0.6505
    """Of the heat at full load, what comes from the air: 1 - 1/COP at 5/30 degC, whose COP is 2.86."""
    smallest_lift_k: float = 1.0


@dataclass(frozen=True, slots=True)
class CurveChiller:
    """Capacity and power by curves of leaving water and outdoor air (ElectricEIR).

    The numbers are those of the York YCAL0033EE in the EnergyPlus data set of chillers, which M names: power is in
    proportion to the load, so that the efficiency is the same at any load.
    """

    capacity_w: float = 100_582.0
    efficiency: float = 3.1
    """Both at 6.67 degC of water and 35 degC outdoors."""
    capacity_curve: tuple[float, ...] = (
        -0.2660645697, 0.0998714035, -0.0023814154, 0.0628316481, -0.0009644649, -0.0011249224
    )  # fmt: skip
    power_curve: tuple[float, ...] = (
        0.1807017787, 0.0271530312, -0.0004553574, 0.0188175079, 0.0002623276, -0.0012881189
    )  # fmt: skip
    largest_load: float = 1.15
    """Of the capacity, what is paid for when more is wanted than there is."""
    lowest_outdoor_c: float = 0.0
    """The curves are held from here on down: they would leave no capacity, and nothing cools then (J)."""


Machine: TypeAlias = CarnotHeatPump | CurveChiller
"""What makes hot or cold water."""

(
    HAS_CURVES,
    CAPACITY_W,
    CARNOT_SHARE,
    APPROACH_WATER_K,
    APPROACH_AIR_K,
    AIR_SPAN_K,
    EVAPORATOR_SHARE,
    SMALLEST_LIFT_K,
    EFFICIENCY,
    LARGEST_LOAD,
    LOWEST_OUTDOOR_C,
    CAPACITY_CURVE,
) = range(12)
POWER_CURVE = CAPACITY_CURVE + _CURVE_CELLS
CELLS = POWER_CURVE + _CURVE_CELLS
"""A machine: one of the two sorts; a curve takes six cells."""


def fit_machine(b: Cells, m: int, machine: Machine) -> None:
    """Write what a machine is."""
    b[m + CAPACITY_W] = machine.capacity_w
    if isinstance(machine, CarnotHeatPump):
        b[m + HAS_CURVES] = 0.0
        b[m + CARNOT_SHARE] = machine.carnot_share
        b[m + APPROACH_WATER_K] = machine.approach_water_k
        b[m + APPROACH_AIR_K] = machine.approach_air_k
        b[m + AIR_SPAN_K] = machine.air_span_k
        b[m + EVAPORATOR_SHARE] = machine.evaporator_share
        b[m + SMALLEST_LIFT_K] = machine.smallest_lift_k
        return
    b[m + HAS_CURVES] = 1.0
    b[m + EFFICIENCY] = machine.efficiency
    b[m + LARGEST_LOAD] = machine.largest_load
    b[m + LOWEST_OUTDOOR_C] = machine.lowest_outdoor_c
    for number in range(_CURVE_CELLS):
        b[m + CAPACITY_CURVE + number] = machine.capacity_curve[number]
        b[m + POWER_CURVE + number] = machine.power_curve[number]


def run_machine(b: Table, m: int, wanted_w: float, supply_c: float, outdoor_c: float) -> tuple[float, float]:
    """Heat or cold made, and electric power, when the set-point needs ``wanted_w`` (0 or more).

    A chiller's power does not fall short when its capacity does.
    """
    if b[m + HAS_CURVES]:
        air_c = larger(outdoor_c, b[m + LOWEST_OUTDOOR_C])
        capacity_w = b[m + CAPACITY_W] * _curve(b, m + CAPACITY_CURVE, supply_c, air_c)
        paid_w = smaller(wanted_w, b[m + LARGEST_LOAD] * capacity_w)
        power_w = paid_w / b[m + EFFICIENCY] * _curve(b, m + POWER_CURVE, supply_c, air_c)
        return smaller(wanted_w, capacity_w), power_w
    output_w = smaller(wanted_w, b[m + CAPACITY_W])
    return output_w, output_w * _carnot_share(b, m, output_w, supply_c, outdoor_c)


def _carnot_share(b: Table, m: int, output_w: float, supply_c: float, outdoor_c: float) -> float:
    """Electric power per heat. The heat from the air depends on the power in turn, which the fraction has solved."""
    load = output_w / b[m + CAPACITY_W]
    condensing_k = supply_c + KELVIN + b[m + APPROACH_WATER_K] * load
    span_k = (b[m + APPROACH_AIR_K] + b[m + AIR_SPAN_K]) * load / b[m + EVAPORATOR_SHARE]
    ideal_k = b[m + CARNOT_SHARE] * condensing_k
    share = (condensing_k - KELVIN - outdoor_c + span_k) / (ideal_k + span_k)
    return larger(share, b[m + SMALLEST_LIFT_K] / ideal_k)


def _curve(b: Table, at: int, water_c: float, air_c: float) -> float:
    by_water = b[at] + (b[at + 1] + b[at + 2] * water_c) * water_c
    return by_water + (b[at + 3] + b[at + 4] * air_c + b[at + 5] * water_c) * air_c
