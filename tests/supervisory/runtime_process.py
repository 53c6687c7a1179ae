"""A runtime without programs, as a child process: it takes slots, says so, and lives until it is ended.

``python -m tests.supervisory.runtime_process STATE SILENCE_S,DOUBT_S,END_S DEVICE...`` takes slot 12 of the first two
analog values of each controller. Settings come from the environment. It prints the guardian's process number, then
``written``, and the number of each later guardian.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from clients.making import Credentials, DeviceClients
from supervisory.guard.custody import Charge, guarded
from supervisory.guard.gate import SlotCommand
from utils.process.interruption import on_signals
from utils.settings import SettingsSource
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

PRIORITY = 12
PROGRAM = "reset"
VALUES = {1: 200.0, 2: 14.0}


def main(state_dir: str, times: str, *devices: str) -> None:
    """Take the slots and hold them."""
    settings = SettingsSource.read(None, os.environ, Path(state_dir))
    state, ended = StateFolder(Path(state_dir)), threading.Event()
    interface = os.environ.get("INTERFACE")
    credentials = {device: Credentials(interface=interface) for device in devices}
    with DeviceClients(settings, state) as factory:
        clients = {device: factory.client_for(device, credentials[device]) for device in devices}
        charge = Charge([PROGRAM], clients, credentials, settings, *map(float, times.split(",")))
        with guarded(charge, state) as custody, on_signals(ended.set, "nothing is given back"):
            custody.enabling.switch(True)
            leave = custody.gate.admit(PROGRAM)
            assert leave is not None
            commands = [
                SlotCommand(device, ObjectRef(ObjectType.ANALOG_VALUE, instance), "", value, PRIORITY)
                for device in devices
                for instance, value in VALUES.items()
            ]
            errors = [result.error for result in custody.gate.write(leave, commands) if result.error is not None]
            _say(str(custody.guard.pid))
            _say(f"{errors[0]}" if errors else "written")
            told = custody.guard.pid
            while not ended.wait(0.05):
                if custody.guard.is_watching and custody.guard.pid != told:
                    told = custody.guard.pid
                    _say(str(told))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
