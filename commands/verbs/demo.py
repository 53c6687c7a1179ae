"""``python main.py demo``: the bridge against embedded emulators of both peers, with nothing to configure."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bridge.purpose import Purpose
from bridge.run import Run
from commands.building import add_building_options, office_files, refuse_unfit_cases, shipped_configs
from commands.common import add_state_option, equip, run_bridge
from commands.page import USUAL_PORT, PageWish, add_page_option, page_settings
from commands.parser import add_loudness
from commands.recordings import OF_RECORDINGS, recording_of_demo
from commands.unused import unused_settings
from commands.verbs.emulate import add_bacnet_option
from emulators.door import CASES, DAY_STEPS, MAKES, PERIODS, DemoPlan, building_identity, demo_peers, read_variant
from utils.arguments import count, factor, moment
from utils.home import COMMAND, HOME
from utils.logging_config import end_logging
from utils.settings import load_settings

SCENARIOS: Mapping[str, datetime] = {
    "summer-morning": datetime(2023, 7, 6, 5, 30),
    "winter-morning": datetime(2023, 1, 10, 5, 30),
    "spring-morning": datetime(2023, 4, 20, 5, 30),
    "winter-weekend": datetime(2023, 1, 14, 5, 30),
}
_USUAL = "summer-morning"
_MAKES = tuple(make for make in MAKES if make != "ecy")

EXAMPLES = ("demo", "demo --scenario winter-morning --units US", "demo --bacnet --time-scale 60")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """When, how long, how fast, and what the peers are like."""
    when = parser.add_mutually_exclusive_group()
    named = ", ".join(f"{name} ({start.day} {start:%B %H:%M})" for name, start in SCENARIOS.items())
    own = ", ".join(f"{name} begins {case.begins:%d %B %H:%M}" for name, case in CASES.items() if case.begins)
    told = f"when: {named} (default: {_USUAL}); {own}"
    when.add_argument("--scenario", choices=SCENARIOS, metavar="NAME", help=told)
    when.add_argument("--start", type=moment, metavar="TIME", help="when, as in '2023-01-10 05:30'")
    told = f"a period of BOPTEST's, the two weeks around a day: {', '.join(PERIODS)}"
    when.add_argument("--period", choices=PERIODS, metavar="NAME", help=told)
    add_state_option(when)
    told = f"end after so many steps of 5 s (default: {DAY_STEPS}, which is 14 hours; with --period the whole of it)"
    parser.add_argument("--steps", type=count, metavar="N", help=told)
    parser.add_argument(
        "--time-scale", type=factor, metavar="X", default=0.0, help="simulated s per s; 0 = as fast as possible"
    )
    parser.add_argument("--units", choices=("SI", "US"), default="SI", help="of the controllers")
    parser.add_argument("--legacy", action="store_true", help="a BOPTEST server of the old kind")
    add_building_options(parser)
    add_bacnet_option(parser)
    told = (
        "how the bridge speaks to the controllers: over their REST API (default), or over BACnet/IP; "
        f"{', '.join(_MAKES)}: over BACnet/IP, to others than ECYs, as emulate has them"
    )
    parser.add_argument("--controllers", choices=("rest", "bacnet", *_MAKES), default="rest", help=told)
    seen = parser.add_mutually_exclusive_group()
    add_page_option(seen, f"port of the live page (default: {USUAL_PORT}, or the next one that is free)")
    seen.add_argument("--no-page", action="store_true", help="no live page")
    add_loudness(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Start both emulators and run the ordinary bridge against them, in a folder that is gone afterwards.

    The recording stays, where those of other runs are.
    """
    notes = ["Embedded building and controllers; nothing real is driven. Ctrl+C ends."]
    if options.time_scale != 1:
        notes.append("Loop timers do not run in real time: a view of sequences, not of tuning.")
    notes += unused_settings("demo", but=OF_RECORDINGS)
    recorded = recording_of_demo()
    notes += recorded.notes
    refuse_unfit_cases(options)
    plan = _plan(options)
    office = read_variant(plan.office)  # says what is wrong with the files before anything is started
    building = {**plan.office.as_fact(), "identity": building_identity(plan.cases[0], office)}
    with tempfile.TemporaryDirectory(prefix="bench-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with demo_peers(COMMAND, shipped_configs(options), folder, plan) as peers:
            notes += peers.bacnet
            settings = load_settings(None, {**peers.variables, **recorded.variables}, folder)
            settings, state, manager = equip(settings, peers.configs, console, options.loudness)
            run_of_it = Run(
                settings,
                manager,
                state,
                steps=options.steps or (None if plan.period else DAY_STEPS),
                scan_with_simulation=True,
                purpose=Purpose("demo", {"building": building}, state=options.from_state),
            )
            try:
                is_shown = options.loudness != "quiet"
                return run_bridge(run_of_it, console, notes=notes, shown=is_shown, page=_page(options))
            finally:
                end_logging()  # its file is in the folder that goes now


def _page(options: argparse.Namespace) -> PageWish | None:
    """Always, unless somebody does not want it, or does not want to be told where it is."""
    if options.no_page or (options.loudness == "quiet" and options.page is None):
        return None
    port = USUAL_PORT if options.page is None else options.page
    return PageWish(port, page_settings(HOME / ".env", HOME), moves=True, periods=PERIODS)


def _plan(options: argparse.Namespace) -> DemoPlan:
    return DemoPlan(
        start=options.start or _usual_start(options),
        period=options.period,
        unit_system=options.units,
        time_scale=options.time_scale,
        legacy=options.legacy,
        bacnet_port=options.bacnet,
        cases=options.cases,
        over_bacnet=options.controllers != "rest",
        make=options.controllers if options.controllers in _MAKES else "ecy",
        office=office_files(options),
    )


def _usual_start(options: argparse.Namespace) -> datetime:
    """That of the scenario; without one, when the first of the cases has something to show."""
    if options.scenario is not None:
        return SCENARIOS[options.scenario]
    return CASES[options.cases[0]].begins or SCENARIOS[_USUAL]
