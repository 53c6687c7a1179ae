"""``python main.py campaign``: words and options that do not belong together, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaigns.store import CampaignStore
from tests.campaigns.studies import Here, begin, go_through, result, study
from tests.command_line import Call, run


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """One that is done."""
    store = begin(study(tmp_path, grid={"day": [1, 2]}, title="Two days"))
    go_through(store, Here({number: [result(number, ener_tot=0.1 * number)] for number in (1, 2)}))
    return store.file


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["resume"], "campaign resume: of which campaign? name its file behind it"),
        (["resum", "x.yaml"], "resum: is no word for a campaign, did you mean 'resume'?"),
        (["x.yaml", "-o", "y.csv"], "--output: has no meaning with campaign FILE; leave it out"),
        (["export", "x.yaml", "--workers", "2"], "--workers: has no meaning with campaign export"),
        (["x.yaml", "--dask", "tcp://x:1", "--workers", "2"], "--workers: the cluster has workers of its own"),
        (["x.yaml"], "x.yaml: cannot be read: No such file or directory"),
        (["export", "x.yaml"], "x.campaign: there is no such campaign"),
    ],
)
def test_what_does_not_belong_together_is_told(call: Call, words: list[str], told: str) -> None:
    code, output = call("campaign", *words)
    assert code == 2
    assert told in output


@pytest.mark.slow
def test_a_table_and_a_page_are_written_of_one(campaign: Path, tmp_path: Path) -> None:
    table, page = tmp_path / "two.csv", tmp_path / "two.html"
    assert run("campaign", "export", str(campaign), "-o", str(table)) == (0, f"2 of 2 cells are in {table}\n")
    assert table.read_text(encoding="utf-8").splitlines()[0].startswith("cell,day,days,step_s,seed")
    code, output = run("campaign", "overview", str(campaign.with_suffix(".yaml")), "-o", str(page))
    assert code == 0, output
    assert "<h1>Two days</h1>" in page.read_text(encoding="utf-8")
    for word, file in (("export", campaign), ("overview", table)):
        code, output = run("campaign", word, str(campaign), "-o", str(file))
        assert code == 2, output


@pytest.mark.slow
def test_nothing_is_left_to_resume_of_one_that_is_done(campaign: Path) -> None:
    code, output = run("campaign", "resume", str(campaign))
    assert code == 0, output
    assert "2 of 2 cells are done" in output


@pytest.mark.parametrize("word", ["export", "overview"])
def test_nothing_is_written_to_the_standard_output_nor_to_a_file_that_is_called_so(
    campaign: Path, call: Call, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.chdir(campaign.parent)
    code, output = call("campaign", word, str(campaign), "-o", "-")
    assert code == 2
    assert "-o: - is no file, and nothing is written to the standard output here; name a file" in output
    assert not Path("-").exists()


@pytest.mark.slow
def test_a_cell_that_fails_makes_the_exit_code_and_is_told(tmp_path: Path) -> None:
    file = study(tmp_path, base={"building": "http://127.0.0.1:9", "days": 0.02}, cells=[{"day": 1}])
    other = tmp_path / "other.campaign"
    code, output = run(
        "campaign", str(file), "--store", str(other), "--workers", "1", BRIDGE_STATE_DIR=str(tmp_path / "s")
    )
    assert code == 1
    assert "cell 1 has failed: http://127.0.0.1:9: " in output
    assert f"python main.py campaign resume {other} runs the others" in output
    assert [row.state for row in CampaignStore(other).rows()] == ["failed"]
