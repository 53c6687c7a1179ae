"""What a point means in a building, told from its name: the table that pages, reports and mappings read."""

from points.meanings.abbreviations import COMPASS, KINDS
from points.meanings.accounting import left_over
from points.meanings.boptest_names import code_of, place_of, system_of
from points.meanings.carriers import Carrier, carrier_of
from points.meanings.languages import Language, unaccented
from points.meanings.parts import PartialMeaning, is_actuated, parts_of
from points.meanings.understanding import meaning_of
from points.meanings.vocabulary import Meaning, Measure, Medium, Spot, Use
from points.meanings.words import Said, language_of, said_by

__all__ = [
    "COMPASS",
    "KINDS",
    "Carrier",
    "Language",
    "Meaning",
    "Measure",
    "Medium",
    "PartialMeaning",
    "Said",
    "Spot",
    "Use",
    "carrier_of",
    "code_of",
    "is_actuated",
    "language_of",
    "left_over",
    "meaning_of",
    "parts_of",
    "place_of",
    "said_by",
    "system_of",
    "unaccented",
]
