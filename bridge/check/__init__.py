"""The preflight: connects to both peers, looks at everything, writes nothing to any controller.

``preflight.py`` is ``python main.py check``, ``offer.py`` is ``python main.py points``; ``start.py`` says what a start
would be refused for.
"""

from __future__ import annotations

from bridge.check.preflight import Preflight
from bridge.check.report import CheckReport

__all__ = ["CheckReport", "Preflight"]
