"""The flat array of floats that a building is while it is simulated.

Each part of a building owns a run of cells: its constants, what follows from the internal step, and its state, by names
of their positions. Functions over cells are written in the part of Python that numba compiles too: numbers, tuples,
loops and other such functions (``weaving/compiled.py``). What is true is 1.0.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any, TypeAlias

Cells: TypeAlias = MutableSequence[float]
"""A list of floats, or an array of numpy's with 8 bytes a cell."""
Table: TypeAlias = Sequence[float]
"""The same, only read."""
Rows: TypeAlias = Any
"""Rows of numbers, ``(n, k)``: a list of lists, or an array of numpy's, which need not be installed."""
