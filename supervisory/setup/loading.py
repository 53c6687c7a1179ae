"""From a program's name or file to its class, with messages for whoever wrote it."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from supervisory.easy import EasyASO
from supervisory.program import Command, Parameters, Program, Read
from utils.bacnet import PRIORITIES
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

SHIPPED = Path(__file__).resolve().parents[1] / "programs"
OWN_OBJECTS = frozenset({"enabled", "mode", "overrides", "last-release-reason"})
"""What the runtime's device has of every program, each after the program's name."""
_HOOKS = ("on_start", "on_step", "on_stop")

ProgramClass: TypeAlias = type[Program] | type[EasyASO]


@dataclass(frozen=True, slots=True)
class LoadedProgram:
    """A program's class under the name that configs, switches and messages use."""

    name: str
    kind: ProgramClass


def load_program(text: str, base: Path) -> LoadedProgram:
    """Load a program: the name of one that ships, or a file, with ``:Class`` after it where it has several.

    A relative file counts from ``base``. Raises :class:`ConfigError`.
    """
    place, _, class_name = text.partition(":") if not _is_drive(text) else (text, "", "")
    file = base / place
    if place.endswith(".py"):
        if not file.is_file():
            raise _problem(text, f"there is no such file ({file})")
        module = _imported(text, file, f"supervised_{file.stem}")
        return LoadedProgram(file.stem, _chosen(text, module, class_name))
    if place not in shipped():
        raise _problem(text, f"is neither a .py file nor a program that ships{did_you_mean(place, shipped())}")
    return LoadedProgram(place, _chosen(text, _imported(text, None, f"supervisory.programs.{place}"), class_name))


def try_to_make(name: str, kind: ProgramClass, make: Callable[[], object]) -> None:
    """Make an instance and let it go: what its constructor raises is told before anything runs.

    Raises :class:`ConfigError`.
    """

    async def made() -> None:
        make()

    with ThreadPoolExecutor(1, thread_name_prefix="trying") as pool:
        error = pool.submit(lambda: asyncio.run(made())).exception()
    if error is not None:
        told = told_error(error, files_of(kind))
        raise _problem(f"{name}: {kind.__name__}", f"its __init__ fails: {told}")


def shipped() -> tuple[str, ...]:
    """The programs that ship."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.py") if not file.stem.startswith("_")))


def _is_drive(text: str) -> bool:
    """Whether the only colon is the one of ``C:\\...``."""
    return text[1:2] == ":" and text.count(":") == 1


def _imported(text: str, file: Path | None, name: str) -> ModuleType:
    """Import a module. Whatever it raises on the way is told with the line of the file."""
    with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
        future = pool.submit(importlib.import_module, name) if file is None else pool.submit(_import_file, file, name)
        error = future.exception()
    if error is not None:
        raise _problem(text, f"cannot be imported: {_told(error, file)}")
    return future.result()


def _import_file(file: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python module")
    folder = str(file.resolve().parent)
    if folder not in sys.path:  # behind all else: a file of the user's must not stand in for one of ours
        sys.path.append(folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass in the file looks for its own module
    spec.loader.exec_module(module)
    return module


def _told(error: BaseException, file: Path | None) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return told_error(error, [file] if file is not None else [])


def files_of(kind: ProgramClass) -> frozenset[Path]:
    """Where a program and what it is derived from are written, as far as it is not what all programs stand on."""
    names = {base.__module__ for base in kind.__mro__}
    own = (name for name in names if not name.startswith("supervisory.") or name.startswith("supervisory.programs."))
    files = (getattr(sys.modules.get(name), "__file__", None) for name in own)
    return frozenset(Path(file) for file in files if file is not None)


def told_error(error: BaseException, files: Collection[Path] = ()) -> str:
    """An error of somebody's program in one line: its last line in one of the files, its kind and its words."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename) in files] or frames
    line = f"line {own[-1].lineno} of {Path(own[-1].filename).name}: " if own else ""
    return f"{line}{type(error).__name__}{f': {error}' if str(error) else ''}"


def _chosen(text: str, module: ModuleType, class_name: str) -> ProgramClass:
    found = _programs_in(module)
    if class_name:
        if class_name not in found:
            raise _problem(text, f"has no program {class_name!r}{did_you_mean(class_name, found)}")
        return check_program(text, found[class_name])
    if not found:
        raise _problem(text, "has no program in it: no class that derives from Program or EasyASO")
    if len(found) > 1:
        raise _problem(text, f"has several programs, name one: {', '.join(f'{text}:{name}' for name in found)}")
    return check_program(text, next(iter(found.values())))


def _programs_in(module: ModuleType) -> Mapping[str, ProgramClass]:
    own = {
        name: item
        for name, item in vars(module).items()
        if inspect.isclass(item) and issubclass(item, Program | EasyASO) and item.__module__ == module.__name__
    }
    parents = {base for item in own.values() for base in item.__mro__[1:]}
    return {name: item for name, item in own.items() if item not in parents}


def check_program(text: str, kind: ProgramClass) -> ProgramClass:
    """The class, if it can be a program at all. Raises :class:`ConfigError` with every problem."""
    problems = [Problem(f"{text}: {kind.__name__}", what) for what in (*_hook_problems(kind), *_class_problems(kind))]
    if problems:
        raise ConfigError(problems)
    return kind


def _hook_problems(kind: ProgramClass) -> list[str]:
    takes, wanted = ((None,), "(self)") if issubclass(kind, EasyASO) else ((None, None), "(self, ctx)")
    problems = [f"{name} must be a function {name}{wanted}" for name in _HOOKS if not _can_take(kind, name, takes)]
    if all(getattr(kind, name) in (getattr(Program, name), getattr(EasyASO, name)) for name in ("on_start", "on_step")):
        problems.append(f"has neither on_start nor on_step; write on_step{wanted}")
    return problems


def _can_take(kind: ProgramClass, name: str, arguments: tuple[None, ...]) -> bool:
    hook = getattr(kind, name)
    if not inspect.isfunction(hook) or inspect.isgeneratorfunction(hook) or inspect.isasyncgenfunction(hook):
        return False
    try:
        inspect.signature(hook).bind(*arguments)
    except TypeError:
        return False
    return True


def _class_problems(kind: ProgramClass) -> list[str]:
    problems = []
    if kind.priority not in PRIORITIES:
        problems.append(f"priority must be 1 to 16 without 6, it is {kind.priority}")
    if issubclass(kind, EasyASO):
        return problems
    if not all(isinstance(role, Read | Command) for role in kind.points.values()):
        problems.append("points must map each role to a Read or a Command")
    if not (isinstance(kind.Settings, type) and issubclass(kind.Settings, Parameters)):
        problems.append("Settings must be a class that derives from Parameters")
    problems += [
        f"a button cannot be called {name!r}: the runtime's own objects are"
        for name in OWN_OBJECTS & kind.buttons.keys()
    ]
    if not kind.period_s > 0:
        problems.append(f"period_s must be more than 0, it is {kind.period_s}")
    return problems


def _problem(where: str, what: str) -> ConfigError:
    return ConfigError([Problem(where, what)])
