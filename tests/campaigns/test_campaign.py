"""Going through the cells: each once, nothing half, and nobody where only one may be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from campaigns.beginning import begun, resumed
from campaigns.campaign import Campaign, tasks_of
from campaigns.cell import Task
from campaigns.engines import EngineLost, Failed, Lost
from campaigns.store import DONE, DUE, FAILED, CampaignStore, StoreFailed
from tests.campaigns.studies import DEMO, Here, begin, four_cells, go_through, result, study
from tests.supervisory.files import config, program
from utils.errors import ConfigError


def states(store: CampaignStore) -> list[tuple[str, int]]:
    return [(row.state, row.attempts) for row in store.rows()]


def told(error: pytest.ExceptionInfo[ConfigError]) -> str:
    return str(error.value)


def test_every_cell_is_run_once_and_its_row_says_what_came_of_it(tmp_path: Path) -> None:
    store, engine = begin(four_cells(tmp_path)), Here()
    go_through(store, engine)
    assert states(store) == [(DONE, 1)] * 4
    assert engine.begun == [1, 2, 3, 4]
    assert engine.is_closed
    first, second, *_ = store.rows()
    assert first.kpis["ener_tot"] != second.kpis["ener_tot"]
    assert (first.engine, first.error, first.recording) == ("here", "", "")
    assert first.versions["python"]
    assert first.building.startswith("multizone_office")


def test_a_cell_that_fails_is_told_and_run_again_by_whoever_resumes(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path))
    campaign = go_through(store, Here({2: [Failed(2, "no idea")]}))
    assert states(store) == [(DONE, 1), (FAILED, 1), (DONE, 1), (DONE, 1)]
    assert (campaign.standing().failed, campaign.standing().newest_failure) == (1, "cell 2: no idea")
    engine = Here()
    go_through(resumed(store.file, None), engine)
    assert engine.begun == [2]
    assert states(store) == [(DONE, 1), (DONE, 2), (DONE, 1), (DONE, 1)]
    assert store.rows()[1].error == ""


def test_a_cell_whose_process_was_killed_is_run_again_and_one_that_kills_it_every_time_is_given_up(
    tmp_path: Path,
) -> None:
    store = begin(four_cells(tmp_path))
    engine = Here({1: [Lost(1, "its process has died")], 3: [Lost(3, "its process has died")] * 5})
    go_through(store, engine)
    assert states(store) == [(DONE, 2), (DONE, 1), (FAILED, 5), (DONE, 1)]
    assert store.rows()[2].error == "its process has died, 5 times in a row"


@pytest.mark.parametrize("where", ["room", "begin"])
def test_what_has_ended_is_kept_when_the_engine_is_lost_with_the_next_cells(tmp_path: Path, where: str) -> None:
    store = begin(four_cells(tmp_path))

    class Going(Here):
        def room(self) -> int:
            return self._lost() if where == "room" and len(self.begun) == 2 else super().room()

        def begin(self, task: Task) -> None:
            if where == "begin" and len(self.begun) == 2:
                self._lost()
            super().begin(task)

        def _lost(self) -> int:
            raise EngineLost("the scheduler is gone")

    with pytest.raises(EngineLost):
        go_through(store, Going())
    assert states(store) == [(DONE, 1), (DONE, 1), (DUE, 0), (DUE, 0)]
    engine = Here()
    go_through(resumed(store.file, None), engine)
    assert engine.begun == [3, 4]


def test_whoever_runs_cells_waits_for_no_disk(tmp_path: Path) -> None:
    """All that has come of a round is written at once, when the next cells have been begun."""
    store = begin(four_cells(tmp_path))
    seen: list[list[tuple[str, int]]] = []

    class Watched(Here):
        def begin(self, task: Task) -> None:
            seen.append(states(store))
            super().begin(task)

    written = 0

    def count(statement: str) -> None:
        nonlocal written
        written += statement == "COMMIT"

    store._database.set_trace_callback(count)
    go_through(store, Watched())
    assert seen[2] == [(DONE, 1), (DUE, 1), (DUE, 0), (DUE, 0)]
    assert written == 5


def write_and_fail(store: CampaignStore) -> None:
    store.done(result(1, ener_tot=1.0))
    raise KeyError


def test_what_is_written_together_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path))
    with pytest.raises(KeyError), store.together():
        write_and_fail(store)
    assert states(store)[0] == (DUE, 0)
    with store.together():
        store.begin(1, "here")
        store.done(result(1, ener_tot=1.0))
    with closing(CampaignStore(store.file)) as again:
        assert states(again)[0] == (DONE, 1)


def test_what_is_finished_stays_as_it_is(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path))
    store.done(result(1, ener_tot=1.0))
    store.done(result(1, ener_tot=2.0))
    store.fail(1, "too late")
    assert (store.rows()[0].kpis, store.rows()[0].state) == ({"ener_tot": 1.0}, DONE)


def test_a_stop_leaves_the_cells_that_run_to_whoever_resumes(tmp_path: Path) -> None:
    store, engine = begin(four_cells(tmp_path)), Here(room=2)
    campaign = Campaign(store, lambda: engine, tasks_of(store, tmp_path / "absent.env"))
    wait = engine.wait

    def stopping(seconds: float) -> object:
        campaign.request_stop()
        return wait(seconds)

    engine.wait = stopping  # type: ignore[method-assign, assignment]
    campaign.execute()
    assert states(store) == [(DONE, 1), (DUE, 1), (DUE, 0), (DUE, 0)]
    assert engine.is_closed


@pytest.mark.parametrize(("content", "at_once"), [({}, 1), ({"server_tests": 3}, 3)])
def test_a_server_has_as_many_cells_at_a_time_as_the_file_allows(
    tmp_path: Path, content: dict[str, Any], at_once: int
) -> None:
    outcomes = {number: [result(number)] for number in range(1, 6)}
    base = {"building": "http://127.0.0.1:1", "days": 0.02}
    engine = Here(outcomes, room=5)
    store = begin(study(tmp_path, base=base, grid={"day": {"from": 1, "to": 5}}, **content))
    go_through(store, engine)
    assert engine.at_once == at_once
    assert states(store) == [(DONE, 1)] * 5


def test_cells_that_need_not_queue_pass_those_that_do(tmp_path: Path) -> None:
    outcomes = {number: [result(number)] for number in range(1, 5)}
    engine = Here(outcomes, room=3)
    cells = [{"controllers": DEMO}, {}]
    store = begin(study(tmp_path, base={"days": 0.02}, grid={"day": [1, 2]}, cells=cells))
    go_through(store, engine)
    assert engine.begun[:3] == [1, 3, 4]


def test_a_campaign_that_has_begun_is_not_begun_again(tmp_path: Path) -> None:
    file = four_cells(tmp_path)
    store = begin(file)
    begin(file).close()  # nothing was run: there is nothing to keep
    store = begin(file)
    store.begin(1, "here")
    with pytest.raises(ConfigError) as raised:
        begin(file)
    assert "study.campaign: has 0 of 4 cells done already; go on with: python main.py campaign resume" in told(raised)


@pytest.mark.parametrize(
    ("grid", "change"),
    [
        ({"day": [10, 186]}, "it had 4 cells and has 2"),
        (
            {"day": [10, 187], "plant.envelope.window_w_m2k": [1.5, 2.2]},
            "(2 of its cells, the first is 3: day was 186",
        ),
    ],
)
def test_a_file_that_was_changed_is_not_gone_on_with(tmp_path: Path, grid: dict[str, Any], change: str) -> None:
    file = four_cells(tmp_path)
    store = begin(file)
    study(tmp_path, grid=grid)
    with pytest.raises(ConfigError) as raised:
        resumed(store.file, None)
    assert "study.yaml: was changed since the campaign began" in told(raised)
    assert change in told(raised)


def test_a_file_that_is_written_in_another_way_says_the_same(tmp_path: Path) -> None:
    file = four_cells(tmp_path)
    store = begin(file)
    file.write_text(
        "# the same\nbase: {step_s: 600.0, days: 0.02, price: constant}\n"
        "grid:\n  day: [10, 186]\n  plant.envelope.window_w_m2k: [1.5, 2.2]\n",
        encoding="utf-8",
    )
    assert len(resumed(store.file, file).rows()) == 4
    file.unlink()
    assert len(resumed(store.file, None).rows()) == 4


def test_a_program_that_was_changed_is_no_longer_of_the_campaign(tmp_path: Path) -> None:
    text = "from supervisory import Program\nclass Mine(Program):\n    def on_step(self, ctx): ...\n"
    file = program(tmp_path, "mine", text)
    config(tmp_path, programs={"mine": {"program": "mine.py"}})
    store = begin(study(tmp_path, base={"days": 0.02}, cells=[{"day": 1, "supervise": "config.json"}]))
    file.write_text(f"{text}# changed\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="the program that supervise names has another text"):
        resumed(store.file, None)


def test_cells_of_another_building_are_not_put_beside_those_of_this(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path))
    with closing(sqlite3.connect(store.file)) as database, database:
        database.execute("UPDATE campaign SET content = '\"an older one\"' WHERE name = 'building'")
    with pytest.raises(ConfigError, match="began with another building"):
        resumed(store.file, None)


def test_only_one_goes_on_with_a_campaign(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path))
    with (
        store.held(),
        pytest.raises(ConfigError, match="another process is going on with"),
        resumed(store.file, None).held(),
    ):
        pass


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_what_is_no_campaign_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "study.campaign"
    if content is None:
        sqlite3.connect(file).execute("CREATE TABLE other (a)").connection.close()
    else:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match="is no campaign"):
        CampaignStore(file)


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such campaign"):
        CampaignStore(tmp_path / "study.campaign")
    with pytest.raises(ConfigError, match="its folder does not exist"):
        begun(four_cells(tmp_path), tmp_path / "absent" / "study.campaign")


def test_a_disk_that_cannot_be_written_ends_it_with_what_is_there_whole(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path))
    with closing(sqlite3.connect(store.file)) as database, database:
        database.execute("CREATE TRIGGER full BEFORE UPDATE ON cells BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    engine = Here()
    with pytest.raises(StoreFailed, match="disk full"):
        go_through(store, engine)
    assert engine.is_closed
    assert states(store) == [(DUE, 0)] * 4


def test_a_recorded_campaign_has_a_folder_for_each_cell(tmp_path: Path) -> None:
    store = begin(four_cells(tmp_path, record=True))
    go_through(store, Here())
    recordings = [row.recording for row in store.rows()]
    folder = tmp_path / "study.campaign.runs"
    assert [recording[:7] for recording in recordings] == [f"{number:06d}/" for number in (1, 2, 3, 4)]
    assert all((folder / recording).is_file() for recording in recordings)
