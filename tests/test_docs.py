"""The pages hold: what they name exists, their links lead somewhere, and they know every setting and every verb."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path

import pytest

from commands import line
from tests.pages import ROOT, named_tests_in, text_of
from utils.settings import PageSettings, Settings

README = ROOT / "README.md"
SEEDS = {name: ROOT / "docs" / "project" / name for name in ("seed.md", "seed-supervisory.md", "seed-templates.md")}
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
PACKAGES = (
    "bridge",
    "campaigns",
    "clients",
    "commands",
    "emulators",
    "equipment",
    "hvac_templates",
    "learning",
    "ledger",
    "mapping",
    "page",
    "points",
    "recording",
    "supervisory",
    "utils",
)

SEED_FILES = (
    "main.py",
    "clients/boptest_client.py",
    "clients/ecy_device_client.py",
    "equipment/equipment_manager.py",
    "points/__init__.py",
    "points/activation_point.py",
    "points/base_point.py",
    "points/analog_input_point.py",
    "points/analog_output_point.py",
    "points/analog_value_point.py",
    "points/binary_input_point.py",
    "points/binary_output_point.py",
    "points/binary_value_point.py",
    "utils/__init__.py",
    "utils/logging_config.py",
    "utils/unit_conversion.py",
    "utils/pint_registry.yaml",
    "configs/AHU.json",
    "requirements.txt",
    "README.md",
)

SEED_NAMES = {
    "clients.boptest_client.BOPTestClient": (
        "get_metadata initialize_system set_step_time advance_simulation get_kpis"
    ),
    "clients.ecy_device_client.ECYDeviceClient": (
        "disable_ntp set_time_and_timezone get_existing_endpoints get_instance_number get_property_value "
        "read_values_from_endpoints write_values_from_endpoints send_batch_request set_out_of_service"
    ),
    "equipment.equipment_manager.EquipmentManager": (
        "load_equipments initialize_equipment get_all_ecy_clients get_pending_points_by_ecy_client "
        "get_ecy_client_points_mapping synchronize_time_and_timezone"
    ),
    "points.analog_input_point.AnalogInputPoint": "process_bop_value",
    "points.analog_output_point.AnalogOutputPoint": "process_bop_value",
    "points.analog_value_point.AnalogValuePoint": "process_bop_value",
    "points.binary_input_point.BinaryInputPoint": "process_bop_value",
    "points.binary_output_point.BinaryOutputPoint": "process_bop_value",
    "points.binary_value_point.BinaryValuePoint": "process_bop_value",
    "points.activation_point.ActivationPoint": "value",
    "utils.unit_conversion.UnitConverter": "convert list_units",
    "supervisory.EasyASO": "on_start on_step on_stop bacnet_read bacnet_write",
}

_TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_VERB = re.compile(r"python main\.py ([a-z]+)")
_SETTING = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`")
_OPTION = re.compile(r"`(--[a-z-]+)")
_PLACE = re.compile(r"`([\w/.]+(?:/|\.(?:py|yaml|json|txt)))`")
_MODULE = re.compile(r"`(\w+(?:/\w+)*/(?:\w+\.py)?)`")
_NAME_IN = re.compile(r"`((?:\w+/)+\w+\.py)`\s`(?:\w+\.)?(\w+)`")


@cache
def modules() -> frozenset[str]:
    """Every file, and every folder that has one, with a slash before it; a folder has one behind it, too."""
    rooms = (*PACKAGES, "benchmarks", "configs", "docs", "tests")
    files = [f"/{file.relative_to(ROOT).as_posix()}" for room in rooms for file in (ROOT / room).rglob("*.*")]
    return frozenset(files) | {f"{file.rpartition('/')[0]}/" for file in files}


def section(page: Path, title: str) -> str:
    """The text below a heading of the second level."""
    return text_of(page).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a page's table rows, headings left out."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith(("| ---", "|---"))]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0] not in ("promise", "name", "command")]


def is_later(row: list[str]) -> bool:
    """Whether a promise of a seed belongs to a later part of the project."""
    return row[1].startswith("later")


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """The names that a page's headings have in links: small letters, no punctuation, dashes between words."""
    return frozenset(map(anchor_of, re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)))


