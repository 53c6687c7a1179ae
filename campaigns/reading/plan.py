"""The plan of a campaign: all of its cells, checked, with what decides their results in a digest of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from campaigns.cell import Cell, CellParameters, Hashes
from campaigns.reading.checking import Checking
from campaigns.reading.document import read_yaml
from campaigns.reading.expanding import Written, expanded
from campaigns.reading.file import CELL_KEYS, FILE_KEYS, CampaignFile
from equipment.config_json import JsonDocument, Judged, Keys, check, judge
from utils.errors import ConfigError, Problem, Problems

Told: TypeAlias = tuple[str, str]
_KEYS: Keys = {(): CELL_KEYS}
_MOST_TOLD = 20
"""Problems; a grid repeats one on many cells."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What is to be run. ``file`` is absolute."""

    file: Path
    settings: CampaignFile
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return self.settings.title or self.file.stem


def plan_campaign(file: Path) -> CampaignPlan:
    """Read a campaign's file. Raises :class:`ConfigError` with every problem of it."""
    document = read_yaml(file)
    settings = check(document, CampaignFile, FILE_KEYS)
    written = expanded(document, settings)
    cells = tuple(_cells(written, file))
    _refuse_twins(written, cells)
    return CampaignPlan(file.resolve(), settings, cells)


def _cells(written: Sequence[Written], file: Path) -> Sequence[Cell]:
    checking, told, cells = Checking(file.resolve().parent), dict[Told, list[str]](), list[Cell]()
    for number, (where, says) in enumerate(written, start=1):
        judged = _judged(says, file)
        wrong = {place[0] for place in judged.places}
        parameters = judged.model or _judged({key: it for key, it in says.items() if key not in wrong}, file).model
        found = (
            [] if parameters is None else [one for one in checking.problems_of(parameters) if one.where not in wrong]
        )
        for problem in (*judged.problems, *found):
            told.setdefault((problem.where, problem.what), []).append(where)
        if parameters is not None and not told:
            hashes = checking.hashes_of(parameters)
            cells.append(
                Cell(number, parameters, hashes, digest_of(parameters, hashes, checking.office_of(parameters)))
            )
    _refuse(told, file)
    return cells


def _judged(says: Mapping[str, Any], file: Path) -> Judged[CellParameters]:
    return judge(JsonDocument(file, json.dumps(says), dict(says)), CellParameters, _KEYS)


def digest_of(parameters: CellParameters, hashes: Hashes, office: str) -> str:
    """Of everything that decides a cell's results, however it was written."""
    content = {"parameters": parameters.model_dump(mode="json"), **asdict(hashes), "office": office}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _refuse(told: Mapping[Told, Sequence[str]], file: Path) -> None:
    """Each problem once, with the first cell that has it and how many more there are."""
    problems = Problems()
    for (key, what), places in [*told.items()][:_MOST_TOLD]:
        more = f" (and in {len(places) - 1} more cells)" if len(places) > 1 else ""
        problems.add([Problem(f"{places[0]}: {key.removeprefix(f'{file.name}: ')}", f"{what}{more}")])
    if len(told) > _MOST_TOLD:
        problems.add([Problem("and more", f"{len(told) - _MOST_TOLD} further problems are not shown")])
    problems.refuse()


def _refuse_twins(written: Sequence[Written], cells: Sequence[Cell]) -> None:
    first: dict[str, int] = {}
    for cell in cells:
        if cell.digest in first:
            where = written[cell.number - 1][0]
            raise ConfigError([Problem(where, f"is the same cell as number {first[cell.digest]}; keep one")])
        first[cell.digest] = cell.number
