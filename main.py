"""Real controllers run a simulated building: ``python main.py --help``. Nothing of ours imports this file.

It looks whether this Python and what is installed will do before anything else is imported: even an old Python can read
it. The verbs are in ``commands/``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

OLDEST = (3, 11)
HOME = Path(__file__).resolve().parent


def too_old(version: tuple[int, ...]) -> str | None:
    """What to do about this Python, in one line; None where it will do."""
    if version >= OLDEST:
        return None
    here, needed = (".".join(map(str, numbers[:2])) for numbers in (version, OLDEST))
    return f"Python {here} is too old: {needed} or newer is needed, as in: python{needed} main.py"


def not_installed(error: ModuleNotFoundError) -> str | None:
    """What to do about a package that is missing, in one line; None where it is a module of ours."""
    name = (error.name or "").partition(".")[0]
    if not name or (HOME / name).is_dir():
        return None
    what = f"{name} is not installed; install what is needed: "
    return f'{what}"{sys.executable}" -m pip install -r "{HOME / "requirements.txt"}"'


def run() -> None:
    """Run the command; this process is the command."""
    try:
        import signal

        from utils.process.quiet_start import end_quietly

        signal.signal(signal.SIGINT, end_quietly)  # before the imports that take their time
        from commands.line import process

        process()
    except ModuleNotFoundError as error:
        told = not_installed(error)
        if told is None:
            raise
        os.write(2, f"{told}\n".encode())  # streams of ours may stand before the real ones
        os._exit(2)
    except KeyboardInterrupt:
        os._exit(130)


if __name__ == "__main__":
    objection = too_old(tuple(sys.version_info[:2]))
    if objection is not None:
        sys.stderr.write(f"{objection}\n")
        sys.exit(2)
    run()
