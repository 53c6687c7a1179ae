"""The EnergyPlus engine, where it is installed: its schema, its conversion of IDF files, and a simulation.

The engine comes as a wheel (requirements-engine.txt). It is found without being loaded, and runs in a child process.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import mmap
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils.errors import BridgeError, ConfigError, Problem
from utils.home import install

INSTALL = install("engine")
CONVERT_TIMEOUT_S = 120.0
RUN_TIMEOUT_S = 7200.0
_PACKAGE = "pyenergyplus"
_LIBRARIES = ("libenergyplusapi.so", "libenergyplusapi.dylib", "energyplusapi.dll")
_SCHEMA_START = b"\xa3g$schema"
"""CBOR: a map of three entries, the first with the key ``$schema``."""
_SHOWN = 5
_TOLERATED = ("Severe: HVACTemplate:", "Severe: <root>", "Fatal: Errors occurred on processing input file")
"""What the engine says of every file with templates, and of values that it would not simulate; it converts them all
the same, and the expansion has its own words for them."""
_ERROR_LINE = re.compile(r"\s*\*\*\s+(\S+)\s+\*\*\s*(.*?)\s*$")
"""A line of an error file: what kind of message, and its text."""
_CONTINUED = "~~~"
_CHILD = Path(__file__).with_name("engine_child.py")


class EngineMissing(BridgeError):
    """The engine, or what is needed to read its schema, is not installed. The message says how to install it."""


class EngineFailed(BridgeError):
    """The engine ended with an error. The message carries its own severe errors."""


@dataclass(frozen=True, slots=True)
class EngineRun:
    """How a simulation ended, and where its results are."""

    exit_code: int
    folder: Path
    severes: tuple[str, ...]
    output: str

    @property
    def completed(self) -> bool:
        """Whether the engine went through to the end."""
        return self.exit_code == 0


def engine_folder() -> Path:
    """The folder with the engine's library. Raises :class:`EngineMissing`."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise EngineMissing(f"the EnergyPlus engine is not installed; {INSTALL}")
    return Path(found.origin).parent.parent


def engine_library() -> Path:
    """The engine's shared library. Raises :class:`EngineMissing`."""
    folder = engine_folder()
    libraries = [folder / name for name in _LIBRARIES] + [folder / _PACKAGE / name for name in _LIBRARIES]
    found = next((library for library in libraries if library.is_file()), None)
    if found is None:
        raise EngineMissing(f"the EnergyPlus engine's library is not in {folder}; {INSTALL}")
    return found


def weather_file(named: Path) -> Path:
    """The weather file of that path; a bare name is also looked for among those that come with the engine.

    Raises ConfigError that lists those, and :class:`EngineMissing`.
    """
    if named.is_file():
        return named
    shipped = engine_folder() / _PACKAGE / "data" / "weather"
    if named.name == str(named) and (shipped / named).is_file():
        return shipped / named
    names = sorted(file.name for file in shipped.glob("*.epw"))
    offer = f"; the engine brings these, to be named without a folder: {', '.join(names)}" if names else ""
    raise ConfigError([Problem(str(named), f"there is no such weather file{offer}")])


def embedded_schema(library: Path | None = None) -> dict[str, Any]:
    """The JSON schema that is compiled into the engine. Takes about 0.1 s. Raises :class:`EngineMissing`.

    Source: reference, hvac-templates.md, section 0.2.
    """
    if importlib.util.find_spec("cbor2") is None:
        raise EngineMissing(f"reading the engine's schema needs the package cbor2; {INSTALL}")
    cbor2 = importlib.import_module("cbor2")
    path = library or engine_library()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content.find(_SCHEMA_START)
        if start < 0:
            raise EngineMissing(f"no schema was found in {path}; {INSTALL}")
        content.seek(start)
        schema: dict[str, Any] = cbor2.load(io.BufferedReader(_Reader(content)))
    return schema


class _Reader(io.RawIOBase):
    """A mapped file as the kind of stream that cbor2 asks for."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer, which typing cannot say before 3.12
        data = self._content.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def convert_idf(content: bytes) -> dict[str, Any]:
    """The content of an IDF file, in UTF-8, as an epJSON model, converted by the engine. Takes about half a second.

    Raises :class:`EngineMissing`, or :class:`EngineFailed` with the engine's words where the file cannot be read.
    """
    engine_folder()
    with tempfile.TemporaryDirectory(prefix="convert-") as name:
        folder = Path(name)
        copy = folder / "model.idf"
        copy.write_bytes(content)
        run = _run(["--convert-only", "-d", str(folder), str(copy)], folder, CONVERT_TIMEOUT_S)
        written = folder / "model.epJSON"
        wrong = [text for text in run.severes if not text.startswith(_TOLERATED)]
        if wrong or not written.is_file():
            raise EngineFailed(f"the engine cannot convert it: {'; '.join(wrong[:_SHOWN]) or _last_line(run)}")
        model = json.loads(written.read_text(encoding="utf-8", errors="replace"))
    if not isinstance(model, dict):
        raise EngineFailed("the engine finds no object in it")
    return model


def simulate(
    model: Mapping[str, object], weather: Path, folder: Path, *, timeout_s: float = RUN_TIMEOUT_S
) -> EngineRun:
    """Run an expanded model in the engine; its results stand in the folder, those of an earlier run are removed.

    Raises :class:`EngineMissing`, or :class:`EngineFailed` where the folder cannot be written or when it takes longer
    than ``timeout_s``.
    """
    engine_folder()
    file = folder / "in.epJSON"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("eplus*"):
            old.unlink()
        file.write_text(json.dumps(model), encoding="utf-8")
    except OSError as error:
        raise EngineFailed(f"{folder}: it cannot be written: {error.strerror}") from error
    return _run(["-w", str(weather.resolve()), "-d", str(folder.resolve()), str(file.resolve())], folder, timeout_s)


def _run(arguments: Sequence[str], folder: Path, timeout_s: float) -> EngineRun:
    command = [sys.executable, "-P", str(_CHILD), *arguments]
    try:
        ended = subprocess.run(  # noqa: S603 - our own script, no shell
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"the engine was stopped after {timeout_s:g} s") from error
    output = ended.stdout.decode("utf-8", errors="replace")
    return EngineRun(ended.returncode, folder, severe_errors(folder / "eplusout.err"), output)


def severe_errors(file: Path) -> tuple[str, ...]:
    """The severe and fatal errors of an EnergyPlus error file, each on one line; none where there is no file."""
    if not file.is_file():
        return ()
    found: list[str] = []
    is_severe = False
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if match := _ERROR_LINE.match(line):
            mark, text = match.groups()
            if mark != _CONTINUED:
                is_severe = mark in ("Severe", "Fatal")
                found += [f"{mark}: {text}"] if is_severe else []
            elif is_severe:
                found[-1] += f" {text}"
    return tuple(found)


def _last_line(run: EngineRun) -> str:
    lines = run.output.strip().splitlines()
    return lines[-1].strip() if lines else f"it ended with code {run.exit_code}"
