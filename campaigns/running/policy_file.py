"""The file of a cell's policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, TypeAlias

from campaigns.cell import CellParameters
from utils.errors import BridgeError, ConfigError, Problem

MakePolicy: TypeAlias = Callable[[Any], Callable[[Any], Any]]
"""Given the environment, it answers with a function from an observation to an action."""
_MARK = ".py:"


def load_policy(parameters: CellParameters, folder: Path) -> MakePolicy:
    """Run the file, and take the name out of it. Raises :class:`ConfigError`."""
    file, name = policy_file(parameters, folder), str(parameters.policy).rpartition(":")[2]
    spec = spec_from_file_location(f"policy_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ConfigError([Problem("policy", f"{file} cannot be loaded")])
    module = module_from_spec(spec)
    with own_code(str(file)):
        spec.loader.exec_module(module)
    made: MakePolicy | None = getattr(module, name, None)
    if not callable(made):
        raise ConfigError([Problem("policy", f"{file} has no {name} that can be called with an environment")])
    return made


@contextmanager
def own_code(told: str) -> Iterator[None]:
    """Around code of the user's. Raises :class:`ConfigError` for whatever it raises, and lets ours through."""
    try:
        yield
    except BridgeError:
        raise
    except Exception as error:  # noqa: BLE001 - it may raise anything
        raise ConfigError([Problem("policy", f"{told}: {type(error).__name__}: {error}")]) from None


def policy_file(parameters: CellParameters, folder: Path) -> Path:
    """Where it is. Raises :class:`ConfigError`."""
    told = str(parameters.policy)
    file = folder / f"{told.partition(_MARK)[0]}.py"
    if _MARK not in told or not told.partition(_MARK)[2].isidentifier():
        raise ConfigError([Problem("policy", f"{told!r} is no policy; write file.py:NAME")])
    if not file.is_file():
        raise ConfigError([Problem("policy", f"there is no file {file}")])
    return file
