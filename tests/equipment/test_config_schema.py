from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from equipment.config_model import EquipmentConfig
from equipment.schema import PAGE_FILE, SCHEMA_FILE, Json, equipment_schema, page_text, schema_text
from points import PointConfig, point_problems
from utils.unit_conversion import UnitConverter


def objects(schema: Json) -> Iterator[dict[str, Json]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)


def test_the_schema_file_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run python -m equipment.schema"


def test_an_editor_takes_a_variable_wherever_a_value_may_stand() -> None:
    properties = json.loads(schema_text())["properties"]
    variable = {"type": "string", "pattern": r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$"}
    assert variable in properties["timeout_s"]["anyOf"]
    assert properties["device_ip"] == {**properties["device_ip"], "default": None}
    assert properties["for_each"]["minItems"] == 1


def test_the_page_is_current() -> None:
    page = PAGE_FILE.read_text(encoding="utf-8")
    assert page_text(page) == page, "run python -m equipment.schema"


def test_the_schema_refuses_unknown_keys_and_describes_every_known_one() -> None:
    found = list(objects(equipment_schema()))
    assert len(found) == 2
    for described in found:
        properties = described["properties"]
        assert described["additionalProperties"] is False
        assert isinstance(properties, dict)
        assert [key for key, value in properties.items() if '"description": ' not in json.dumps(value)] == []


@pytest.mark.parametrize("key", [*PointConfig.model_fields, "$schema", "device_ip", "timeout_s"])
def test_the_page_has_a_row_for_every_key(key: str) -> None:
    assert f"| `{key}` |" in PAGE_FILE.read_text(encoding="utf-8")


def test_a_stale_block_of_the_page_is_renewed() -> None:
    page = "before\n<!-- begin point keys -->\nstale\n<!-- end -->\nafter\n"
    renewed = page_text(page)
    assert "stale" not in renewed
    assert "| `deadband` | number | 0.0 | AI, AV |" in renewed
    assert renewed.startswith("before\n")
    assert renewed.endswith("after\n")


def test_the_example_on_the_page_is_a_sound_config() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE_FILE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    config = EquipmentConfig.model_validate_json(example[1])
    assert [point_problems(point, UnitConverter()) for point in config.points] == [(), ()]
