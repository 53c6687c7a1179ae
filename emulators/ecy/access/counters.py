"""What a controller counts, for tests and measurements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Counts since the start. ``writes`` counts accepted property writes by object name."""

    requests: Counter[str] = field(default_factory=Counter)
    """HTTP requests by method."""
    bacnet: Counter[str] = field(default_factory=Counter)
    """BACnet requests by service, as in ``ReadProperty``."""
    sub_requests: int = 0
    """Requests inside batches."""
    basic_sign_ins: int = 0
    """Requests that carried credentials, right or wrong."""
    sessions_opened: int = 0
    writes: Counter[str] = field(default_factory=Counter)
