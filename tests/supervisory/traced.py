"""The programs that ship on recorded samples: what each reads and commands, in controllers and in a simulation."""

from __future__ import annotations

import random
from typing import ClassVar

from supervisory import Command, Context, Parameters, Program, Read
from supervisory.blocks.air_handlers.ventilation import VentilationDesign
from supervisory.blocks.commissioning import CommissioningSettings
from supervisory.blocks.power.price_window import PriceWindow
from supervisory.blocks.time.working_days import WorkingDays
from supervisory.programs.air_handler_commissioning import AirHandlerCommissioning
from supervisory.programs.air_quality_flush import AirQualityFlush, FlushSettings
from supervisory.programs.demand_controlled_ventilation import DemandControlledVentilation, DemandVentilationSettings
from supervisory.programs.duct_static_reset import DuctStaticReset, DuctStaticSettings
from supervisory.programs.heat_pump_stagger import HeatPumpStagger, HeatPumpStaggerSettings
from supervisory.programs.load_shift import LoadShift, LoadShiftSettings
from supervisory.programs.night_purge import NightPurge, NightPurgeSettings
from supervisory.programs.occupied_standby import OccupiedStandby, OccupiedStandbySettings
from supervisory.programs.rogue_zones import RogueSettings, RogueZones
from supervisory.setup.loading import ProgramClass
from utils.values import as_real32

STEPS = 30
ZONES = ("core", "north", "south")
KINDS = {
    "Flow": ("AnalogInput", "cubic-meters-per-second"),
    "Temp": ("AnalogInput", "degrees-kelvin"),
    "Conc": ("AnalogInput", "parts-per-million"),
    "Powr": ("AnalogInput", "watts"),
    "Seen": ("BinaryInput", None),
}
"""What is measured, by how its name begins: type and unit in controllers."""
SETPOINTS = {
    "Setpoint": ("AnalogValue", "pascals", "Pa"),
    "AirSetpoint": ("AnalogValue", "cubic-meters-per-second", "m3/s"),
    "IntakeSetpoint": ("AnalogValue", "cubic-meters-per-second", "m3/s"),
    "HeatingSetpoint": ("AnalogValue", "degrees-kelvin", "K"),
    "CoolingSetpoint": ("AnalogValue", "degrees-kelvin", "K"),
    "SupplySetpoint": ("AnalogValue", "degrees-kelvin", "K"),
    **dict.fromkeys(("ShareSetpoint", "Fan", "Damper", "Heating", "Cooling"), ("AnalogValue", "percent", "percent")),
    **{f"{name}{zone}": ("BinaryValue", None, "1") for name in ("Enable", "WarmUp", "Lockout") for zone in ZONES},
}
"""What programs command: type and unit in controllers, and the unit in a simulation."""
UNITS = {name: unit for name, (_, _, unit) in SETPOINTS.items()}
_EVERY_DAY = WorkingDays(weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))


def _recording() -> list[dict[str, float]]:
    """What a controller can hold: single precision."""
    draw = random.Random(4)  # noqa: S311 - nothing secret
    rows = [_row(draw, number) for number in range(STEPS)]
    return [{name: as_real32(value) for name, value in row.items()} for row in rows]


