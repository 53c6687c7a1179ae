"""What each kind of cell hands back, and how one fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from utils.errors import BridgeError


class CellFailed(BridgeError):
    """A cell has come to no result."""


@dataclass(frozen=True, slots=True)
class Ran:
    """The results of a kind of cell. ``recording`` is a path below the campaign's folder; empty where there is none."""

    kpis: Mapping[str, float]
    building: str
    recording: str = ""
    alarms: tuple[str, ...] = ()
