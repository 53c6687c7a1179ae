"""The five terminals of the simulated office floor (boptest-api §12, embedded-plant §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoxSize:
    """Air flows in m3/s: cooling maximum (the box's design flow), occupied minimum, heating maximum."""

    design_m3_s: float
    minimum_m3_s: float
    heating_m3_s: float

    def fraction(self, flow_m3_s: float) -> float:
        """Flow over design flow."""
        return flow_m3_s / self.design_m3_s


BOXES: Mapping[str, BoxSize] = {
    "VAV_Core": BoxSize(4.497, 0.785, 2.248),
    "VAV_South": BoxSize(0.948, 0.165, 0.474),
    "VAV_East": BoxSize(0.900, 0.135, 0.450),
    "VAV_North": BoxSize(0.948, 0.165, 0.474),
    "VAV_West": BoxSize(0.700, 0.105, 0.350),
}
