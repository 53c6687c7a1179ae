"""Recorded runs as transitions, for learning from what was done: by the same spaces that an environment has.

``asking.py`` holds spaces against a recording, ``rows.py`` has an episode's frames as arrays, ``transitions.py`` makes
steps of them and says which cannot be, ``written.py`` has them as a table and as a file of NumPy's.
"""

from learning.recorded.asking import spaces_for
from learning.recorded.transitions import RecordedTransitions, transitions_of
from learning.recorded.written import table_of, write_npz

__all__ = ["RecordedTransitions", "spaces_for", "table_of", "transitions_of", "write_npz"]
