"""What differs between controllers on BACnet/IP, as switches.

Kept apart from the rest of this package, so that a profile can be written without loading the BACnet stack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class BacnetProfile:
    """Switches of one controller. A service that is switched off is rejected as unrecognised."""

    segmentation: bool = True
    """Whether answers and requests may be longer than one APDU; without it they are aborted."""
    max_apdu: Literal[50, 128, 206, 480, 1024, 1476] = 1476
    """Octets of the longest APDU that is accepted."""
    read_property_multiple: bool = True
    write_property_multiple: bool = True
    cov: bool = True
    """SubscribeCOV, for every object type."""
    cov_subscriptions: int = 400
    """How many subscriptions may be open; one more is refused."""
    time_synchronization: Literal["followed", "utc-only", "ignored"] = "followed"
    """What becomes of a time that somebody sends. With NTP enabled it is never followed."""
    time_recipients: tuple[int, ...] | None = None
    """The devices to which it would pass its time on; None for one that passes it on to nobody, ever."""
    tells_time: Callable[[], bool] = _always
    """Whether it has local date and time to read, as it is asked."""
    names_writable: bool = False
    """Whether ``object-name`` of an object may be written."""
