"""The preflight: connects to both peers, looks at everything, writes nothing to any controller."""

from __future__ import annotations

from bridge.check.preflight import Preflight
from bridge.check.report import CheckReport, Finding, Severity, Topic
from bridge.check.simulation import OwnTest

__all__ = ["CheckReport", "Finding", "OwnTest", "Preflight", "Severity", "Topic"]
