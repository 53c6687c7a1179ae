"""What carries the energy that a power of the simulation is made of (boptest-api §9): told from its description."""

from __future__ import annotations

import re
from enum import StrEnum


class Carrier(StrEnum):
    """Of whose energy BOPTEST knows price and emissions."""

    ELECTRICITY = "electricity"
    GAS = "gas"
    DISTRICT_HEATING = "district heating"


_SAID = {
    Carrier.ELECTRICITY: re.compile(r"electric", re.IGNORECASE),
    Carrier.GAS: re.compile(r"\bgas\b", re.IGNORECASE),
    Carrier.DISTRICT_HEATING: re.compile(r"\bdistrict\b", re.IGNORECASE),
}


def carrier_of(description: str) -> Carrier | None:
    """The carrier of a power; None where its description does not say."""
    return next((carrier for carrier, pattern in _SAID.items() if pattern.search(description)), None)
