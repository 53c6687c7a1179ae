"""One cell: what it is advanced by (nobody, held inputs, programs, controllers), over which building."""

from campaigns.running.running import run
from campaigns.running.stopping import Stopped, StopSign

__all__ = ["StopSign", "Stopped", "run"]
