"""What a checkout is of: the configured simulation and controllers, or the embedded building and emulated ones."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from commands.common import Equipped, prepare, settings_beside
from commands.logs import start_logging
from emulators.door import CASES, STANDARD_CASE, DemoPlan, demo_peers
from utils.home import COMMAND, HOME, SHIPPED
from utils.logging_config import end_logging
from utils.settings import Settings, load_settings


@contextmanager
def checkout_bench(options: argparse.Namespace, console: Console) -> Iterator[Equipped]:
    """The loaded equipments that were asked for. Raises :class:`utils.errors.ConfigError`."""
    if not options.embedded:
        configs = options.configs or HOME / "configs"
        yield _equipped(options, settings_beside(options.env, configs), configs, console)
        return
    shipped = options.configs or SHIPPED / CASES[STANDARD_CASE].configs
    plan = DemoPlan(unit_system=options.units, over_bacnet=options.controllers == "bacnet")
    with tempfile.TemporaryDirectory(prefix="bench-checkout-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with demo_peers(COMMAND, shipped, folder, plan) as peers:
            try:
                yield _equipped(options, load_settings(None, peers.variables, folder), peers.configs, console)
            finally:
                end_logging()  # its file is in the folder that goes now


def _equipped(options: argparse.Namespace, settings: Settings, configs: Path, console: Console) -> Equipped:
    state, manager = prepare(settings, configs)
    manager.load_equipments(options.equipment)
    start_logging(settings, (*settings.secrets, *manager.secrets), console, options.loudness)
    return settings, state, manager
