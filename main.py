"""Real controllers run a simulated building: ``python main.py --help``. Nothing of the product imports this file.

It looks whether this Python and what is installed will do before anything else is imported: even an old Python can read
it. The verbs are in ``commands/``. Measurements and storms, which are commands too, borrow :func:`guard`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

OLDEST = (3, 11)
HOME = Path(__file__).resolve().parent
ACTIVATE = ".venv\\Scripts\\activate" if os.name == "nt" else "source .venv/bin/activate"


def too_old(version: tuple[int, ...]) -> str | None:
    """What to do about this Python, in one line; None where it will do."""
    if version >= OLDEST:
        return None
    here, needed = (".".join(map(str, numbers[:2])) for numbers in (version, OLDEST))
    return f"Python {here} is too old: {needed} or newer is needed, as in: python{needed} main.py"


def not_installed(error: BaseException, usual: Path = HOME / ".venv", listed: str = "requirements.txt") -> str | None:
    """What to do about a package that is missing, in one line; None for other errors, and for a module of ours.

    Where the README's environment exists and this Python is another one, that is all that is wrong.
    """
    name = ((error.name if isinstance(error, ModuleNotFoundError) else "") or "").partition(".")[0]
    if not name or (HOME / name).is_dir():
        return None
    if usual.is_dir() and usual not in Path(sys.executable).parents:
        return f'{name} is not installed in this Python; activate the environment first: cd "{HOME}" && {ACTIVATE}'
    what = f"{name} is not installed; install what is needed: "
    return f'{what}"{sys.executable or "python"}" -m pip install -r "{HOME / listed}"'


def guard() -> None:
    """From here on a package that is missing ends this process with one line and exit code 2, not with a traceback."""
    _refuse(too_old(sys.version_info[:2]))
    others = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _refuse(not_installed(error, listed="requirements-dev.txt"))
        others(kind, error, trace)

    sys.excepthook = tell


def _refuse(told: str | None) -> None:
    if told is not None:
        os.write(2, f"{told}\n".encode())  # streams of ours may stand before the real ones
        os._exit(2)


def run() -> None:
    """Run the command; this process is the command."""
    _refuse(too_old(sys.version_info[:2]))
    try:
        from commands.entry import run as begin

        begin()
    except ModuleNotFoundError as error:
        _refuse(not_installed(error))
        raise
    except KeyboardInterrupt:
        os._exit(130)


if __name__ == "__main__":
    run()
