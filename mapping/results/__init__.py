"""What becomes of a proposal: drafts of configs, a sheet beside them, and the way back from an edited sheet.

``ties.py`` is what a config and a sheet have in common; ``drafts.py`` makes configs of ties, ``completing.py`` adds
points to one that is there, ``alike.py`` makes one file of several; ``sheet.py`` writes and reads the CSV;
``differences.py`` holds a list against a controller.
"""

from mapping.results.alike import folded
from mapping.results.completing import Existing, existing_configs
from mapping.results.differences import Differences, differences, enriched
from mapping.results.drafts import draft
from mapping.results.sheet import read_sheet, write_sheet
from mapping.results.ties import Reached, Tie, ties_of
from mapping.results.writing import DraftFile, write_drafts, write_new

__all__ = [
    "Differences",
    "DraftFile",
    "Existing",
    "Reached",
    "Tie",
    "differences",
    "draft",
    "enriched",
    "existing_configs",
    "folded",
    "read_sheet",
    "ties_of",
    "write_drafts",
    "write_new",
    "write_sheet",
]
