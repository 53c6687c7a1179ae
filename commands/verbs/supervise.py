"""``python main.py supervise PROGRAM [PROGRAM...] --config FILE``: runs programs until Ctrl+C, or for so many steps."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from commands.parser import add_loudness
from utils.alone import Alone
from utils.arguments import count
from utils.errors import BridgeError, ConfigError, Problems
from utils.home import HOME
from utils.process.interruption import until_done
from utils.process.outlet import drain_all
from utils.status_file import StatusFile

if TYPE_CHECKING:
    from supervisory.console import ProgramView
    from supervisory.runtime.runtime import RuntimeSummary
    from supervisory.setup.plan import RunPlan
    from supervisory.supervision import Supervision
    from utils.settings import SettingsSource

log = logging.getLogger(__name__)

_LAST_WORDS_S = 1.0
_NOT_GIVEN_BACK = "what was taken has NOT been given back; the guardian does it now"

EXAMPLES = ("supervise duct_static_reset --config configs/supervisory/duct_static_reset.demo.json",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    what = "one that ships (as duct_static_reset; docs/programs has them all), a name in the config, or file.py[:Class]"
    parser.add_argument("programs", nargs="+", metavar="PROGRAM", help=what)
    what = "JSON: transport, devices and points; examples in configs/supervisory"
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help=what)
    parser.add_argument("--dry-run", action="store_true", help="write nothing; print what would be written")
    parser.add_argument("--steps", type=count, metavar="N", help="end after so many rounds")
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")
    add_loudness(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the programs; returns the exit code. Raises :class:`utils.errors.BridgeError`."""
    # Here, because BACnet and the HTTP clients take a second to import, which --help should not wait for.
    from bridge.display.console import print_recording
    from bridge.display.receipts import THE_DISPLAY, say
    from commands.logs import start_logging, state_folder
    from supervisory.console import print_program_summary, program_view
    from supervisory.metrics import metrics_of
    from supervisory.setup.settings import settings_for
    from supervisory.supervision import Supervision
    from utils.settings import LocalSettings

    plan = _planned(options)
    settings = settings_for(plan.config, options.env, os.environ, HOME)
    local = settings.part(LocalSettings)
    start_logging(local, settings.secrets, console, options.loudness)
    told, state = Alone(), state_folder(local)
    for note in _notes(plan, settings):
        say(console, note)

    def tell(program: str, line: str) -> None:
        with told.step(THE_DISPLAY):
            say(console, f"{program}: {line}")

    supervision = Supervision(plan, settings, state, steps=options.steps, dry_run=options.dry_run, tell=tell)
    status = StatusFile(local.status_file, "supervise", lambda: metrics_of(supervision.status()))
    with program_view(console, shown=options.loudness != "quiet") as view, status:
        try:
            summary = _executed(supervision, view, status, is_guarded=not options.dry_run)
        except BridgeError:
            view.rest()
            print_recording(console, supervision.recording)
            raise
        with told.step(THE_DISPLAY):
            _show(supervision, view)
    with told.step("the display of the summary"):
        if options.dry_run:
            say(console, "dry run: nothing was written")
        print_program_summary(console, summary, supervision.recording)
    return summary.exit_code


def _executed(supervision: Supervision, view: ProgramView, status: StatusFile, *, is_guarded: bool) -> RuntimeSummary:
    def tick() -> None:
        status.tick()
        _show(supervision, view)

    return until_done(
        supervision.execute,
        supervision.request_stop,
        thread_name="supervision",
        second=_NOT_GIVEN_BACK,
        tick=tick,
        halt=lambda: _stopped(view, is_guarded=is_guarded),
    )


def _notes(plan: RunPlan, settings: SettingsSource) -> Iterable[str]:
    from commands.unused import settings_of_no_use
    from utils.settings import SimulationSettings

    return settings_of_no_use(settings.part(SimulationSettings)) if plan.config.is_simulated else ()


def _planned(options: argparse.Namespace) -> RunPlan:
    """The plan. Where there can be none, what is wrong with the settings of every transport is told with it."""
    from supervisory.setup.plan import plan_run
    from utils.settings import LocalSettings, SettingsSource

    problems = Problems()
    with problems.collecting():
        return plan_run(options.programs, options.config, Path.cwd())
    with problems.collecting():
        SettingsSource.read(options.env, os.environ, HOME).check(LocalSettings)
    raise ConfigError(problems.found)


@contextmanager
def _stopped(view: ProgramView, *, is_guarded: bool) -> Iterator[None]:
    """Around a stop with Ctrl+Z: says before it, while it can, that the guardian takes a stopped process for frozen."""
    from ledger import SILENCE_S

    with Alone().step("clearing the display"):
        view.rest()
    what = f"in {SILENCE_S:.0f} s the guardian takes it for frozen, gives back what programs hold, and ends it"
    log.warning("stopped with Ctrl+Z: %s", what if is_guarded else "nothing is written in a dry run; fg goes on")
    drain_all(_LAST_WORDS_S)
    yield


def _show(supervision: Supervision, view: ProgramView) -> None:
    runtime = supervision.runtime
    view.update(runtime.now if runtime is not None else None, supervision.status())
