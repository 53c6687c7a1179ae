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
from emulators.door import CASES, STANDARD_CASE, DemoPlan, OfficeFiles, demo_peers, read_variant
from equipment.config import read_equipment_files
from utils.home import COMMAND, HOME, SHIPPED
from utils.logging_config import end_logging
from utils.settings import Settings, load_settings
from utils.unit_conversion import UnitConverter


@contextmanager
def checkout_bench(options: argparse.Namespace, console: Console) -> Iterator[Equipped]:
    """The loaded equipments that were asked for. Raises :class:`utils.errors.ConfigError`."""
    if not options.embedded:
        configs = options.configs or HOME / "configs"
        yield _equipped(options, settings_beside(options.env, configs), configs, console)
        return
    shipped = options.configs or SHIPPED / CASES[STANDARD_CASE].configs
    case = case_of(options.configs) if options.configs else STANDARD_CASE
    plan = DemoPlan(unit_system=options.units, over_bacnet=options.controllers == "bacnet", cases=(case,))
    with tempfile.TemporaryDirectory(prefix="bench-checkout-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with demo_peers(COMMAND, shipped, folder, plan) as peers:
            try:
                yield _equipped(options, load_settings(None, peers.variables, folder), peers.configs, console)
            finally:
                end_logging()  # its file is in the folder that goes now


def case_of(configs: Path) -> str:
    """The test case that has most of the points that these configs name; the usual one where others have no more.

    Raises :class:`utils.errors.ConfigError` where there are no configs.
    """
    read = read_equipment_files(configs, "SI", UnitConverter())
    wanted = {point.bop_point for equipment in read.equipments for point in equipment.points}
    office = read_variant(OfficeFiles())
    plants = {name: case.plant(office) for name, case in CASES.items()}
    return max(plants, key=lambda name: len(wanted & {*plants[name].measurements, *plants[name].inputs}))


def _equipped(options: argparse.Namespace, settings: Settings, configs: Path, console: Console) -> Equipped:
    state, manager = prepare(settings, configs)
    manager.load_equipments(options.equipment)
    start_logging(settings, (*settings.secrets, *manager.secrets), console, options.loudness)
    return settings, state, manager
