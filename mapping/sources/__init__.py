"""What an integrator has in hand: point schedules as CSV with any headings, and EDE exports.

``table.py`` reads a CSV however it was saved, ``headings.py`` guesses what its columns are, ``schedule.py`` makes
points of its rows; ``ede.py`` knows the format of EDE and the files beside it.
"""

from mapping.sources.ede import is_ede, read_ede
from mapping.sources.headings import Column, guess_columns
from mapping.sources.schedule import ReadList, read_schedule
from mapping.sources.table import ListTable, read_table

__all__ = ["Column", "ListTable", "ReadList", "guess_columns", "is_ede", "read_ede", "read_schedule", "read_table"]
