"""Each family of templates on a small building of our own: expanded without a word, wired, and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from hvac_templates import engine
from hvac_templates.expand import expand
from tests.hvac_templates.families import FAMILIES, expanded, model_of
from tests.hvac_templates.judges import needs_engine
from tests.hvac_templates.oracle.places import weather
from tests.hvac_templates.topology import problems


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_our_own_is_wired_and_fits_the_schema(family: str) -> None:
    result = expand(model_of(family))
    assert result.model is not None, [str(message) for message in result.messages]
    assert result.messages == ()
    assert problems(result.model) == []


@pytest.mark.slow
@needs_engine
@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_our_own_runs_in_the_engine(family: str, tmp_path: Path) -> None:
    ended = engine.simulate(expanded(model_of(family)), weather(), tmp_path)
    assert ended.completed
    assert ended.severes == ()
