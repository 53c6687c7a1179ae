"""Which overrides are in force: groups that are heard in full and permitted, led in by a ramp; and what people hold.

``overrides.py`` answers a frame. ``by_hand.py`` is for people: what they hold is sent in place of what controllers
command, or of what the simulation tells these. ``commanders.py`` tells who commands what.
"""

from bridge.overriding.by_hand import ByHand, Held, OnEvent
from bridge.overriding.commanders import CommandedBy, Commander, commanders
from bridge.overriding.overrides import Overrides
from bridge.overriding.typed_input import HandRefused

__all__ = [
    "ByHand",
    "CommandedBy",
    "Commander",
    "HandRefused",
    "Held",
    "OnEvent",
    "Overrides",
    "commanders",
]