def anchor_of(heading: str) -> str:
    """The name that a heading has in links."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@cache
def verbs() -> frozenset[str]:
    """The verbs of the command line, as its own help lists them."""
    return frozenset(re.findall(r"^    ([a-z]+) ", line.parser([]).format_help(), re.MULTILINE))


each_seed = pytest.mark.parametrize("page", SEEDS.values(), ids=SEEDS)


@each_seed
def test_every_test_that_a_seed_page_names_exists(page: Path) -> None:
    named = _TEST.findall(text_of(page))
    assert named
    missing = [f"{file}::{name}" for file, name in named if name not in named_tests_in(ROOT / file)]
    assert not missing


@each_seed
def test_every_promise_of_a_seed_page_has_a_test_or_is_for_later(page: Path) -> None:
    promises = rows(text_of(page))
    assert promises
    assert not [row[0] for row in promises if len(row) != 3 or is_later(row) == bool(_TEST.search(row[2]))]


@each_seed
def test_every_place_that_a_seed_page_names_exists(page: Path) -> None:
    places = {place for row in rows(text_of(page)) for place in _PLACE.findall(row[1])}
    assert places
    assert not [place for place in places if not (ROOT / place).exists()]


@each_seed
def test_what_is_superseded_says_by_which_decision(page: Path) -> None:
    places = [row[1] for row in rows(text_of(page)) if "superseded" in row[1]]
    assert places
    assert not [place for place in places if "](../decisions/" not in place]


@pytest.mark.parametrize("file", SEED_FILES)
def test_every_file_of_the_seed_exists(file: str) -> None:
    assert (ROOT / file).is_file()


@pytest.mark.parametrize(
    ("owner", "name"), [(owner, name) for owner, names in SEED_NAMES.items() for name in names.split()]
)
def test_every_name_of_the_seed_exists(owner: str, name: str) -> None:
    module, _, class_name = owner.rpartition(".")
    assert callable(getattr(getattr(importlib.import_module(module), class_name), name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = [link.partition("#")[0] for link in _LINK.findall(text_of(page)) if "://" not in link]
    assert not [target for target in targets if target and not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_into_a_page_leads_to_a_heading(page: Path) -> None:
    links = [link.partition("#") for link in _LINK.findall(text_of(page)) if "#" in link and "://" not in link]
    targets = [((page.parent / file) if file else page, anchor) for file, _, anchor in links]
    assert not [f"{file.name}#{anchor}" for file, anchor in targets if anchor not in anchors_of(file)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_module_and_folder_that_a_page_names_exists(page: Path) -> None:
    """By its path, or by the end of it where the page says in which room it is."""
    named = set(_MODULE.findall(text_of(page)))
    assert not [place for place in named if not any(known.endswith(f"/{place}") for known in modules())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_function_that_a_page_names_beside_its_module_is_in_there(page: Path) -> None:
    named = _NAME_IN.findall(text_of(page))
    assert not [
        f"{file} {name}" for file, name in named if not re.search(rf"(?:def|class) {name}\b", text_of(ROOT / file))
    ]


def test_the_map_of_the_templates_names_modules_by_their_paths() -> None:
    """A bare name would not be found missing."""
    inside = section(ROOT / "docs" / "hvac_templates.md", "Inside")
    assert _MODULE.search(inside)
    assert not re.findall(r"`[a-z_]+`", inside)


def test_the_readme_and_the_settings_know_the_same_names() -> None:
    told = section(README, "Settings")
    known = {field.alias for part in (Settings, PageSettings) for field in part.model_fields.values() if field.alias}
    assert {name for name in known if f"`{name}`" in told} == known
    assert set(_SETTING.findall(told)) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_verb_that_a_page_names_is_known(page: Path) -> None:
    assert set(_VERB.findall(text_of(page))) <= verbs() | {"help"}


def test_the_readme_names_every_verb() -> None:
    assert verbs() <= set(_VERB.findall(section(README, "Commands")))


@pytest.mark.parametrize("row", rows(section(README, "Commands")), ids=lambda row: row[0])
def test_every_option_that_the_readme_names_is_known(row: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    given = [*_VERB.findall(row[0]), "--help"]
    with pytest.raises(SystemExit):
        line.parser(given).parse_args(given)
    offered = capsys.readouterr().out
    assert not [option for option in _OPTION.findall(row[1]) if option not in offered]


def test_decisions_are_numbered_without_gaps() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [file.name[:3] for file in files] == [f"{number:02}-" for number in range(1, len(files) + 1)]
    assert [text_of(file)[:5] for file in files] == [f"# {number:02}:" for number in range(1, len(files) + 1)]


def test_the_readme_names_the_python_that_is_needed() -> None:
    needed = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["requires-python"]
    assert f"Python {needed.removeprefix('>=')} or newer" in text_of(README)


def test_the_licence_is_the_one_that_was_promised() -> None:
    assert text_of(ROOT / "LICENSE").startswith("MIT License")


def test_every_module_says_what_it_is() -> None:
    files = [ROOT / "main.py", *(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))]
    assert not [file.name for file in files if not ast.get_docstring(ast.parse(text_of(file)))]


WORDS_PER_MINUTE = 200


def words_of(link: str) -> int:
    """How much there is to read behind a link: a page, or a section of one with what is below it."""
    file, _, anchor = link.partition("#")
    text = text_of(ROOT / file if file else README)
    if not anchor:
        return len(text.split())
    [start] = [found for found in re.finditer(r"^(#+) (.+)$", text, re.MULTILINE) if anchor_of(found[2]) == anchor]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", text[start.end() :], re.MULTILINE)
    return len(text[start.start() : start.end() + end.start() if end else None].split())


def test_what_an_integrator_has_to_read_takes_half_an_hour() -> None:
    before, _, path = section(README, "What to read").partition("To look up:")[0].partition("\n2. ")
    assert "#supervise-from-above" in before
    first = len(text_of(README).partition("\n## Supervise from above")[0].split())
    links = _LINK.findall(path)
    assert len(links) == 8
    assert (first + sum(map(words_of, links))) / WORDS_PER_MINUTE <= 30


def blocks_of(page: Path) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", text_of(page), re.DOTALL)


def test_each_of_the_two_set_up_commands_is_one_line_that_needs_no_activation() -> None:
    shown, tested = blocks_of(README)[:2]
    parts = [line.strip().split(" && ") for block in (shown, tested) for line in block.splitlines()]
    assert [[part.split()[:3] for part in line] for line in parts] == [
        [["python", "-m", "venv"], [".venv/bin/python", "-m", "pip"], [".venv/bin/python", "main.py", "demo"]],
        [[".venv/bin/python", "-m", "pip"], [".venv/bin/python", "-m", "pytest"]],
    ]


@pytest.mark.parametrize("page", [README, ROOT / "docs" / "first-controller.md"], ids=lambda page: page.name)
def test_activation_is_said_once_before_the_first_command_that_needs_it(page: Path) -> None:
    before, _, after = text_of(page).partition("source .venv/bin/activate")
    assert r".venv\Scripts\activate" in after.partition("\n\n")[0]
    assert "bin/activate" not in after
    assert not re.search(r"(?<![\w/\\])python main\.py", before)


def test_the_readme_names_each_command_once() -> None:
    named = [row[0] for row in rows(section(README, "Commands"))]
    assert len(named) == len(set(named))


def typed_in(page: Path) -> list[str]:
    """What a page says to type: the command lines of its blocks, with the lines that a backslash goes on to."""
    lines = (line for block in blocks_of(page) for line in block.replace("\\\n", " ").splitlines())
    return [line.removeprefix("$ ").strip() for line in lines if re.match(r"(\$ )?python main\.py\b[^\[]*$", line)]


@pytest.mark.parametrize(
    ("page", "typed"),
    [(page, typed) for page in PAGES for typed in typed_in(page)],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_every_command_of_a_page_can_be_typed(page: Path, typed: str) -> None:
    given = shlex.split(typed, comments=True)[2:]
    assert callable(line.parser(given).parse_args(given).command), page
