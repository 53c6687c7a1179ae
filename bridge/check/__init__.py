"""The preflight: connects to both peers, looks at everything, writes nothing to any controller."""

from __future__ import annotations

from bridge.check.preflight import Preflight
from bridge.check.report import CheckReport

__all__ = ["CheckReport", "Preflight"]