def _row(draw: random.Random, number: int) -> dict[str, float]:
    return {
        **{f"FlowWanted{zone}": draw.uniform(0.5, 1.0) for zone in ZONES},
        **{f"Flow{zone}": draw.uniform(0.2, 1.1) for zone in ZONES},
        **{f"Temp{zone}": draw.uniform(288.0, 291.0) for zone in ZONES},
        "ConcCore": draw.uniform(500.0, 1000.0),
        "SeenCore": float(number // 5 % 2),
        "TempZone": 297.0 + number % 3,
        "TempOutdoor": draw.uniform(284.0, 298.0),
        "TempDew": 281.0,
        "TempOwn": 297.0,
        "PowrSite": 0.0 if number in range(3, 6) else draw.uniform(1000.0, 9000.0),
        "FlowSupply": 2.0,
        "Temp": draw.uniform(285.0, 300.0),
    }


SAMPLES = _recording()
_COMMISSIONING = CommissioningSettings(from_h=9.0, to_h=23.0, average_min=0.5, settle_limit_min=1.1)
"""Each position for a minute and a half, since nothing settles here."""
_SHOWN = dict.fromkeys((f"{air}_air_temperature__ahu" for air in ("outdoor", "return", "mixed", "supply")), "Temp")


class Converting(Program):
    """Computes in units of its own, so that every value and every command is converted."""

    period_s = 30.0
    points: ClassVar = {"temperature": Read("degF"), "flow": Read("ft**3/min"), "setpoint": Command("inH2O")}

    def on_step(self, ctx: Context) -> None:
        ctx.command("setpoint", 0.3 + ctx.value("flow") / 3000 + (ctx.value("temperature") - 60) / 100)


CASES: dict[str, tuple[ProgramClass, Parameters, dict[str, str]]] = {
    "trim and respond": (
        DuctStaticReset,
        DuctStaticSettings(maximum_pa=250.0, delay_min=1.0, step_min=1.0, ignored_requests=1),
        {
            "duct_static_setpoint": "Setpoint",
            "supply_airflow": "FlowSupply",
            **{f"zone_airflow__{zone}": f"Flow{zone}" for zone in ZONES},
            **{f"zone_airflow_setpoint__{zone}": f"FlowWanted{zone}" for zone in ZONES},
        },
    ),
    "heat pumps after a power cut": (
        HeatPumpStagger,
        HeatPumpStaggerSettings(limit_kw=16.0, interval_min=3.0, latest_min=20.0),
        {
            "electric_power__site": "PowrSite",
            "outdoor_temperature": "Temp",
            **{f"zone_temperature__{zone}": f"Temp{zone}" for zone in ZONES},
            **{f"unit_enable__{zone}": f"Enable{zone}" for zone in ZONES},
            **{f"warm_up__{zone}": f"WarmUp{zone}" for zone in ZONES},
            **{f"backup_lockout__{zone}": f"Lockout{zone}" for zone in ZONES},
        },
    ),
    "ventilation by demand": (
        DemandControlledVentilation,
        DemandVentilationSettings(
            zones={
                "core": VentilationDesign(
                    people_m3_s=0.1, area_m3_s=0.2, minimum_m3_s=0.3, fixed_minimum_m3_s=0.5, maximum_m3_s=2.0
                )
            },
            design_uncorrected_m3_s=0.3,
            design_total_m3_s=0.6,
            empty_after_min=1.0,
            populated_after_min=0.5,
        ),
        {
            "minimum_outdoor_airflow": "IntakeSetpoint",
            "zone_minimum_airflow__core": "AirSetpoint",
            "zone_airflow__core": "Flowcore",
            "zone_co2__core": "ConcCore",
            "zone_occupancy__core": "SeenCore",
        },
    ),
    "occupied standby": (
        OccupiedStandby,
        OccupiedStandbySettings(empty_after_min=1.0, populated_after_min=0.5, dwell_min=0.0, recovery_min=None),
        {
            "zone_occupancy__core": "SeenCore",
            "zone_temperature__core": "Temp",
            "zone_heating_setpoint_in_force__core": "Temp",
            "zone_cooling_setpoint_in_force__core": "Temp",
            "zone_heating_setpoint__core": "HeatingSetpoint",
            "zone_cooling_setpoint__core": "CoolingSetpoint",
            "zone_minimum_airflow__core": "AirSetpoint",
        },
    ),
    "night purge": (
        NightPurge,
        NightPurgeSettings(from_h=0.0, to_h=24.0, minimum_off_min=2.0),
        {
            "zone_cooling_setpoint__core": "CoolingSetpoint",
            "supply_air_setpoint__ahu": "SupplySetpoint",
            "fan_speed__ahu": "ShareSetpoint",
            "zone_temperature__core": "TempZone",
            "outdoor_air_temperature": "TempOutdoor",
            "outdoor_dew_point": "TempDew",
        },
    ),
    "flush before occupancy": (
        AirQualityFlush,
        FlushSettings(volume_m3=300.0, occupied_from_h=10.35, hours=1.0, days=_EVERY_DAY, fan_speed_percent=45.0),
        {
            "fan_speed__ahu": "ShareSetpoint",
            "outdoor_airflow": "FlowSupply",
        },
    ),
    "load shift": (
        LoadShift,
        LoadShiftSettings(
            windows=(PriceWindow(from_h=10.1, to_h=10.3),),
            precool_h=0.1,
            step_every_min=2.0,
            spread_min=2.0,
            days=_EVERY_DAY,
        ),
        {
            "zone_setpoint__core": "CoolingSetpoint",
            "zone_setpoint__north": "SupplySetpoint",
            **{f"zone_setpoint_in_force__{zone}": "TempOwn" for zone in ("core", "north")},
            **{f"zone_temperature__{zone}": "TempOwn" for zone in ("core", "north")},
            "outdoor_air_temperature": "TempZone",
        },
    ),
    "commissioning": (
        AirHandlerCommissioning,
        _COMMISSIONING,
        {
            "fan_speed__ahu": "Fan",
            "outdoor_damper__ahu": "Damper",
            "heating_valve__ahu": "Heating",
            "cooling_valve__ahu": "Cooling",
            "supply_airflow__ahu": "FlowSupply",
            **_SHOWN,
        },
    ),
    "rogue zones": (
        RogueZones,
        RogueSettings(count_every_min=0.5, judged_after_h=0.05, rogue_above_pct=120.0, occupied_from_h=0.0),
        {
            "supply_airflow": "FlowSupply",
            **{f"zone_airflow__{zone}": f"Flow{zone}" for zone in ZONES},
            **{f"zone_airflow_setpoint__{zone}": f"FlowWanted{zone}" for zone in ZONES},
        },
    ),
    "conversions": (
        Converting,
        Parameters(),
        {"temperature": "Temp", "flow": "FlowSupply", "setpoint": "Setpoint"},
    ),
}
"""Program, settings, and what its roles are bound to."""
