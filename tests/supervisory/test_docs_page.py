"""The page that teaches programs: its programs run, its configs are taken, its tables are up to date."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from supervisory.setup.loading import load_program
from supervisory.setup.plan import load_config, plan_run
from supervisory.setup.schema import PAGE_FILE, SCHEMA_FILE, page_text, schema_text, supervisory_schema
from tests.supervisory.beside import SUPPLY, Beside

ROOT = Path(__file__).resolve().parents[2]
PAGE = PAGE_FILE.read_text(encoding="utf-8")
PROGRAMS = re.findall(r"<!-- the test runs this block -->\n```python\n(.*?)```", PAGE, re.DOTALL)
CONFIGS = re.findall(r"<!-- the test runs this config -->\n```json\n(.*?)```", PAGE, re.DOTALL)
SHIPPED_CONFIGS = sorted((ROOT / "configs" / "supervisory").glob("*.json"))


def _file(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_schema_file_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def test_the_tables_of_the_page_are_up_to_date() -> None:
    assert page_text(PAGE) == PAGE


def test_the_short_program_of_the_page_runs(tmp_path: Path) -> None:
    _file(tmp_path, "warmer_air.py", PROGRAMS[0])
    kind = load_program("warmer_air.py", tmp_path).kind
    beside = Beside()
    assert beside.run(kind, steps=5).exit_code == 0
    assert [write for write in beside.device.written if write[1] is not None] == [(SUPPLY, 13.0, 12)] * 3


def test_the_long_program_of_the_page_runs_with_the_config_of_the_page(tmp_path: Path) -> None:
    _file(tmp_path, "warmer_supply.py", PROGRAMS[1])
    plan = plan_run(["warmer_supply.py"], _file(tmp_path, "site.json", CONFIGS[1]), tmp_path)
    (only,) = plan.programs
    assert only.settings.model_dump() == {"warm_degc": 17.0, "cold_degc": 13.0}
    assert [str(item.target) for item in plan.wanted["warmer_supply"]] == [
        "'weaSta_reaWeaTDryBul_y'",
        "'hvac_oveAhu_TSupSet'",
    ]


def test_the_configs_of_the_page_are_taken(tmp_path: Path) -> None:
    assert len(CONFIGS) == 2
    for text in CONFIGS:
        load_config(_file(tmp_path, "site.json", text))


@pytest.mark.parametrize("file", SHIPPED_CONFIGS, ids=lambda file: file.name)
def test_a_config_that_ships_is_taken_with_its_program(file: Path) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    plan = plan_run(list(content["programs"]), file, ROOT)
    assert {program.name for program in plan.programs} == set(content["programs"])


def test_the_schema_knows_a_point_and_points_by_name() -> None:
    roles = supervisory_schema()["$defs"]["ProgramConfig"]["properties"]["points"]["additionalProperties"]
    assert roles["anyOf"][0] == roles["anyOf"][1]["additionalProperties"] == {"$ref": "#/$defs/PointBinding"}
