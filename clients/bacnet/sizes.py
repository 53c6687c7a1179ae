"""Octets of what is asked and answered, to the last one (ASHRAE 135, clauses 20.1 and 20.2.1).

A commanded REAL takes 18 in a request of many, and a REAL 16 in an answer: 26 and 29 of them in 480 octets, 11 and 12
in 206.
"""

from __future__ import annotations

REQUEST_HEADER, ANSWER_HEADER = 4, 3
"""Of an APDU that is not segmented."""
PER_OBJECT = 7
"""An object's identifier, and the brackets around what concerns it."""
BRACKETS = 2
"""Around a value."""


def parameter_size(number: int) -> int:
    """A number as a parameter: its tag, and as many octets as it needs."""
    return 1 + max(1, (number.bit_length() + 7) // 8)
