"""Cells on a Dask cluster of this computer, and kill -9 of its workers and its scheduler: every cell once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from campaigns.beginning import resumed
from campaigns.campaign import tasks_of
from campaigns.engines import EngineLost, Outcome
from campaigns.results import results_table
from campaigns.store import DONE
from tests.campaigns.studies import DEMO, HELD_CELLS, begin, four_cells, go_through, held_cells, study, undisturbed
from tests.command_line import ROOT, environment, run
from tests.waiting import DEADLINE_S, eventually
from utils.errors import ConfigError

pytest.importorskip("distributed", reason="requirements-campaign.txt is not installed")
pytestmark = pytest.mark.slow

from campaigns.engines.dask_cluster import DaskCluster  # noqa: E402 - not before it is known to be there


class Cluster:
    """A scheduler and workers as processes, each with one thread, as somebody starts them."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._told = folder / "scheduler.json"
        self.scheduler = self._started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        eventually(lambda: self._told.exists() and bool(self._told.read_text(encoding="utf-8")))
        self.workers = [self._worker() for _ in range(workers)]

    @property
    def address(self) -> str:
        address: str = json.loads(self._told.read_text(encoding="utf-8"))["address"]
        return address

    def kill_a_worker(self) -> None:
        """Another takes its place, as a nanny would see to."""
        killed = self.workers.pop(0)
        killed.kill()
        killed.wait()
        self.workers.append(self._worker())

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._started("dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _started(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", "--scheduler-file", str(self._told), *options]
        quiet = environment(PYTHONPATH=str(ROOT), DASK_DISTRIBUTED__WORKER__DAEMON="False")
        return subprocess.Popen(  # noqa: S603
            command, env=quiet, cwd=self._told.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    folder.mkdir(exist_ok=True)
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.end()


def test_workers_that_are_killed_lose_no_cell_and_the_results_are_those_of_one_process(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.touch()
    store = begin(held_cells(tmp_path / "cluster", gate))
    with cluster(tmp_path / "dask") as made:
        engine = DaskCluster(made.address)
        wait, ended = engine.wait, 0

        def killing(seconds: float) -> Sequence[Outcome]:
            nonlocal ended
            outcomes = wait(seconds)
            for _ in outcomes:
                ended += 1
                if ended in (1, 3, 5):
                    made.kill_a_worker()
            return outcomes

        engine.wait = killing  # type: ignore[method-assign]
        go_through(store, engine)
    assert [row.state for row in store.rows()] == [DONE] * HELD_CELLS
    assert {row.engine for row in store.rows()} == {"dask"}
    assert results_table(store.rows()) == undisturbed(tmp_path / "here", gate)


def test_a_scheduler_that_is_killed_ends_the_campaign_and_another_cluster_goes_on_with_what_is_missing(
    tmp_path: Path,
) -> None:
    gate = tmp_path / "gate"
    store = begin(held_cells(tmp_path / "cluster", gate))
    with cluster(tmp_path / "first") as made:
        engine = DaskCluster(made.address)
        wait = engine.wait

        def killing(seconds: float) -> Sequence[Outcome]:
            outcomes = wait(seconds)
            if outcomes:
                made.scheduler.kill()
            return outcomes

        engine.wait = killing  # type: ignore[method-assign]
        with pytest.raises(EngineLost, match="is gone; what is finished is kept"):
            go_through(store, engine)
    before = [row for row in store.rows() if row.state == DONE]
    assert 1 <= len(before) < HELD_CELLS
    gate.touch()
    with cluster(tmp_path / "second") as other:
        go_through(resumed(store.file, None), DaskCluster(other.address))
    rows = store.rows()
    assert [rows[row.cell.number - 1] for row in before] == before
    assert results_table(rows) == undisturbed(tmp_path / "here", gate)


def test_a_scheduler_that_goes_while_it_is_asked_for_its_threads_is_gone_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reset() -> NoReturn:
        raise ConnectionResetError

    with cluster(tmp_path) as made:
        engine = DaskCluster(made.address)
        monkeypatch.setattr(engine._client, "nthreads", reset)
        with pytest.raises(EngineLost, match="does not tell its threads"):
            engine.room()
        store = begin(study(tmp_path, grid={"day": [1]}))
        engine.begin(tasks_of(store, tmp_path / "absent.env")[0])
        [future] = engine._running
        eventually(lambda: future.status == "finished")
        monkeypatch.setattr(future, "result", reset)
        with pytest.raises(EngineLost, match="is gone; what is finished is kept"):
            engine.wait(DEADLINE_S)
        monkeypatch.setattr("campaigns.engines.dask_cluster._ASK_S", 0.0)
        with pytest.raises(EngineLost, match="is gone; what is finished is kept"):
            engine.room()
        engine.close()


def test_at_the_command_line_a_cluster_is_named_by_its_address(tmp_path: Path) -> None:
    file = four_cells(tmp_path)
    with cluster(tmp_path / "dask") as made:
        code, output = run("campaign", str(file), "--dask", made.address)
    assert code == 0, output
    assert "4 of 4 cells are done" in output


def test_a_scheduler_that_does_not_answer_is_told_in_a_line() -> None:
    with pytest.raises(EngineLost, match="no Dask scheduler answers at tcp"):
        DaskCluster("tcp://127.0.0.1:9")


def test_cells_with_controllers_stay_beside_them(tmp_path: Path) -> None:
    file = study(tmp_path, base={"days": 0.02}, cells=[{"day": 1, "controllers": DEMO}])
    code, output = run("campaign", str(file), "--dask", "tcp://127.0.0.1:9")
    assert code == 2
    assert "--dask: cells with controllers run on the computer that is beside them" in output


def test_workers_with_another_building_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.engines.dask_cluster.EmbeddedTest", lambda: SimpleNamespace(identity="another"))
    with cluster(tmp_path / "dask") as made:
        eventually(lambda: worker_is_there(made.address))
        with pytest.raises(ConfigError, match="give all the same"):
            DaskCluster(made.address)


def worker_is_there(address: str) -> bool:
    with import_module("distributed").Client(address, set_as_default=False) as client:
        return bool(client.nthreads())
