"""What the air handling unit sees, made safe: plausible values, held over short gaps, and which of them failed."""

from __future__ import annotations

from dataclasses import dataclass

from emulators.program import ProgramIO
from emulators.programs.blocks import CheckedSensor
from emulators.programs.objects import ObjectTable

_RANGES = {
    "OutdoorAirTemp": (-39.0, 60.0),
    "OutdoorAirHumidity": (0.0, 1.0),
    "SupplyAirFlow": (0.0, 50.0),
    "DischAirTemp": (-30.0, 80.0),
    "RetAirTemp": (-30.0, 60.0),
    "MixedAirTemp": (-39.0, 60.0),
    "DischAirPress": (-200.0, 2500.0),
    "OutdoorAirFlow": (0.0, 50.0),
}
_INDISPENSABLE = ("DischAirTemp", "MixedAirTemp", "RetAirTemp", "DischAirPress")


@dataclass(frozen=True, slots=True)
class AhuReadings:
    """One scan's measurements: degC, Pa, humidity 0..1, supply air flow over design flow.

    ``outdoor_known``: temperature and humidity are good. ``failed``: something that the unit cannot do without is not.
    ``outdoor_m3_s`` is the outdoor air flow, None without a station.
    """

    outdoor_c: float
    humidity: float
    flow_fraction: float
    discharge_c: float
    return_c: float
    mixed_c: float
    pressure_pa: float
    outdoor_known: bool
    failed: bool
    outdoor_m3_s: float | None = None


class AhuSensors:
    """Reads and judges the analog measurements."""

    def __init__(self, table: ObjectTable, design_flow_m3_s: float) -> None:
        self._table = table
        self._design_flow_m3_s = design_flow_m3_s
        self._sensors = {name: CheckedSensor(low, high) for name, (low, high) in _RANGES.items()}

    def step(self, io: ProgramIO, dt_s: float) -> AhuReadings:
        """Read everything once."""
        values = {name: sensor.step(self._table.read(io, name), dt_s) for name, sensor in self._sensors.items()}
        outdoor_lost = self._sensors["OutdoorAirTemp"].failed or self._sensors["OutdoorAirHumidity"].failed
        return AhuReadings(
            outdoor_c=values["OutdoorAirTemp"],
            humidity=values["OutdoorAirHumidity"],
            flow_fraction=values["SupplyAirFlow"] / self._design_flow_m3_s,
            discharge_c=values["DischAirTemp"],
            return_c=values["RetAirTemp"],
            mixed_c=values["MixedAirTemp"],
            pressure_pa=values["DischAirPress"],
            outdoor_known=not outdoor_lost,
            failed=any(self._sensors[name].failed for name in _INDISPENSABLE),
            outdoor_m3_s=None if self._sensors["OutdoorAirFlow"].failed else values["OutdoorAirFlow"],
        )
