"""``python main.py supervise PROGRAM [PROGRAM...] --config FILE``: runs programs until Ctrl+C, or for so many steps."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from utils.arguments import count
from utils.home import HOME
from utils.interruption import until_done
from utils.state_folder import StateFolder

if TYPE_CHECKING:
    from supervisory.console import ProgramView
    from supervisory.supervision import Supervision

_NOT_GIVEN_BACK = "what was taken has NOT been given back; the guardian does it now"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    what = "one that ships (duct_static_reset), a name in the config, or file.py[:Class]"
    parser.add_argument("programs", nargs="+", metavar="PROGRAM", help=what)
    what = "JSON: transport, devices and points; examples in configs/supervisory"
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help=what)
    parser.add_argument("--dry-run", action="store_true", help="write nothing; print what would be written")
    parser.add_argument("--steps", type=count, metavar="N", help="end after so many rounds")
    parser.add_argument("--env", type=Path, default=HOME / ".env", help="settings file")


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the programs; returns the exit code. Raises :class:`utils.errors.BridgeError`."""
    # Here, because BACnet and the HTTP clients take a second to import, which --help should not wait for.
    from bridge.commands.common import start_logging
    from supervisory.console import print_program_summary, program_view
    from supervisory.setup.plan import plan_run
    from supervisory.setup.settings import settings_for
    from supervisory.supervision import Supervision

    plan = plan_run(options.programs, options.config, Path.cwd())
    settings = settings_for(plan.config, options.env, os.environ, HOME)
    start_logging(settings, settings.secrets, console)
    supervision = Supervision(
        plan,
        settings,
        StateFolder(settings.state_dir),
        steps=options.steps,
        dry_run=options.dry_run,
        tell=lambda program, line: console.print(f"{program}: {line}", highlight=False, markup=False),
    )
    with program_view(console) as view:
        summary = until_done(
            supervision.execute,
            supervision.request_stop,
            thread_name="supervision",
            second=_NOT_GIVEN_BACK,
            tick=lambda: _show(supervision, view),
        )
        _show(supervision, view)
    if options.dry_run:
        console.print("dry run: nothing was written")
    print_program_summary(console, summary)
    return summary.exit_code


def _show(supervision: Supervision, view: ProgramView) -> None:
    runtime = supervision.runtime
    view.update(runtime.now if runtime is not None else None, supervision.status())
