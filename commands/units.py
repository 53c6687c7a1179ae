"""``python main.py units``: the units that configs may use."""

from __future__ import annotations

import argparse

from rich.console import Console

from utils.unit_conversion import UnitConverter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(options: argparse.Namespace, console: Console) -> int:
    """Print one unit a line."""
    for name in UnitConverter().list_units():
        console.print(name, highlight=False, markup=False)
    return 0
