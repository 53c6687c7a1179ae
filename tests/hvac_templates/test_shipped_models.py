"""The models that a reader copies: they expand without a word, run without one, and the page shows what they say."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import pytest

from commands.verbs import expand as command
from hvac_templates.engine import simulate
from hvac_templates.expand import expand
from hvac_templates.io.files import halves
from hvac_templates.io.reading import read_model
from tests.hvac_templates.judges import needs_engine
from tests.hvac_templates.topology import problems

ROOT = Path(__file__).resolve().parents[2]
MODELS = sorted((ROOT / "configs" / "hvac_templates").glob("*.epJSON"))
PAGE = (ROOT / "docs" / "expand.md").read_text(encoding="utf-8")
each_model = pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)


def expanded(file: Path) -> dict[str, Any]:
    result = expand(read_model(file))
    assert [str(message) for message in result.messages] == []
    assert result.model is not None
    return result.model


@each_model
def test_a_model_expands_without_a_message_and_hangs_together(file: Path) -> None:
    found = [text for text in problems(expanded(file)) if "ideal loads outdoor air inlet" not in text.casefold()]
    assert found == []


@each_model
def test_the_page_shows_the_templates_of_the_model(file: Path) -> None:
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert file.name in PAGE
    assert halves(read_model(file))[1] in shown


@needs_engine
@pytest.mark.slow
@each_model
def test_a_model_runs_without_an_error_or_a_warning(file: Path, tmp_path: Path) -> None:
    from tests.hvac_templates.oracle.places import weather

    ended = simulate(expanded(file), weather(), tmp_path)
    assert (ended.completed, ended.severes) == (True, ())
    said = (tmp_path / "eplusout.err").read_text(encoding="utf-8")
    assert "EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors" in said
    assert (tmp_path / "eplusout.mtr").read_text(encoding="utf-8").count("Facility [J]") == 2


def test_the_page_and_the_command_know_the_same_options() -> None:
    parser = argparse.ArgumentParser(prog="expand")
    command.add_arguments(parser)
    known = re.findall(r"(?<=[\s\[])--?[a-z_]+(?=[\s,\]])", parser.format_help())
    assert set(re.findall(r"(?<=[`\s])--?[a-z_]+", PAGE)) - {"-m", "-r"} == set(known)
