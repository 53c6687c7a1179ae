"""A unit's own control: a set-point by the clock, the compressor as first stage and the electric back-up as second.

Whatever it decides can be overridden: the set-point, whether the unit may run at all, whether it warms up now, whether
its back-up is locked out, and each of its outputs.
"""

from __future__ import annotations

from emulators.plants.cells import Cells
from emulators.plants.heat_pump_office.parameters import Thermostat
from emulators.plants.override import OVERRIDE_CELLS, resolve
from emulators.plants.psychrometrics import KELVIN

OVERRIDES = ("TZonHeaSet", "yEna", "yWarUp", "yAuxLoc", "yCom", "yAux", "yFan")
"""What can be overridden, in the order of their cells."""
(HEATING_SET, ENABLE, WARM_UP, BACKUP_LOCKOUT, COMPRESSOR, BACKUP, FAN) = range(
    0, len(OVERRIDES) * OVERRIDE_CELLS, OVERRIDE_CELLS
)
(
    CALLS,
    BACKUP_CALLS,
    NOT_COLD_S,
    OCCUPIED_C,
    VACANT_C,
    BAND_K,
    BACKUP_BELOW_K,
    BACKUP_AFTER_S,
    BACKUP_OUTDOOR_C,
    CELLS,
) = range(len(OVERRIDES) * OVERRIDE_CELLS, len(OVERRIDES) * OVERRIDE_CELLS + 10)
"""A thermostat: its overrides, which stages it calls for, when it was last not too cold, and what it is set to."""


def fit_thermostat(b: Cells, h: int, thermostat: Thermostat) -> None:
    """Write its settings; it calls for nothing."""
    b[h + CALLS] = b[h + BACKUP_CALLS] = b[h + NOT_COLD_S] = 0.0
    b[h + OCCUPIED_C], b[h + VACANT_C] = thermostat.occupied_c, thermostat.vacant_c
    b[h + BAND_K] = thermostat.band_k
    b[h + BACKUP_BELOW_K], b[h + BACKUP_AFTER_S] = thermostat.backup_below_k, thermostat.backup_after_s
    b[h + BACKUP_OUTDOOR_C] = thermostat.backup_outdoor_c


def control(
    b: Cells, h: int, time_s: float, zone_c: float, outdoor_c: float, occupied: float, in_use: float, defrosts: float
) -> tuple[float, float, float]:
    """Commands to compressor, back-up (0 to 1) and fan; ``in_use`` is occupied or about to be.

    The back-up tempers the air of a defrost too, unless it is locked out.
    """
    enabled = resolve(b, h + ENABLE, 1.0) >= 0.5
    warms_up = resolve(b, h + WARM_UP, 0.0) >= 0.5
    locked_out = resolve(b, h + BACKUP_LOCKOUT, 0.0) >= 0.5
    own_c = b[h + OCCUPIED_C] if in_use or warms_up else b[h + VACANT_C]
    cold_by = resolve(b, h + HEATING_SET, own_c + KELVIN) - KELVIN - zone_c
    _call(b, h, cold_by, enabled)
    _call_backup(b, h, time_s, cold_by, enabled and not locked_out and outdoor_c <= b[h + BACKUP_OUTDOOR_C])
    tempers = 1.0 if defrosts and not locked_out else b[h + BACKUP_CALLS]
    compressor = resolve(b, h + COMPRESSOR, b[h + CALLS])
    backup = resolve(b, h + BACKUP, tempers)
    moves_air = 1.0 if occupied and enabled else 0.0
    return compressor, backup, resolve(b, h + FAN, moves_air)


def _call(b: Cells, h: int, cold_by: float, enabled: bool) -> None:
    if not enabled or cold_by < -b[h + BAND_K]:
        b[h + CALLS] = 0.0
    elif cold_by > b[h + BAND_K]:
        b[h + CALLS] = 1.0


def _call_backup(b: Cells, h: int, time_s: float, cold_by: float, allowed: bool) -> None:
    if not allowed or cold_by <= b[h + BACKUP_BELOW_K]:
        b[h + NOT_COLD_S] = time_s
    if not allowed or cold_by < b[h + BAND_K]:
        b[h + BACKUP_CALLS] = 0.0
    elif time_s - b[h + NOT_COLD_S] >= b[h + BACKUP_AFTER_S]:
        b[h + BACKUP_CALLS] = 1.0
