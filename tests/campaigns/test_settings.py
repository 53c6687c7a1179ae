"""The settings of a cell: its server and its time, and no key for another's server."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaigns.cell import CellParameters
from campaigns.running.settings import for_cell, settings_for, warmup_s
from utils.settings import SimulationSettings

OURS, OTHERS = "http://127.0.0.1:5000", "http://127.0.0.1:5001"


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that name a server, with its key."""
    for name in ("BOP_SERVER_IP", "BOP_SERVER_PORT", "BOP_SERVER_URL", "BOP_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / ".env"
    file.write_text(
        f"BOP_SERVER_URL={OURS}\nBOP_API_KEY=secret\nTESTCASE_NAME=ours\nBOP_START_TIME=2020-01-01 00:00:00\n",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("url", [OURS, f"{OURS}/"])
def test_the_server_that_the_settings_name_gets_its_key(env: Path, url: str) -> None:
    settings = settings_for(url, env)
    assert settings.variables["BOP_API_KEY"] == "secret"
    assert settings.variables["TESTCASE_NAME"] == "ours"


def test_another_server_gets_neither_the_key_nor_the_test_case_of_the_first(env: Path) -> None:
    variables = settings_for(OTHERS, env).variables
    assert variables["BOP_SERVER_URL"] == OTHERS
    assert not {"BOP_API_KEY", "TESTCASE_NAME"} & variables.keys()


def test_a_cell_says_when_it_begins_whatever_the_settings_say(env: Path) -> None:
    parameters = CellParameters(building=OTHERS, day="07-06 05:30", price="dynamic", test_case="theirs")
    source = for_cell(settings_for(OTHERS, env), parameters, {"BOP_STEP_TIME": "30"})
    settings = source.part(SimulationSettings)
    assert f"{settings.start_time:%m-%d %H:%M}" == "07-06 05:30"
    assert (settings.testcase, settings.electricity_price, settings.step_time_s) == ("theirs", "dynamic", 30.0)
    assert settings.warmup_period_s == 7 * 86_400


def test_a_period_takes_the_place_of_a_start(env: Path) -> None:
    parameters = CellParameters(building=OTHERS, period="peak_heat_day")
    settings = for_cell(settings_for(OTHERS, env), parameters, {"BOP_STEP_TIME": "30"}).part(SimulationSettings)
    assert (settings.time_period, settings.start_time) == ("peak_heat_day", None)


@pytest.mark.parametrize(
    ("parameters", "days"), [({}, 0), ({"building": OURS}, 7), ({"warmup_days": 2}, 2), ({"warmup_days": 0}, 0)]
)
def test_a_server_warms_up_for_a_week_and_the_embedded_building_starts_settled(
    parameters: dict[str, object], days: float
) -> None:
    assert warmup_s(CellParameters.model_validate({"day": 1, **parameters})) == days * 86_400
