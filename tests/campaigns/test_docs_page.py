"""The page of campaigns tells every key, as it is checked, and its example runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from campaigns.cell import CellParameters
from campaigns.reading import plan_campaign
from campaigns.reading.file import CampaignFile

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
SHIPPED = ROOT / "configs" / "campaigns" / "office.yaml"


@pytest.mark.parametrize("key", CellParameters.model_fields)
def test_every_key_of_a_cell_is_told_with_its_meaning(key: str) -> None:
    assert f"| `{key}` | {CellParameters.model_fields[key].description} |\n" in PAGE


@pytest.mark.parametrize("key", CampaignFile.model_fields)
def test_every_key_of_the_file_is_named(key: str) -> None:
    assert f"`{key}" in PAGE or f"\n{key}:" in PAGE


def test_the_shipped_campaign_is_the_one_on_the_page() -> None:
    assert len(plan_campaign(SHIPPED).cells) == 48
    example = PAGE.partition("```yaml\n")[2].partition("```")[0]
    assert yaml.safe_load(example) == yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
