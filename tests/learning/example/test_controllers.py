"""The example's policies on emulated controllers: what they command there, and that nothing stays."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from learning.embedded.buildings import known_points
from learning.example import __main__ as learning_example
from learning.example import controllers
from learning.example.controllers import OWN, Translated, day_of_each, rows
from learning.example.kept import CONSTANT, LEARNED, Policies, keep, kept
from learning.example.policy import Policy
from learning.example.single import EpisodeLog
from learning.identities import OFFICES
from learning.in_the_loop import LoopBench, shipped_loop_spaces
from learning.making import OFFICE_CASE, loop_env, office_env
from learning.spaces import SpacesFile, read_spaces, shipped_spaces
from ledger import Outcome
from recording import open_run
from recording.columns import read_run
from tests.learning.in_the_loop.eight import eight_controllers, files, taken
from utils.errors import ConfigError
from utils.settings import SettingsSource

STEPS = 3
KELVIN = 273.15


@pytest.fixture(scope="module")
def trained() -> SpacesFile:
    return read_spaces(shipped_spaces(), known_points())


def made(trained: SpacesFile) -> Policies:
    """One that answers the middle of each range, and constant set-points."""
    names = [seen.point for seen in trained.observations]
    learned, constant = Policy(names, 4), Policy(names, 4, looks=False)
    return {LEARNED: (learned, np.zeros((1, learned.size))), CONSTANT: (constant, np.array([[-9.0, 0.1, 0.2, 9.0]]))}


def test_another_spaces_action_is_the_same_value_within_its_bounds(trained: SpacesFile) -> None:
    ranges = {"supply air temperature": (283.15, 293.15), "duct pressure": (50.0, 250.0)}
    actions = [
        one.model_copy(update=dict(zip(("low", "high"), ranges.get(one.name, (one.low, one.high)), strict=True)))
        for one in reversed(trained.actions)
    ]
    here = trained.model_copy(update={"actions": actions})
    policy = Policy(["a"], 4, looks=False)
    told = Translated(policy, trained, here).act(np.array([[0.0, 9.0, 0.0, -9.0]]), np.zeros((1, 1), np.float32))
    assert told == pytest.approx(np.array([[-1.0, 0.0, 1.0, 0.2]]), abs=1e-6)  # 250 Pa for 410, and 289.15 K


def test_policies_are_kept_as_they_are(trained: SpacesFile, tmp_path: Path) -> None:
    policies = made(trained)
    keep(tmp_path / "policies.json", policies)
    again = kept(tmp_path / "policies.json", policies[LEARNED][0].observation_names, 4)
    assert {name: (policy.looks, rows.tolist()) for name, (policy, rows) in again.items()} == {
        name: (policy.looks, rows.tolist()) for name, (policy, rows) in policies.items()
    }


def test_what_is_saved_is_told_beside_own_set_points() -> None:
    names = ("ener_tot", "cost_tot", "pele_tot", "tdis_tot", "idis_tot")
    own = EpisodeLog(kpis=dict(zip(names, (1.0, 2.0, 0.0, 3.0, 0.0), strict=True)))
    other = EpisodeLog(kpis=dict(zip(names, (0.9, 2.2, 0.1, 4.0, 5.0), strict=True)), reason="lost")
    assert rows({OWN: own, "other": other}) == [
        [OWN, "0.0 %", "0.0 %", "0.0 %", "3.00", "0.00", ""],
        ["other", "10.0 %", "-10.0 %", "0.0 %", "4.00", "5.00", "lost"],
    ]


@pytest.mark.slow
def test_they_lead_set_points_in_eight_controllers_and_all_is_given_back(trained: SpacesFile, tmp_path: Path) -> None:
    with eight_controllers() as eight, BoptestServer({OFFICE_CASE: MultizoneOffice}) as building:
        configs, env_file = files(tmp_path, eight, building.url)
        source = SettingsSource.read(Path(env_file), os.environ, tmp_path)
        bench = LoopBench(source, Path(configs), 60.0, agreed=True, scan_with_simulation=True)
        env = loop_env(bench, days=STEPS * 900 / 86_400)
        policies = kept_for(env.observation_names, trained, tmp_path)
        gone = day_of_each(env, policies, trained, 192)
        env.close()
        assert taken(eight) == []
    assert {name: len(one.told) for name, one in gone.items()} == dict.fromkeys((OWN, LEARNED, CONSTANT), STEPS)
    assert [one.reason for one in gone.values()] == [""] * 3
    heating = {name: one.column("heating set-points")[-1] for name, one in gone.items()}
    assert heating[LEARNED] == pytest.approx(291.15)  # the middle of what was trained in, and the lowest here
    assert heating[CONSTANT] == pytest.approx(291.15 + 3.0 * np.tanh(0.2), abs=0.3)
    assert heating[OWN] == pytest.approx(20.0 + KELVIN, abs=1e-3)


@pytest.mark.slow
def test_it_is_one_command(trained: SpacesFile, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path / "policies.json", made(trained))
    runs = tmp_path / "runs"
    controllers.main(["--parameters", str(tmp_path / "policies.json"), "--hours", "0.25", "--runs", str(runs)])
    told = [record.getMessage() for record in caplog.records if record.name == "learning.example.controllers"]
    assert [line.partition(" | ")[0] for line in told if " | " in line] == [
        *("the controllers of the demo", OWN, LEARNED, CONSTANT),
        *("the building by itself", OWN, LEARNED, CONSTANT),
    ]
    [file] = runs.glob("*.run")
    with open_run(file) as run:
        data = read_run(run)
    assert len(data.episodes) == 3
    receipts = data.facts["receipts"]
    assert isinstance(receipts, list)
    assert {one["outcome"] for one in receipts} <= {
        Outcome.RELEASED.value,
        Outcome.FREE_ALREADY.value,
        Outcome.RESTORED.value,
    }


def kept_for(names: tuple[str, ...], trained: SpacesFile, folder: Path) -> Policies:
    file = folder / "policies.json"
    keep(file, made(trained))
    return kept(file, names, len(trained.actions))


def test_without_policies_it_says_how_they_are_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        controllers.main(["--parameters", str(tmp_path / "absent.json")])
    assert "python -m learning.example --parameters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("nonsense", "cannot be read as policies"),
        ('{"best": [[0.0]]}', "has not 'learned policy'"),
        ('{"learned policy": [[1, 2]]}', "learned policy: are not rows of 40 numbers"),
        ('{"learned policy": [["a"]]}', "learned policy: are not rows of 40 numbers"),
        ('{"learned policy": []}', "learned policy: are not rows of 40 numbers"),
    ],
)
def test_a_file_that_has_no_policies_is_refused(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "mine.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        kept(tmp_path / "mine.json", ["a"], 4)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["--hours", "0.1"], "--hours is 0.1; write a multiple of 0.25, which is a step"),
        (["--hours", "0"], "'0' is not a number above 0"),
        (["--day", "-1"], "'-1' is not a whole number from 0 on"),
    ],
)
def test_a_line_that_no_day_can_be_run_by_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], trained: SpacesFile, tmp_path: Path, line: list[str], told: str
) -> None:
    keep(tmp_path / "policies.json", made(trained))
    with pytest.raises(SystemExit):
        controllers.main(["--parameters", str(tmp_path / "policies.json"), *line])
    assert told in capsys.readouterr().err


def test_what_is_found_out_later_is_told_in_a_sentence_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SystemExit):
        learning_example.main(["--parameters", str(tmp_path / "mine.json")])
    assert "mine.json: has not 'learned policy'" in capsys.readouterr().err


def test_a_stop_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], trained: SpacesFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    keep(tmp_path / "policies.json", made(trained))
    monkeypatch.setattr(controllers, "day_of_each", stopped)
    env = office_env(OFFICES[-1])
    monkeypatch.setattr(controllers, "on_emulated_controllers", lambda *_: nullcontext(env))
    with pytest.raises(SystemExit) as exited:
        controllers.main(["--parameters", str(tmp_path / "policies.json")])
    assert exited.value.code == 130
    assert "given back" in capsys.readouterr().err


def test_the_spaces_of_the_controllers_have_the_actions_that_are_trained(trained: SpacesFile) -> None:
    here = SpacesFile.model_validate_json(shipped_loop_spaces().read_text(encoding="utf-8"), strict=False)
    assert [one.name for one in here.actions] == [one.name for one in trained.actions]
