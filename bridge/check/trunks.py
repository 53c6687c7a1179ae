"""How long a step takes the controllers behind a router, reckoned from octets: their trunk carries one at a time.

MS/TP as it usually is: 38.4 kbit/s, ten bits to an octet (ASHRAE 135, clause 9), APDUs of 480 octets.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.check.views import PointView
from bridge.findings import Finding, Severity, Topic
from utils.bacnet import SCHEME, bare_address
from utils.settings import Settings
from utils.values import Role

_OCTET_S = 10 / 38_400
_ROOM = 480 - 4
_PER_REQUEST, _PER_ANSWER = 33, 33
"""Octets around what is asked and answered: frame and token 18, who it is for and from 11 or 12, APDU 4 or 3."""
_WRITTEN = {Role.COMMANDED: 18, Role.FORCED: 16}
"""Octets of one REAL in a WritePropertyMultiple."""
_ASKED, _TOLD = 11, 24
"""Octets of one object in a ReadPropertyMultiple and its answer: present-value and status-flags."""
_REMOTE = re.compile(rf"{SCHEME}(\d+):[^.]+")


@dataclass(frozen=True, slots=True)
class Load:
    """What one controller is written and read in a step in which everything has changed."""

    written_octets: int
    read: int

    @property
    def seconds(self) -> float:
        """How long its trunk is busy with that: some 0.3 s for 20 commands and 20 values."""
        writes = self.written_octets + (_PER_REQUEST + _PER_ANSWER) * _pieces(self.written_octets)
        asked, told = self.read * _ASKED, self.read * _TOLD
        reads = asked + told + (_PER_REQUEST + _PER_ANSWER) * _pieces(told)
        return (writes + reads) * _OCTET_S


def trunk_findings(
    on: Mapping[str, Sequence[PointView]], timeouts_s: Mapping[str, float], settings: Settings
) -> Iterator[Finding]:
    """The shortest step of each trunk, and what it is too short for; controllers by their address, with their points.

    ``timeouts_s`` are the controllers' own: who waits for the others of its trunk does so in that time.
    """
    trunks: defaultdict[int, dict[str, Load]] = defaultdict(dict)
    for address, points in on.items():
        remote = _REMOTE.fullmatch(address)
        if remote is not None:
            trunks[int(remote[1])][address] = _load(points)
    for network, loads in sorted(trunks.items()):
        yield from _about(network, loads, timeouts_s, settings)


def _about(
    network: int, loads: Mapping[str, Load], timeouts_s: Mapping[str, float], settings: Settings
) -> Iterator[Finding]:
    where, shortest_s = f"network {network}", sum(load.seconds for load in loads.values())
    if not shortest_s:
        return
    told = f"its {len(loads)} controller(s) take some {shortest_s:.2f} s of a step together (at 38.4 kbit/s)"
    if settings.period_s and settings.period_s < shortest_s:
        longer = math.ceil(shortest_s * max(settings.time_scale, 1e-9))
        what = (
            f"{told}, but a step lasts {settings.period_s:.2f} s: steps will be late; "
            f"set BOP_STEP_TIME to {longer:g} or more, or lower BOP_TIME_SCALE"
        )
        yield Finding(Severity.WARNING, Topic.DELAY, where, what)
    else:
        yield Finding(Severity.NOTE, Topic.DELAY, where, f"{told}: no step can be shorter")
    hasty = [bare_address(address) for address in loads if timeouts_s.get(address, math.inf) < shortest_s]
    if hasty:
        what = f"{told}: longer than the timeout_s of {', '.join(hasty)}, which would be taken for absent"
        yield Finding(Severity.WARNING, Topic.DELAY, where, what)


def _load(points: Iterable[PointView]) -> Load:
    """Each object counts once, however many points it has."""
    roles = {view.target: view.point.role for view in points}.values()
    return Load(sum(_WRITTEN.get(role, 0) for role in roles), sum(role is Role.READ for role in roles))


def _pieces(octets: int) -> int:
    return math.ceil(octets / _ROOM)
