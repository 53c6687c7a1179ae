"""Reports: one HTML file that opens offline, prints on A4, and reads without JavaScript. Of a run, and of a replay.

What a recording lacks is said in it, and never made up.
"""

from recording.report.document import report
from recording.report.replayed import Replayed, replay_report
from recording.report.sheet import MADE_BY

__all__ = ["MADE_BY", "Replayed", "replay_report", "report"]
