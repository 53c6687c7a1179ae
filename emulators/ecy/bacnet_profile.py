"""What differs between controllers on BACnet/IP, as switches.

Kept apart from the rest of this package, so that a profile can be written without loading the BACnet stack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

DISTECH, DISTECH_NUMBER = "Distech Controls Inc.", 364


@dataclass(frozen=True, slots=True)
class TrunkPlace:
    """A place on a line with one token, as MS/TP has it, behind a router: ``network:`` and the device's instance."""

    network: int = 2
    """Its number; 1 is that of BACnet/IP."""
    bits_per_s: float = 38_400.0


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
    vendor_name: str = DISTECH
    vendor_number: int = DISTECH_NUMBER
    trunk: TrunkPlace | None = None
    """Where it is behind a router; None for one on BACnet/IP."""
    out_of_service_writable: bool = True
    """Whether ``out-of-service`` may be written."""
    only_priority: int | None = None
    """The one slot that it lets others command in; None for all but 6."""
    plain_analog_values: bool = False
    """Whether analog values have no priority array: whoever writes last has them, NULL is refused (clause 19.2)."""
    refuses_unknown_states: bool = True
    """Whether a state that a multi-state object has not is refused; else it is acknowledged, and nothing changes."""
    cov_increment: float | None = None
    """Of every analog object, until somebody writes it; None for the usual one of its unit."""
    minimum_on_s: int | None = None
    """``minimum-on-time`` of every binary output and value, in s of the controller's time; None for none."""
    minimum_off_s: int | None = None
