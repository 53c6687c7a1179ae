"""Whether a pair means the right point, proved in the simulation alone: no controller is asked anything.

``responses.py`` runs it and is what others call; the rest is pure judgement of what was seen.
"""

from bridge.checkout.response.responses import Paired, Progress, Responses, ResponseSettings

__all__ = ["Paired", "Progress", "ResponseSettings", "Responses"]
