"""Puts drafts on disk: a new file for each equipment, points more in one that is there, and nothing in the place of
anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mapping.results.alike import folded
from mapping.results.completing import Existing, complete
from mapping.results.drafts import Content, draft, draft_point, unit_system
from mapping.results.ties import Reached, Tie
from utils.errors import ConfigError, Problem
from utils.names import is_token

_ODD = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file, what was done to it, and with how many points."""

    file: Path
    what: str
    points: int


def write_drafts(
    folder: Path,
    ties: Sequence[Tie],
    reached: Mapping[str, Reached],
    existing: Sequence[Existing] = (),
    *,
    as_one: str | None = None,
) -> list[DraftFile]:
    """Write the ties of each equipment, those with an objection left out; ``as_one`` names one file for all.

    Raises :class:`ConfigError` where a file is in the way or cannot be written.
    """
    fitting = [tie for tie in ties if tie.objection is None]
    by_equipment: dict[str, list[Tie]] = {}
    for tie in fitting:
        by_equipment.setdefault(tie.controller.equipment, []).append(tie)
    there = {one.equipment: one for one in existing}
    new = {name: own for name, own in by_equipment.items() if name not in there}
    written = [_completed(there[name], own) for name, own in by_equipment.items() if name in there]
    drafts = {name: draft(name, reached.get(name, Reached()), own) for name, own in new.items()}
    one = folded(list(drafts.values())) if as_one and len(drafts) > 1 else None
    if one is not None and as_one:
        drafts = {as_one: one}
    return [*written, *(_written(folder, name, content) for name, content in drafts.items())]


def write_new(file: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file under its name, or that name with a number where it is taken. Raises :class:`ConfigError`."""
    for number in range(1, 1000):
        free = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        try:
            free.parent.mkdir(parents=True, exist_ok=True)
            with free.open("x", encoding=encoding, newline="") as out:
                out.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise ConfigError(
                [Problem(str(free), f"cannot be written: {error.strerror}; name another --out")]
            ) from None
        return free
    raise ConfigError([Problem(str(file), "is there a thousand times; name another --out")])


def _completed(existing: Existing, ties: Sequence[Tie]) -> DraftFile:
    own = [tie for tie in ties if (tie.controller.name, str(tie.controller.object_type)) not in existing.objects]
    if own and existing.is_of_several:
        what = "left as it is: it is of several equipments (for_each); what it lacks is in the CSV"
        return DraftFile(existing.file, what, 0)
    if own:
        complete(existing, [draft_point(tie, unit_system(ties)) for tie in own])
    return DraftFile(existing.file, "completed" if own else "kept, it has them all", len(own))


def _written(folder: Path, equipment: str, content: Mapping[str, Content]) -> DraftFile:
    name = equipment if is_token(equipment) else _ODD.sub("_", equipment).strip("_") or "equipment"
    file = write_new(folder / f"{name}.json", f"{json.dumps(content, indent=2, ensure_ascii=False)}\n")
    points = content["points"]
    return DraftFile(file, "wrote", len(points) if isinstance(points, list) else 0)
