"""Checkout: the mapping of points to objects is proved by stimulus and response, point by point.

``checkout.py`` is the way of one: ``stimuli/`` is what is shown in place of the building, ``trying/`` shows it and
commands outputs, ``judging/`` says what was found of that; ``results.py`` is the form of all findings.
"""

from bridge.checkout.checkout import Checkout
from bridge.checkout.coverage import CheckoutParts
from bridge.checkout.results import CheckoutResult, MappingFault, PointFinding, PointVerdict, Proof, TriedPoint

__all__ = [
    "Checkout",
    "CheckoutParts",
    "CheckoutResult",
    "MappingFault",
    "PointFinding",
    "PointVerdict",
    "Proof",
    "TriedPoint",
]
