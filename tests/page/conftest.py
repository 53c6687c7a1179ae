"""A run that stands in, and its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from page import Page
from tests.page.standing_in import StandIn, equipments, shown


@pytest.fixture
def run(tmp_path: Path) -> StandIn:
    return StandIn(equipments(tmp_path))


@pytest.fixture
def page(run: StandIn) -> Iterator[Page]:
    with shown(run) as opened:
        yield opened
