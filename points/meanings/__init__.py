"""What a point means in a building, told from its name: the table that pages, reports and mappings read."""

from points.meanings.boptest_names import place_of, system_of
from points.meanings.carriers import Carrier, carrier_of
from points.meanings.understanding import meaning_of
from points.meanings.vocabulary import Meaning, Measure, Medium, Spot, Use

__all__ = [
    "Carrier",
    "Meaning",
    "Measure",
    "Medium",
    "Spot",
    "Use",
    "carrier_of",
    "meaning_of",
    "place_of",
    "system_of",
]
