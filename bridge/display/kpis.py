"""What BOPTEST makes of a test, in words (boptest-api §12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console

from bridge.display.receipts import say
from points.indicators import INDICATORS

_LEAST = 1e-4
_MANY = 1e4


def print_kpis(console: Console, kpis: Mapping[str, float]) -> None:
    """A line for each that the case has, with its unit and with BOPTEST's own name."""
    for name, value in _known(kpis):
        words, unit = _words(name)
        say(console, f"  {words:<24} {_number(value):>9} {unit:<17}  {name}".rstrip())


def kpis_in_brief(kpis: Mapping[str, float]) -> str:
    """Those that are not 0, in a line, for a view that renews itself."""
    return ", ".join(_brief(name, value) for name, value in _known(kpis) if value and name in INDICATORS)


def _brief(name: str, value: float) -> str:
    words, unit = _words(name)
    return f"{words} {_number(value)} {unit}"


def _words(name: str) -> tuple[str, str]:
    """What it is, and its unit; one that we do not know has its own name."""
    told = INDICATORS.get(name)
    return (told.words, told.unit) if told is not None else (name, "")


def _known(kpis: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """All but those that are NaN: the case has no such indicator."""
    return ((name, value) for name, value in kpis.items() if value == value)


def _number(value: float) -> str:
    if 0 < abs(value) < _LEAST:
        return f"{'<' if value > 0 else '>-'}{_LEAST:.4f}"
    return f"{value:.4g}" if abs(value) < _MANY else f"{value:.0f}"
