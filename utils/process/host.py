"""What this computer can tell of itself: whether it has been started anew since."""

from __future__ import annotations

import time
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TOLERANCE_S = 120.0


def boot_marker() -> str:
    """Something that changes when the computer is started: Linux' boot id, elsewhere the time of the start."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(time.time() - time.monotonic())


def is_same_boot(marker: str) -> bool:
    """Whether the computer has been running since the marker was made. What cannot be compared is another boot."""
    now = boot_marker()
    if marker == now:
        return True
    try:
        return abs(float(marker) - float(now)) < _TOLERANCE_S
    except ValueError:
        return False
