"""Acting on set-points in the controllers, turn by turn, while their own loops keep running.

``acting.py`` is both ends of it: the run asks before it shows a frame, and whoever acts answers in time or not at all.
``movement.py`` keeps what is asked for within bounds and rates; ``looking.py`` is what is seen in a turn.
"""

from bridge.acting.acting import LONGEST_PATIENCE_S, Acting
from bridge.acting.looking import LedSetPoint, Seen, Turn

__all__ = ["LONGEST_PATIENCE_S", "Acting", "LedSetPoint", "Seen", "Turn"]
