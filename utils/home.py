"""Where the program lives, what it is called there, and where its user's files are looked for.

It runs from a checkout, where everything is beside ``main.py``, or installed, as ``building-bench``: then ``.env`` and
``configs/`` are those of the current folder, and the state is the user's own, so that runs see each other from wherever
they are started. Nothing is ever written below what is installed.
"""

from __future__ import annotations

import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

from platformdirs import user_state_path

DISTRIBUTION = "building-bench"
ROOMS = Path(__file__).resolve().parents[1]
"""The folder that this package is in, and all others of ours."""
_MAIN, _PROJECT = ROOMS / "main.py", ROOMS / "pyproject.toml"
_EXAMPLE = ".env.example"
IS_CHECKOUT = _MAIN.is_file() and _PROJECT.is_file()
HOME = ROOMS if IS_CHECKOUT else Path.cwd()
"""The folder of ``.env`` and ``configs/``: that of ``main.py``, or the current one."""
USUAL_STATE = Path(".state") if IS_CHECKOUT else user_state_path(DISTRIBUTION, appauthor=False)
"""The state folder where nothing else is said; a relative one counts from ``HOME``."""
SHIPPED = ROOMS / "configs"
"""The configs that come with the program."""
DEMO_CONFIGS = SHIPPED / "demo"
"""The controllers of the demo."""
CALLED = "python main.py" if IS_CHECKOUT else DISTRIBUTION
"""What a person types to start it."""
COMMAND = (sys.executable, str(_MAIN)) if IS_CHECKOUT else (sys.executable, "-P", "-m", "commands")
"""What a process starts it with. Modules in the current folder do not get in the way."""


@cache
def version() -> str:
    """Which version this is."""
    if not IS_CHECKOUT:
        return metadata.version(DISTRIBUTION)
    told: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return told


def example_env() -> str:
    """The text of ``.env.example``."""
    file, shipped = ROOMS / _EXAMPLE, () if IS_CHECKOUT else metadata.files(DISTRIBUTION) or ()
    for told in shipped:
        file = Path(str(told.locate())) if told.name == _EXAMPLE else file
    return file.read_text(encoding="utf-8")


def install(extra: str) -> str:
    """What a person types to add what an extra needs."""
    if IS_CHECKOUT:
        return f"pip install -r requirements-{extra}.txt"
    return f'pip install ".[{extra}]", in the folder of its sources'
