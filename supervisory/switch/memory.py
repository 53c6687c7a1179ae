"""What people have switched, kept over a restart: a runtime that was off is off when it comes back.

It is kept by the place where they did so: transport, network and device number. What may have been meant for another
place counts only as far as it switches off.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Network
from pathlib import Path

from supervisory.switch.files import RememberedSwitch, Switched, read_switches, write_switches
from utils.state_folder import StateError

log = logging.getLogger(__name__)

FIRST_PROGRAM = 2
"""Instance 1 is the switch for everything."""


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class SwitchPlace:
    """Where operators find the switches: our transport, the network of our interface, our device number."""

    transport: str
    network: IPv4Network
    device: int

    @property
    def file_name(self) -> str:
        """``bacnet-192.168.0.0_24-599001.json``."""
        return f"{self.transport}-{self.network.network_address}_{self.network.prefixlen}-{self.device}.json"

    def may_be(self, file: Path) -> bool:
        """Whether a file that is called otherwise may be about this place: its network overlaps ours."""
        named = re.fullmatch(rf"{self.transport}-([\d.]+_\d+)-{self.device}", file.stem)
        try:
            return named is not None and self.network.overlaps(IPv4Network(named[1].replace("_", "/")))
        except ValueError:
            return False


class SwitchMemory:
    """One file per place. An object keeps its instance as long as the file lives, whatever comes and goes.

    A file that cannot be understood is never written over: as long as it is there, every start is off, and nothing is
    remembered.
    """

    def __init__(self, folder: Path, place: SwitchPlace | None, now: Callable[[], datetime] = _now) -> None:
        """Without a place nothing is remembered, as with a simulation. ``now`` has a zone."""
        self._folder = folder
        self._place = place
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, RememberedSwitch] = {}
        self._not_understood: list[Path] = []

    def recall(self, everything: str, programs: Iterable[str]) -> dict[str, RememberedSwitch]:
        """The switches by name, that for everything first. Those that nobody remembers get instances of their own."""
        names = [everything, *programs]
        kept = self._found()
        kept.setdefault(everything, RememberedSwitch(_free(kept, 1)))
        for name in names:
            kept.setdefault(name, RememberedSwitch(_free(kept)))
        self._kept = kept
        return {name: replace(kept[name], is_known=not self._not_understood) for name in names}

    def keep(self, slots: Mapping[str, Mapping[int, bool]]) -> None:
        """Write the commands of all switches down, on disk before returning. Raises :class:`StateError`."""
        if self._place is None:
            return
        if self._not_understood:
            raise StateError(f"{self._not_understood[0]} is not understood and left as it is, so nothing is remembered")
        with self._lock:
            self._kept |= {name: self._dated(self._kept[name], commands) for name, commands in slots.items()}
            write_switches(self._folder / self._place.file_name, self._kept)

    def _dated(self, before: RememberedSwitch, slots: Mapping[int, bool]) -> RememberedSwitch:
        """A command that stood already keeps its time."""
        standing, now = before.commands, self._now()
        told = {priority: Switched(on, now) for priority, on in slots.items()}
        same = {priority: one for priority, one in standing.items() if slots.get(priority) is one.on}
        return replace(before, commands=told | same)

    def _found(self) -> dict[str, RememberedSwitch]:
        """What this place's file says; where there is none, what others say that may be about it."""
        if self._place is None:
            return {}
        own = self._read(self._folder / self._place.file_name)
        if own is not None or self._not_understood:
            return own or {}
        kept: dict[str, RememberedSwitch] = {}
        for file in self._others(self._place):
            found = self._read(file) or {}
            if found:
                log.warning(
                    "%s may be about another network: what is off in it is off, what is on does not count", file
                )
            for name, one in found.items():
                before = kept.get(name) or RememberedSwitch(_free(kept, one.instance))
                kept[name] = replace(before, commands={**_off(one), **before.commands})
        return kept

    def _others(self, place: SwitchPlace) -> list[Path]:
        """Files about overlapping networks, as when a mask was changed, and for real sites the first version's."""
        overlapping = [file for file in sorted(self._folder.glob("*.json")) if place.may_be(file)]
        return overlapping if place.network.is_loopback else [*overlapping, self._folder / f"{place.device}.json"]

    def _read(self, file: Path) -> dict[str, RememberedSwitch] | None:
        try:
            return read_switches(file)
        except FileNotFoundError:
            return None
        except StateError as error:
            self._not_understood.append(file)
            log.warning(
                "what was switched is not understood; until it is mended or removed, every start is off: %s", error
            )
            return None


def _off(one: RememberedSwitch) -> dict[int, Switched]:
    """The commands that switch off."""
    return {priority: told for priority, told in one.commands.items() if not told.on}


def _free(kept: Mapping[str, RememberedSwitch], wanted: int = FIRST_PROGRAM) -> int:
    """The wanted instance, or the first free one from there on."""
    taken = {one.instance for one in kept.values()}
    while wanted in taken:
        wanted += 1
    return wanted
