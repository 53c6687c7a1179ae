"""A program's own file, started: ``python file.py --name N --instance I --address A``.

Underneath is a run like those of ``python main.py supervise``: kill switch, guardian, ledger, and whatever is taken is
given back. There is no config: the program may reach any BACnet address, and is on until an operator switches it off.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import sys
import threading
from argparse import Namespace
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console

from bridge.display.receipts import say
from clients.bacnet import with_likely_mask
from supervisory.console import print_program_summary
from supervisory.easy import EasyASO
from supervisory.easy_arguments import parsed
from supervisory.program import Parameters
from supervisory.runtime.runtime import RuntimeSummary
from supervisory.setup.config import SupervisoryConfig, Transport
from supervisory.setup.loading import check_program
from supervisory.setup.plan import ProgramPlan, RunPlan
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from utils.errors import BridgeError, ConfigError, Problem
from utils.home import HOME
from utils.logging_config import StreamLines, configure_logging, end_logging
from utils.process.interruption import on_signals
from utils.settings import LocalSettings, SettingsSource
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)

_SOMEWHERE_ELSE = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): asked for the way to it, a computer tells its own. Nothing is sent."""
_NOT_GIVEN_BACK = "what was taken has NOT been given back; the guardian does it now"


@dataclass
class _Together:
    """Programs of one process that are awaited together share a run: they are one device on the network."""

    programs: list[EasyASO] = field(default_factory=list)
    code: asyncio.Task[int] | None = None


_together = _Together()


async def run_by_itself(program: EasyASO) -> None:
    """Run a program until it is stopped, and end the process with the exit code where that is not 0."""
    together = _together
    together.programs.append(program)
    if together.code is None:
        together.code = asyncio.create_task(_run(together))
    code = await asyncio.shield(together.code)
    if code:
        asyncio.get_running_loop().set_exception_handler(_pass_over_ends)
        raise SystemExit(code)


def _pass_over_ends(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Whoever awaits several programs gets one end of the process from each, and asyncio complains of the second."""
    if not isinstance(context.get("exception"), SystemExit):
        loop.default_exception_handler(context)


async def _run(together: _Together) -> int:
    await asyncio.sleep(0)  # those who are awaited beside the first have come by now
    console = Console(soft_wrap=True, markup=False, emoji=False, highlight=False)
    try:
        return await _supervised(tuple(together.programs), console)
    except ConfigError as error:
        for problem in error.problems:
            say(console, str(problem), style="red")
        return error.exit_code
    except BridgeError as error:
        say(console, str(error), style="red")
        return error.exit_code
    finally:
        end_logging()
        together.programs.clear()
        together.code = None


async def _supervised(programs: Sequence[EasyASO], console: Console) -> int:
    options = _options(programs)
    plan = plan_by_itself(programs, options)
    settings = settings_for(plan.config, HOME / ".env", os.environ, HOME)
    local = settings.part(LocalSettings)
    configure_logging(local.log_file, local.log_level, settings.secrets, StreamLines())
    log.info("%s is %s of device %d", plan.config.own_address, plan.config.name, plan.config.instance)
    if getattr(options, "no_bacnet_server", False):
        say(console, "--no-bacnet-server: the kill switch is served all the same")
    supervision = _supervision(plan, settings, options, console)
    summary = await _executed(supervision)
    print_program_summary(console, summary, supervision.recording)
    return summary.exit_code


def _supervision(plan: RunPlan, settings: SettingsSource, options: Namespace, console: Console) -> Supervision:
    local = settings.part(LocalSettings)
    return Supervision(
        plan,
        settings,
        StateFolder(local.state_dir, local.former_state_dir),
        steps=getattr(options, "steps", None),
        dry_run=bool(getattr(options, "dry_run", False)),
        tell=lambda program, line: say(console, f"{program}: {line}"),
    )


async def _executed(supervision: Supervision) -> RuntimeSummary:
    """Run beside the loop that awaits it. Whoever cancels it waits until everything has been given back."""
    takes_signals = threading.current_thread() is threading.main_thread()
    with (
        on_signals(supervision.request_stop, _NOT_GIVEN_BACK) if takes_signals else nullcontext(),
        ThreadPoolExecutor(1, thread_name_prefix="supervision") as pool,
    ):
        future: Future[RuntimeSummary] = pool.submit(supervision.execute)
        try:
            return await asyncio.wrap_future(future)
        finally:
            supervision.request_stop()


def _options(programs: Sequence[EasyASO]) -> Namespace:
    """Those that the first program was given; else those of the command line."""
    given = programs[0].args
    return given if hasattr(given, "address") else parsed(sys.argv[1:])


def plan_by_itself(programs: Sequence[EasyASO], options: Namespace) -> RunPlan:
    """What is to be run, by the options of a command line. Raises :class:`ConfigError`."""
    config = _config(options)
    plans: list[ProgramPlan] = []
    for program in programs:
        kind = type(program)
        check_program(kind.__name__, kind)
        name = _name(kind, [plan.name for plan in plans], is_alone=len(programs) == 1)
        plans.append(ProgramPlan(name, kind, Parameters(), kind.priority, None, program.another))
    return RunPlan(config, Path.cwd(), tuple(plans), {plan.name: () for plan in plans}, is_open=True)


def _config(options: Namespace) -> SupervisoryConfig:
    told = {
        "name": getattr(options, "name", None),
        "instance": getattr(options, "instance", None),
        "interface": getattr(options, "address", None) or _own_address(),
    }
    try:
        return SupervisoryConfig.model_validate(
            {
                "transport": Transport.BACNET,
                "enabled_at_start": True,
                **{key: value for key, value in told.items() if value is not None},
            }
        )
    except ValidationError as error:
        raise ConfigError(
            Problem(f"--{'.'.join(map(str, one['loc'])).replace('interface', 'address')}", one["msg"])
            for one in error.errors()
        ) from None


def _own_address() -> str:
    """This computer's address on the way out. Raises :class:`ConfigError` where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE_ELSE)
        except OSError:
            what = "is missing; our own BACnet address with the network's mask: 192.168.0.5/24"
            raise ConfigError([Problem("--address", what)]) from None
        host: str = probe.getsockname()[0]
    return with_likely_mask(host)


def _name(kind: type[EasyASO], taken: Sequence[str], *, is_alone: bool) -> str:
    """The file's, as in ``supervise``; the class's where a file runs several."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    text = Path(file).stem if file is not None and is_alone else kind.__name__
    name = re.sub(r"[^A-Za-z0-9_-]", "-", text).lstrip("-_") or "program"
    return name if name not in taken else f"{name}-{len(taken) + 1}"
