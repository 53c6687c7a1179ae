"""Files of spaces: what ships is sound, and all that is wrong with one is told at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

from emulators.door import OfficeVariant
from learning.embedded.buildings import known_points
from learning.spaces import read_spaces, shipped_spaces
from tests.learning.rooms import SMALL, Said, spaces_file
from utils.errors import ConfigError

KNOWN = known_points(OfficeVariant())


def problems_of(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_spaces(file, KNOWN)
    return [str(problem) for problem in raised.value.problems]


def with_action(**changes: Said) -> list[Said]:
    return [{**SMALL["actions"][0], **changes}]


def test_what_ships_is_sound() -> None:
    spaces = read_spaces(shipped_spaces(), KNOWN)
    assert spaces.steps == 672
    assert spaces.reward.keys() >= {"cost_tot", "pele_tot", "tdis_tot"}


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = spaces_file(
        tmp_path,
        days="a week",
        start_days=[["one", 2]],
        actions=with_action(points=["hvac_oveAhu_TSupSett"], low=285.15),
        observations=[{"point": "hvac_reaZonCor_TZon", "low": 280.0, "high": 310.0}],
        forecasts={"horizon_s": 3600, "interval_s": 0.0, "points": [{"point": "TDry", "low": 0.0, "high": 1.0}]},
        reward={"cost": 1.0},
        colour="green",
    )
    told = "\n".join(problems_of(file))
    for wanted in (
        "spaces.json: days: must be a number",
        "actions[0].points[0]: there is no input 'hvac_oveAhu_TSupSett', did you mean 'hvac_oveAhu_TSupSet'?",
        "there is no measurement 'hvac_reaZonCor_TZon', did you mean 'hvac_reaZonCor_TZon_y'?",
        "forecasts.interval_s: must be more than 0",
        "there is no forecast point 'TDry'",
        "start_days[0][0]: must be a whole number",
        "there is no KPI 'cost'",
        "colour: is not a known key",
    ):
        assert wanted in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"actions": with_action(low=293.0, high=290.0)}, "low is 293 and high 290; low has to be less"),
        ({"actions": with_action(low=200.0)}, "is 200, and hvac_oveAhu_TSupSet takes 285.15 to 313.15"),
        ({"actions": with_action(hours=[19, 6])}, "hours are [19.0, 6.0]"),
        ({"actions": with_action() * 2}, "hvac_oveAhu_TSupSet is of two actions"),
        ({"actions": with_action(hours=[6.1, 6.2])}, "no step of 900 s begins in the hours of supply air; widen them"),
        ({"actions": with_action(points=[])}, "points: must not have less than 1 entries"),
        ({"observations": SMALL["observations"] * 2}, "hvac_reaAhu_TSup_y is twice among observations; keep one"),
        (
            {"forecasts": {**SMALL["forecasts"], "points": SMALL["forecasts"]["points"] * 2}},
            "Occupancy[cor] is twice among forecasts; keep one",
        ),
        ({"step_s": 100}, "step_s is 100; write a multiple of 30 that divides a day"),
        ({"days": 0.01}, "write one that is a whole number of steps"),
        ({"start_days": [[10, 5]]}, "start_days are [[10, 5]]"),
        ({"reward": {"cost_tot": -1.0}}, "must not be less than 0"),
        (
            {"limits": [{"point": "hvac_reaZonSou_TZon_y", "low": 280.0, "high": 310.0}]},
            "limits are of observations, and hvac_reaZonSou_TZon_y is none",
        ),
        (
            {"forecasts": {**SMALL["forecasts"], "horizon_s": 200_000, "solar_uncertainty": "low"}},
            "BOPTEST forecasts 48 h at most",
        ),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, changes: Said, told: str) -> None:
    assert told in "\n".join(problems_of(spaces_file(tmp_path, **changes)))


def test_a_key_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "spaces.json"
    file.write_text(json.dumps(SMALL)[:-1] + ', "days": 7}', encoding="utf-8")
    assert any("written twice" in problem for problem in problems_of(file))
