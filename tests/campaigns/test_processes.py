"""Cells in processes of this computer, and kill -9: every cell once, the same results, and nobody left behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from campaigns.campaign import Campaign, tasks_of
from campaigns.engines.processes import Processes
from campaigns.results import results_table
from campaigns.store import DONE, FAILED, CampaignStore
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from tests.campaigns.studies import HELD_CELLS, begin, go_through, held_cells, study, undisturbed
from tests.command_line import MAIN, ROOT, environment, start
from tests.supervisory.files import config, program
from tests.waiting import DEADLINE_S, eventually

pytestmark = pytest.mark.slow
posix = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes as Linux tells them")


def children_of(parent: int) -> list[int]:
    """Its processes that run cells; not the one that looks after semaphores."""
    told = (file.read_text(encoding="utf-8").split() for file in Path(f"/proc/{parent}/task").glob("*/children"))
    found = sorted(int(pid) for pids in told for pid in pids)
    return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def done_in(file: Path) -> int:
    with closing(sqlite3.connect(file, timeout=10.0)) as database, database:
        count: int = database.execute("SELECT COUNT(*) FROM cells WHERE state = 'done'").fetchone()[0]
    database.close()
    return count


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """Closed until there is a file."""
    return tmp_path / "gate"


def test_the_results_of_one_worker_and_of_many_are_the_same_byte_for_byte(tmp_path: Path, gate: Path) -> None:
    gate.touch()
    expected = undisturbed(tmp_path / "undisturbed", gate)
    for workers in (1, 4):
        store = begin(held_cells(tmp_path / str(workers), gate))
        go_through(store, Processes(workers))
        assert results_table(store.rows()) == expected
        assert len({row.worker for row in store.rows()}) == workers


@posix
def test_workers_that_are_killed_at_random_lose_no_cell_and_run_none_twice(tmp_path: Path, gate: Path) -> None:
    store = begin(held_cells(tmp_path, gate))
    campaign = Campaign(store, lambda: Processes(2), tasks_of(store, tmp_path / "absent.env"))
    running = threading.Thread(target=campaign.execute)
    running.start()
    for kill in range(3):
        eventually(lambda kill=kill: campaign.standing().done >= kill and len(children_of(os.getpid())) == 2)  # type: ignore[misc]
        os.kill(children_of(os.getpid())[kill % 2], signal.SIGKILL)
    gate.touch()
    running.join()
    assert [row.state for row in store.rows()] == [DONE] * HELD_CELLS
    assert sum(row.attempts for row in store.rows()) > HELD_CELLS
    assert results_table(store.rows()) == undisturbed(tmp_path / "undisturbed", gate)


@contextmanager
def begun_at_the_command_line(file: Path) -> Iterator[subprocess.Popen[str]]:
    """A campaign under way, with a cell that is done and another that runs."""
    with start("campaign", str(file), "--workers", "2") as process:
        store = file.with_suffix(".campaign")
        try:
            eventually(
                lambda: store.exists() and done_in(store) >= 1 and len(children_of(process.pid)) == 2, 3 * DEADLINE_S
            )
            yield process
        finally:
            process.kill()


@posix
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_whatever_ends_a_campaign_its_workers_end_and_resume_runs_what_is_missing(
    tmp_path: Path, gate: Path, how: signal.Signals
) -> None:
    file = held_cells(tmp_path, gate)
    with begun_at_the_command_line(file) as process:
        workers = children_of(process.pid)
        process.send_signal(how)
        output, _ = process.communicate(timeout=DEADLINE_S)
    assert "Traceback" not in output
    eventually(lambda: not any(is_alive(worker) for worker in workers))
    done = done_in(file.with_suffix(".campaign"))
    assert 1 <= done < HELD_CELLS
    assert (process.returncode, f"{done} of {HELD_CELLS} cells are done" in output) == (
        (-9, False) if how == 9 else (1, True)
    )
    before = [row for row in CampaignStore(file.with_suffix(".campaign")).rows() if row.state == DONE]
    gate.touch()
    with start("campaign", "resume", str(file)) as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output
    rows = CampaignStore(file.with_suffix(".campaign")).rows()
    assert [rows[row.cell.number - 1] for row in before] == before
    assert results_table(rows) == undisturbed(tmp_path / "undisturbed", gate)


@posix
def test_ctrl_c_of_a_terminal_reaches_all_processes_and_none_complains(tmp_path: Path, gate: Path) -> None:
    file = held_cells(tmp_path, gate)
    command = [*MAIN, "campaign", str(file), "--workers", "2"]
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
    with subprocess.Popen(command, env=environment(), **told) as process:  # type: ignore[call-overload]  # noqa: S603
        eventually(lambda: len(children_of(process.pid)) == 2)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert "Traceback" not in output
    assert "KeyboardInterrupt" not in output


POISON = """
    import os
    from supervisory import Program

    class Mine(Program):
        def on_step(self, ctx):
            os._exit(1)
"""


def test_a_cell_that_kills_its_process_every_time_fails_and_no_other_does(tmp_path: Path) -> None:
    program(tmp_path, "mine", POISON)
    config(tmp_path, programs={"mine": {"program": "mine.py"}})
    cells = [{"day": 1}, {"day": 2, "supervise": "config.json"}, {"day": 3}]
    store = begin(study(tmp_path, base={"days": 0.02}, cells=cells))
    go_through(store, Processes(2))
    rows = store.rows()
    assert [(row.state, row.attempts) for row in rows] == [(DONE, 1), (FAILED, 5), (DONE, 1)]
    assert rows[1].error == "its process has died, 5 times in a row"


def test_a_campaign_on_a_server_stops_its_tests_when_it_is_killed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as server:
        base = {"building": server.url, "days": 300, "step_s": 600, "warmup_days": 0}
        file = study(tmp_path, base=base, cells=[{"day": 1}])
        with start("campaign", str(file), BRIDGE_STATE_DIR=str(state)) as process:
            eventually(lambda: any((state / "tests").glob("*.json")))
            process.kill()
        eventually(lambda: not any((state / "tests").glob("*.json")))


def test_a_process_that_keeps_no_recordings_does_not_wait_for_the_bridge() -> None:
    script = "import sys, campaigns.engines.processes; sys.exit('bridge' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False).returncode == 0  # noqa: S603
