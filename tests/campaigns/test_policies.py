"""Cells with a policy: the same numbers as inputs that are held, in this process and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns.cell import Task
from campaigns.running import Stopped, StopSign, run
from campaigns.running.ran import CellFailed
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from tests.campaigns.studies import Said, problems_of, study, task
from utils.errors import BridgeError

pytest.importorskip("gymnasium", reason="requirements-learning.txt is not installed")

CASE = "multizone_office_simple_air"
POLICIES = """
def all_high(env):
    return lambda observation: [1.0] * len(env.action_names)

def broken(env):
    return lambda observation: [float("nan")] * len(env.action_names)

NUMBER = 5
"""
HOURS: dict[str, Any] = {"step_s": None, "day": "07-06 09:00", "days": 0.125}
HELD = {
    "hvac_oveAhu_TSupSet": 293.15,
    "hvac_oveAhu_dpSet": 410.0,
    **{f"hvac_oveZonSup{zone}_TZonHeaSet": 294.15 for zone in ("Cor", "Sou", "Eas", "Nor", "Wes")},
    **{f"hvac_oveZonSup{zone}_TZonCooSet": 300.15 for zone in ("Cor", "Sou", "Eas", "Nor", "Wes")},
}
"""The highest values of the spaces that ship."""
SPACES = """{
  "step_s": 900, "days": 1,
  "actions": [{"name": "pressure", "points": ["hvac_oveAhu_dpSet"], "low": 50.0, "high": 410.0}],
  "observations": [{"point": "hvac_reaZonCor_TZon_y", "low": 285.15, "high": 303.15}],
  "reward": {"ener_tot": 1.0},
  "limits": [{"point": "hvac_reaZonCor_TZon_y", "low": 200.0, "high": %s}]
}"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def server() -> Iterator[BoptestServer]:
    with BoptestServer({CASE: MultizoneOffice}) as served:
        yield served


def with_policy(folder: Path, name: str = "all_high", **parameters: Said) -> Task:
    from campaigns.running.policies import look_at_policy

    (folder / "mine.py").write_text(POLICIES, encoding="utf-8")
    told = {**HOURS, "policy": f"mine.py:{name}", **parameters}
    return task(folder, look_at_policy(task(folder, **told).parameters, folder), **told)


def counted(ran: Task) -> dict[str, float | None]:
    kpis = run(ran, StopSign()).kpis
    return {name: kpis[name] for name in ("ener_tot", "cost_tot", "emis_tot", "pele_tot", "tdis_tot", "idis_tot")}


def test_a_policy_that_answers_the_same_is_as_inputs_that_are_held(tmp_path: Path) -> None:
    from learning.spaces import shipped_spaces

    at_once = shipped_spaces().read_text("utf-8").replace('"rate_per_h": 8.0, ', "")
    (tmp_path / "spaces.json").write_text(at_once, encoding="utf-8")
    learned = counted(with_policy(tmp_path, spaces="spaces.json"))
    held = counted(task(tmp_path, **{**HOURS, "step_s": 900}, hold=HELD))
    assert learned == {name: pytest.approx(value, rel=1e-9) for name, value in held.items()}


@pytest.mark.slow
def test_on_a_server_it_comes_to_the_same(tmp_path: Path, server: BoptestServer) -> None:
    here = counted(with_policy(tmp_path, warmup_days=0.0))
    there = counted(with_policy(tmp_path, building=server.url, test_case=CASE, warmup_days=0.0))
    assert there == {name: pytest.approx(value, rel=1e-9) for name, value in here.items()}


def test_plant_parameters_prices_and_the_end_of_a_period_are_the_cells(tmp_path: Path) -> None:
    usual, other = with_policy(tmp_path), with_policy(tmp_path, plant={"envelope.window_w_m2k": 1.1}, price="dynamic")
    first, second = run(usual, StopSign()), run(other, StopSign())
    assert first.kpis["ener_tot"] != second.kpis["ener_tot"]
    assert first.building != second.building


def test_an_episode_that_cannot_go_on_is_a_cell_that_failed(tmp_path: Path) -> None:
    (tmp_path / "spaces.json").write_text(SPACES % "280.0", encoding="utf-8")
    with pytest.raises(CellFailed, match=r"hvac_reaZonCor_TZon_y is .* and may be 200 to 280"):
        run(with_policy(tmp_path, spaces="spaces.json"), StopSign())


def test_one_that_answers_no_number_is_told_as_its_own_fault(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"mine\.py:broken: ValueError"):
        run(with_policy(tmp_path, "broken"), StopSign())


def test_it_stops_when_the_campaign_does(tmp_path: Path) -> None:
    stop = StopSign()
    stop.set()
    with pytest.raises(Stopped):
        run(with_policy(tmp_path), stop)


def test_a_policy_that_was_changed_is_another_one(tmp_path: Path) -> None:
    begun = with_policy(tmp_path)
    (tmp_path / "mine.py").write_text(POLICIES.replace("1.0", "0.5"), encoding="utf-8")
    with pytest.raises(CellFailed, match="were changed since the campaign began"):
        run(begun, StopSign())


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"policy": "absent.py:all_high"}, "policy: there is no file"),
        ({"policy": "mine.py"}, "policy: 'mine.py' is no policy; write file.py:NAME"),
        ({"policy": "mine.py:NUMBER"}, "has no NUMBER that can be called with an environment"),
        ({"policy": "mine.py:nobody"}, "has no nobody that can be called"),
        ({"policy": "wrong.py:a"}, "wrong.py: ZeroDivisionError"),
        ({"policy": "mine.py:all_high", "spaces": "absent.json"}, "absent.json"),
        ({"policy": "mine.py:all_high", "step_s": 900}, "step_s: the spaces of the policy say the step"),
        ({"policy": "mine.py:all_high", "hold": {"hvac_oveAhu_dpSet": 100.0}}, "policy: and hold cannot act"),
        ({"spaces": "mine.json"}, "spaces: belongs to a policy"),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(tmp_path: Path, says: Said, told: str) -> None:
    (tmp_path / "mine.py").write_text(POLICIES, encoding="utf-8")
    (tmp_path / "wrong.py").write_text("1 / 0\n", encoding="utf-8")
    [problem] = problems_of(study(tmp_path, base={"days": 0.125}, cells=[{"day": 10, **says}]))
    assert told in problem
