"""A guarded run that lives until it is killed: settings in the environment, configs named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bridge.run import Run
from commands.common import prepare
from tests.bridge.looking import activations
from tests.bridge.rig import in_background
from tests.waiting import DEADLINE_S, eventually
from utils.settings import load_settings


def main() -> None:
    """Prints the guardian's process number when everything has been taken."""
    settings = load_settings(None, os.environ, Path.cwd())
    state, manager = prepare(settings, Path(sys.argv[1]))
    manager.load_equipments()
    run = Run(settings, manager, state, guarded=True)
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        run.hand.hold_point("AHU", "FanSpeed", 42, "Ann")
        eventually(lambda: all(one.is_in_force for one in run.hand.held))
        sys.stdout.write(f"{run.guardian}\n")
        sys.stdout.flush()
        future.result(DEADLINE_S)


if __name__ == "__main__":
    main()
