"""What is seen of a site with a unit in each zone: its meter, its weather, its zones and units, by the usual roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supervisory.blocks.time.timers import good_number, good_numbers
from supervisory.program import Context

_UNKNOWN_COLD_K = 4.0
"""How cold a zone is taken to be when no temperature at all is known."""


@dataclass(frozen=True, slots=True)
class UnitSite:
    """kW and degC; what is not known is None, or missing by name."""

    power_kw: float | None
    limit_kw: float | None
    outdoor_degc: float | None
    zones_degc: Mapping[str, float]
    targets_degc: Mapping[str, float]
    units_kw: Mapping[str, float]

    @classmethod
    def look(cls, ctx: Context) -> UnitSite:
        """Read it all. The meters count together, and only if each of them is known."""
        meters, limit_kw = ctx.readings("electric_power"), good_number(ctx.reading("demand_limit"))
        known = good_numbers(meters)
        return cls(
            power_kw=sum(known.values()) if meters and len(known) == len(meters) else None,
            limit_kw=limit_kw if limit_kw is not None and limit_kw > 0.0 else None,
            outdoor_degc=good_number(ctx.reading("outdoor_temperature")),
            zones_degc=good_numbers(ctx.readings("zone_temperature")),
            targets_degc=good_numbers(ctx.readings("occupied_setpoint")),
            units_kw=good_numbers(ctx.readings("unit_power")),
        )

    @property
    def anything_known(self) -> bool:
        """Whether the site answers at all."""
        return self.power_kw is not None or self.outdoor_degc is not None or bool(self.zones_degc)

    def cold_by_k(self, names: Iterable[str], usual_degc: float) -> dict[str, float]:
        """How far each zone is below its set-point, or below the usual one; of unknown temperature, as the coldest."""
        known = {name: self.targets_degc.get(name, usual_degc) - degc for name, degc in self.zones_degc.items()}
        worst_k = max(known.values(), default=_UNKNOWN_COLD_K)
        return {name: known.get(name, worst_k) for name in names}

    def base_kw(self, names: Iterable[str], usual_kw: float) -> float:
        """All that the meter shows besides the units: measured where the meter and each of them is."""
        units = [self.units_kw.get(name) for name in names]
        if self.power_kw is None or None in units:
            return usual_kw
        return max(0.0, self.power_kw - sum(kw for kw in units if kw is not None))
