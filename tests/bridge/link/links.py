"""A link of its own, without a run around it."""

from __future__ import annotations

from pathlib import Path

from bridge.link.link import ControllerLink
from ledger.ledger import Ledger
from tests import bench
from utils.clocks import Clocks
from utils.settings import Settings


def taken(folder: Path, settings: Settings, config: bench.Config, clocks: Clocks) -> tuple[ControllerLink, Ledger]:
    """A controller that has been taken, and what it was taken with."""
    ledger = Ledger()
    link = ControllerLink(bench.manager(folder, settings, config).controllers[0], ledger, 0.0, None, clocks)
    link.reach()
    assert not link.survey()
    link.take()
    return link, ledger
