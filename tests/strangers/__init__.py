"""What every BACnet device of ours owes to whoever comes: the truth about itself, an answer to each request, and calm.

Both are judged by it: the device that serves the switches, and the emulated controllers.
"""

from tests.strangers.calm import PACKETS, RECENT, Calm
from tests.strangers.common import WRONG_TYPE, error_of
from tests.strangers.refusals import Refusals
from tests.strangers.truth import Truth

__all__ = ["PACKETS", "RECENT", "WRONG_TYPE", "Strangers", "error_of"]


class Strangers(Truth, Refusals, Calm):
    """To be given the fixtures ``peer``, ``switch`` (a commandable binary value), ``counts`` (of what is going on)."""
