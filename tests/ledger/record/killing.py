"""A process that takes things, writes them down, and is killed."""

from __future__ import annotations

import subprocess

from emulators.boptest.faults import BoptestFault as NoFault
from emulators.boptest.faults import HoldCall
from tests.bridge.rig import Rig
from tests.command_line import running, start, variables
from tests.waiting import DEADLINE_S


def killed(subject: Rig, advances: int = 1, **changed: str) -> subprocess.Popen[str]:
    """A run that has been killed in the middle of an advance, the first one or a later one."""
    subject.building.faults.add(NoFault(), "advance", times=advances - 1)
    hold = subject.building.faults.add(HoldCall(), "advance")
    with start(*running(subject), **variables(subject, **changed)) as process:
        assert hold.reached.wait(DEADLINE_S)
        process.kill()
        process.communicate()
    hold.release.set()
    return process
