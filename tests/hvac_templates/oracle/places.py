"""Where things are: the example models, the weather, the engine's programs, and the folder for what can be kept."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from hvac_templates.engine import EngineMissing, engine_folder

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES_VARIABLE = "HVAC_EXAMPLES"
CACHE_VARIABLE = "HVAC_ORACLE_CACHE"
WEATHER = "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
_PREFIX = "HVACTemplate-"


class NoExamples(Exception):
    """The example models are not on this computer."""


def examples_folder() -> Path:
    """The folder with the example models and manifest.json. Raises :class:`NoExamples`."""
    given = os.environ.get(EXAMPLES_VARIABLE)
    folder = Path(given) if given else ROOT.parent / "shared" / "data" / "hvactemplate"
    if not (folder / "manifest.json").is_file():
        raise NoExamples(f"no manifest.json in {folder}; set {EXAMPLES_VARIABLE} to the folder of the examples")
    return folder


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """The cases of the manifest by name, such as ``5ZonePTAC``. Raises :class:`NoExamples`."""
    content = json.loads((examples_folder() / "manifest.json").read_text(encoding="utf-8"))
    return {case["name"]: case for case in content["cases"]}


def example(name: str) -> dict[str, Any]:
    """An example model by its name in the manifest, with or without ``5Zone``. Raises ``KeyError``."""
    cases = manifest()
    case = cases.get(name) or cases[f"5Zone{name}"]
    model: dict[str, Any] = json.loads((examples_folder() / case["epjson"]).read_text(encoding="utf-8"))
    return model


def load(name_or_file: str) -> dict[str, Any]:
    """An example by name, or a model from a file."""
    if name_or_file.endswith(".epJSON"):
        model: dict[str, Any] = json.loads(Path(name_or_file).read_text(encoding="utf-8"))
        return model
    return example(name_or_file.removeprefix(_PREFIX))


def weather() -> Path:
    """The weather file that the manifest's numbers were made with. Raises ``EngineMissing``."""
    return engine_folder() / "pyenergyplus" / "data" / "weather" / WEATHER


def expand_objects() -> Path:
    """EnergyPlus' own expansion program. Raises ``EngineMissing``."""
    for name in ("ExpandObjects", "ExpandObjects.exe"):
        if (program := engine_folder() / name).is_file():
            return program
    raise EngineMissing(f"ExpandObjects is not in {engine_folder()}")


def kept(kind: str, question: object) -> Path:
    """The file in the cache that holds, or will hold, the answer to a question (anything JSON can say)."""
    text = json.dumps(question, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
    file = _cache_folder() / kind / digest[:2] / f"{digest}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def read_kept(file: Path) -> Any:  # noqa: ANN401 - whatever was kept
    """What was kept in a file of the cache; None where nothing was."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def keep(file: Path, answer: object) -> None:
    """Put an answer into the cache; several threads and processes may do so at once."""
    draft = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    draft.write_text(json.dumps(answer), encoding="utf-8")
    draft.replace(file)


def _cache_folder() -> Path:
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "building-bench" / "oracle"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "building-bench" / "oracle"
