"""Run as a script, in a process of its own: one call of the EnergyPlus engine, with the command-line arguments given.

The engine is a library that keeps state, prints, writes to the current folder and may end the process; none of that
happens to the caller. The exit code is the engine's own.
"""

from __future__ import annotations

import importlib
import sys


def main() -> int:
    """Pass the arguments to the engine and return what it returns."""
    api = importlib.import_module("pyenergyplus.api").EnergyPlusAPI()
    state = api.state_manager.new_state()
    return int(api.runtime.run_energyplus(state, sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
