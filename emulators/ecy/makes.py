"""Kinds of emulated controllers beside the ECY itself, as ``emulate --controllers`` has them.

Written from the standard (ASHRAE 135) and from what integrators meet; makers and devices are nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from emulators.ecy.bacnet_profile import BacnetProfile, TrunkPlace
from emulators.ecy.objects.storage import StorageQuirk
from emulators.ecy.profile import Profile

Make: TypeAlias = Literal["ecy", "trunk", "mix", "own-ways"]

_NORTH, _SOUTH = 777, 888
"""Numbers that ASHRAE keeps free for tests."""

ON_A_TRUNK = Profile(bacnet=BacnetProfile(trunk=TrunkPlace(), max_apdu=480, segmentation=False))
"""An ECB: on a slow line behind a router, with short answers."""

NORTH = Profile(
    bacnet=BacnetProfile(
        vendor_name="Vendor North",
        vendor_number=_NORTH,
        max_apdu=206,
        segmentation=False,
        write_property_multiple=False,
        cov=False,
        out_of_service_writable=False,
    )
)
"""Short answers, written property by property, and inputs that cannot be forced."""

SOUTH = Profile(
    bacnet=BacnetProfile(
        vendor_name="Vendor South",
        vendor_number=_SOUTH,
        max_apdu=480,
        segmentation=False,
        read_property_multiple=False,
        only_priority=16,
        plain_analog_values=True,
        time_synchronization="ignored",
    )
)
"""Read property by property; one slot for others, and none in analog values. No clock that can be told the time."""

OWN_WAYS = Profile(
    storage=MappingProxyType(
        {
            "degrees-celsius": StorageQuirk(minimum=-40.0, maximum=120.0, step=0.1),
            "degrees-fahrenheit": StorageQuirk(minimum=-40.0, maximum=250.0, step=0.1),
            "percent": StorageQuirk(minimum=0.0, maximum=100.0, step=1.0),
            "percent-relative-humidity": StorageQuirk(minimum=0.0, maximum=100.0, step=1.0),
            "parts-per-million": StorageQuirk(minimum=0.0, maximum=2000.0, step=10.0),
            "pascals": StorageQuirk(minimum=-2500.0, maximum=2500.0, ignores_beyond=True),
            "inches-of-water": StorageQuirk(minimum=-10.0, maximum=10.0, ignores_beyond=True),
        }
    ),
    bacnet=BacnetProfile(refuses_unknown_states=False, cov_increment=1.0),
)
"""Acknowledges everything: rounds, limits, keeps what it had instead of a pressure or a state that it does not know."""


def _ecy(number: int) -> Profile:
    return Profile()


def _of_the_mix(number: int) -> Profile:
    return (SOUTH, NORTH)[number % 2]


MAKES: Mapping[Make, Callable[[int], Profile]] = MappingProxyType(
    {
        "ecy": _ecy,
        "trunk": lambda number: ON_A_TRUNK,
        "mix": _of_the_mix,
        "own-ways": lambda number: OWN_WAYS,
    }
)
"""The profile of the first, second, ... controller of a bench."""
