"""The config of a cell's programs: that of its file, with the cell's parameters in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from campaigns.cell import CellParameters, Hashes
from equipment.config_json import read_document
from supervisory.setup.loading import files_of
from supervisory.setup.plan import RunPlan, load_config, plan_run
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_OF_A_REAL_RUN = ("interface", "step_log")
"""Cells run side by side: each has its own switch, and no log beside the config."""


@contextmanager
def planned(parameters: CellParameters, folder: Path) -> Iterator[RunPlan]:
    """The plan of a cell's programs. The config file that it was made of is gone afterwards.

    Relative paths count from ``folder``. Raises :class:`ConfigError` with every problem.
    """
    file = folder / str(parameters.supervise)
    content = _changed(file, parameters)
    with TemporaryDirectory(prefix="cell-", ignore_cleanup_errors=True) as name:
        changed = Path(name) / file.name
        changed.write_text(json.dumps(content), encoding="utf-8")
        yield plan_run(parameters.programs or [*content["programs"]], changed, folder)


def hashes_of(plan: RunPlan, parameters: CellParameters, folder: Path) -> Hashes:
    """What the results of programs depend on beside their parameters: the config's text, and the programs'."""
    config = sha256((folder / str(parameters.supervise)).read_bytes())
    program = sha256()
    for one in plan.programs:
        for file in sorted(files_of(one.kind), key=lambda file: file.name):
            program.update(file.name.encode() + b"\0" + file.read_bytes())
    return Hashes(config.hexdigest()[:16], program.hexdigest()[:16])


def _changed(file: Path, parameters: CellParameters) -> dict[str, Any]:
    _, config = load_config(file)
    if not config.is_simulated:
        what = f"cells run programs on the simulation; this has {config.transport}"
        raise ConfigError([Problem(f"{file.name}: transport", what)])
    content: Any = read_document(file).content
    problems = []
    for program, changes in parameters.parameters.items():
        if program not in content.get("programs", {}):
            known = content.get("programs", {})
            problems.append(Problem(f"parameters.{program}", f"{file.name} has no such program{_near(program, known)}"))
            continue
        entry = content["programs"][program]
        entry["parameters"] = {**entry.get("parameters", {}), **changes}
    if not content.get("programs"):
        problems.append(Problem(f"{file.name}: programs", "is empty; name the programs that run"))
    if problems:
        raise ConfigError(problems)
    return _moved(content, file.resolve().parent)


def _moved(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same from another folder."""
    for entry in content["programs"].values():
        if str(entry.get("program", "")).partition(":")[0].endswith(".py"):
            entry["program"] = str(folder / entry["program"])
    return {key: value for key, value in content.items() if key not in _OF_A_REAL_RUN}


def _near(program: str, known: Mapping[str, object]) -> str:
    return did_you_mean(program, known) or f"; it has {', '.join(known)}"
