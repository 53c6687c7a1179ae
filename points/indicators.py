"""The key performance indicators that a test case computes, in words, with unit and definition (boptest-api §12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of them. All count from the end of the warm-up."""

    words: str
    unit: str
    """In letters that every terminal has."""
    definition: str

    @property
    def sign(self) -> str:
        """The unit as it is written where there are all letters."""
        return self.unit.replace("m2", "m²").replace("CO2", "CO₂")


INDICATORS: Mapping[str, Indicator] = {
    "tdis_tot": Indicator(
        "too warm or too cold",
        "K h per zone",
        "How far zone temperatures were outside the comfort range of the test case, times how long; mean of the zones.",
    ),
    "idis_tot": Indicator(
        "too much CO2 in the air",
        "ppm h per zone",
        "How far CO2 was above the limit of the test case, times how long; mean of the zones.",
    ),
    "ener_tot": Indicator("energy", "kWh/m2", "Energy of all carriers, per floor area."),
    "cost_tot": Indicator(
        "cost of energy", "$/m2", "Energy of all carriers at its price of that moment, per floor area."
    ),
    "emis_tot": Indicator(
        "emissions", "kg CO2/m2", "Energy of all carriers by its emissions of that moment, per floor area."
    ),
    "pele_tot": Indicator(
        "peak of electric power", "kW/m2", "Highest electric power averaged over 15 minutes, per floor area."
    ),
    "pgas_tot": Indicator("peak of gas power", "kW/m2", "Highest gas power averaged over 15 minutes, per floor area."),
    "pdih_tot": Indicator(
        "peak of district heating", "kW/m2", "Highest heat flow averaged over 15 minutes, per floor area."
    ),
    "time_rat": Indicator(
        "time to compute", "s per simulated s", "Time between two steps by the step; mean. Small where nobody paced."
    ),
}
