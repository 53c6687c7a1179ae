"""Whatever is wrong in a file that people write, they are told in our words and not in those of a library."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import BaseModel

from campaigns.cell import CellParameters
from campaigns.reading.file import CampaignFile
from equipment.config_json import JsonDocument, judge
from equipment.config_model import EquipmentConfig
from supervisory.release_rules import ReleaseRules
from supervisory.setup.config import SupervisoryConfig

FILES: list[type[BaseModel]] = [EquipmentConfig, SupervisoryConfig, ReleaseRules, CampaignFile, CellParameters]
if find_spec("gymnasium") is not None:
    from learning.spaces.model import SpacesFile

    FILES.append(SpacesFile)
WRONG: Sequence[object] = (
    5,
    -1,
    1.5,
    1e300,
    "",
    "x",
    True,
    None,
    [],
    [1],
    ["x"],
    [{}],
    [[]],
    {},
    {"x": 1},
    {"x": {}},
    {"x": []},
)


def models(of: object) -> Iterator[type[BaseModel]]:
    """A model, and all that its fields are made of."""
    if isinstance(of, type) and issubclass(of, BaseModel):
        yield of
        for field in of.model_fields.values():
            yield from models(field.annotation)
    for part in typing.get_args(of):
        yield from models(part)


@pytest.mark.parametrize("model", dict.fromkeys(model for file in FILES for model in models(file)))
def test_what_is_wrong_with_a_field_is_told_in_words_of_ours(model: type[BaseModel]) -> None:
    told = [
        str(problem)
        for name, field in model.model_fields.items()
        for value in WRONG
        for problem in problems(model, {field.alias or name: value})
    ]
    assert [line for line in told if "Input should" in line or "Value error" in line] == []
    assert not model.model_fields or told


def problems(model: type[BaseModel], content: dict[str, object]) -> tuple[object, ...]:
    return judge(JsonDocument(Path("file.json"), json.dumps(content), content), model, {}).problems  # type: ignore[arg-type]
