"""How an analog object can be broken, by name: as wiring, ranges and settings of real ones are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import Sticks, Stores
from emulators.ecy.objects.storage import StorageQuirk


def _storing(storage: StorageQuirk) -> Callable[[str], Fault]:
    return lambda name: Stores(storage, {name})


BREAKAGES: Mapping[str, Callable[[str], Fault]] = {
    "dead": _storing(StorageQuirk(ignores=True)),
    "stuck": lambda name: Sticks(2, {name}),
    "reversed": _storing(StorageQuirk(factor=-1.0, offset=100.0)),
    "negative": _storing(StorageQuirk(factor=-1.0)),
    "tenfold": _storing(StorageQuirk(factor=10.0)),
    "2-10V": _storing(StorageQuirk(factor=0.8, offset=20.0)),
    "degF": _storing(StorageQuirk(factor=1.8, offset=32.0)),
}
"""Each of an object's name. What is reversed, and 2 to 10 V, is of objects in percent."""
