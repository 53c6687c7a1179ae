"""Which building is emulated: the options that ``emulate`` and ``demo`` have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from emulators.door import CASES, STANDARD_CASE, OfficeFiles
from utils.arguments import ordinal
from utils.errors import ConfigError, Problem
from utils.home import SHIPPED
from utils.names import did_you_mean


def add_building_options(parser: argparse.ArgumentParser) -> None:
    """Which cases are served, and what the user gives of their building."""
    told = f"the test cases that are served, of {', '.join(CASES)} (default: {STANDARD_CASE} alone)"
    parser.add_argument("--cases", type=_cases, metavar="NAME,...", default=(STANDARD_CASE,), help=told)
    told = "the building's weather, an EnergyPlus weather file (default: Chicago O'Hare)"
    parser.add_argument("--weather", type=Path, metavar="FILE.epw", help=told)
    told = "the building's parameters that differ from the usual ones, as JSON"
    parser.add_argument("--parameters", type=Path, metavar="FILE", help=told)
    told = "prices of the scenario highly_dynamic, a CSV with one for each hour of the year (default: our own)"
    parser.add_argument("--prices", type=Path, metavar="FILE.csv", help=told)
    told = "the people in cases that count them are drawn from it (default: 1)"
    parser.add_argument("--people-seed", type=ordinal, metavar="N", help=told)
    told = "start cold, with the oversized valve, as BOPTEST's building does; give a warm-up of 7 days"
    parser.add_argument("--as-boptest", action="store_true", help=told)


def _cases(text: str) -> tuple[str, ...]:
    """Names of test cases, each once, in their order."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in CASES:
            guess = did_you_mean(name, CASES) or ";"
            raise argparse.ArgumentTypeError(f"there is no test case {name!r}{guess} there is {', '.join(CASES)}")
    return names


def office_files(options: argparse.Namespace) -> OfficeFiles:
    """What these options say of the building."""
    return OfficeFiles(options.weather, options.parameters, options.prices, options.as_boptest, options.people_seed)


def shipped_configs(options: argparse.Namespace) -> Path:
    """The folder of the configs that ship for the first of the cases."""
    return SHIPPED / CASES[options.cases[0]].configs


def refuse_unfit_cases(options: argparse.Namespace) -> None:
    """Raises :class:`ConfigError` for options that the cases cannot have."""
    if options.legacy and len(options.cases) > 1:
        told = f"serves one test case, not {', '.join(options.cases)}; name one with --cases, or leave --legacy out"
        raise ConfigError([Problem("--legacy", told)])
    if options.people_seed is not None and not any(CASES[name].peopled for name in options.cases):
        told = f"nobody is counted in {', '.join(options.cases)}; name a case that does with --cases, or leave it out"
        raise ConfigError([Problem("--people-seed", told)])
    without = [name for name in options.cases if not CASES[name].parametric]
    if without and (options.parameters or options.as_boptest):
        told = f"are of the office, and {without[0]} is another building; leave out one or the other"
        raise ConfigError([Problem("--parameters, --as-boptest", told)])
