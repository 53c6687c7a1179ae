"""Whether two recordings say the same: controllers that were shown a recording again, against what they said then."""

from recording.comparing.comparison import Comparison, Tolerances, compare, noises
from recording.comparing.days import DayOfOutput, compare_days, other_day
from recording.comparing.funnel import EXACT, Tolerance, funnel
from recording.comparing.likeness import ORDER, JudgedOutput, Likeness, counted
from recording.comparing.tolerances import STEPS, exact, usual

__all__ = [
    "EXACT",
    "ORDER",
    "STEPS",
    "Comparison",
    "DayOfOutput",
    "JudgedOutput",
    "Likeness",
    "Tolerance",
    "Tolerances",
    "compare",
    "compare_days",
    "counted",
    "exact",
    "funnel",
    "noises",
    "other_day",
    "usual",
]
