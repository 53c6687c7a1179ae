"""Controllers in the loop: an agent acts on set-points in them, their own loops run the building.

``bench.py`` starts the bridge for it, ``points.py`` holds the spaces against both peers, ``world.py`` is the world.
"""

from learning.in_the_loop.bench import LoopBench
from learning.in_the_loop.points import known_points, points_acted_on, set_points_of, shipped_loop_spaces
from learning.in_the_loop.world import CannotBegin, LoopWorld

__all__ = [
    "CannotBegin",
    "LoopBench",
    "LoopWorld",
    "known_points",
    "points_acted_on",
    "set_points_of",
    "shipped_loop_spaces",
]
