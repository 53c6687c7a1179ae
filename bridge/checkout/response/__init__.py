"""Whether a pair means the right point, proved in the simulation alone: no controller is asked anything.

``responses.py`` runs it and is what others call; ``expecting`` says what should move, ``seeing`` moves it, ``judging``
tells what follows, point by point.
"""

from bridge.checkout.response.expecting.plan import Paired
from bridge.checkout.response.responses import Progress, Responses, ResponseSettings

__all__ = ["Paired", "Progress", "ResponseSettings", "Responses"]
