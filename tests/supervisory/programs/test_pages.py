"""The programs' pages hold: every parameter with its default, every role, and every config that ships."""

from __future__ import annotations

import json

import pytest
from pydantic.fields import FieldInfo

from supervisory.program import Program
from supervisory.setup.loading import load_program
from utils.home import HOME

ROOT = HOME
PAGES = ROOT / "docs" / "programs"
CONFIGS = ROOT / "configs" / "supervisory"
NAMES = sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "README")


def program(name: str) -> type[Program]:
    kind = load_program(name, ROOT).kind
    assert issubclass(kind, Program)
    return kind


def row(name: str, field: FieldInfo) -> str:
    """A parameter's line in the page's table."""
    default = field.get_default(call_default_factory=True)
    if field.is_required():
        shown = "required"
    else:
        plain = default.model_dump(mode="json") if hasattr(default, "model_dump") else default
        shown = "absent" if plain is None else json.dumps(plain)
    return f"| `{name}` | {shown} | {field.description} |"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_lists_every_parameter_with_its_default(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    missing = [
        line for key, field in program(name).Settings.model_fields.items() if (line := row(key, field)) not in text
    ]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_every_role(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert [role for role in program(name).points if f"`{role}`" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_how_to_run_each_config_that_ships(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    files = [file.name for file in CONFIGS.glob(f"{name}.*.json")]
    assert len(files) >= 2
    assert [file for file in files if f"supervise {name} --config configs/supervisory/{file}" not in text] == []


def test_the_list_of_programs_links_to_every_page() -> None:
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"]({name}.md)" not in text] == []
