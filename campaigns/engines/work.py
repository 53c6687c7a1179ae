"""A cell where it runs: whatever becomes of it is an outcome, as plain values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from campaigns.cell import CellResult, Task
from campaigns.engines.engine import Failed
from campaigns.running import StopSign, run
from supervisory.setup.loading import told_error
from utils.errors import BridgeError


def work(task: Task, stop: StopSign | None = None) -> CellResult | Failed:
    """Run a cell. What it raises, whoever has made the mistake, is why it failed."""
    with ThreadPoolExecutor(1, thread_name_prefix="cell") as pool:
        future = pool.submit(run, task, stop or StopSign())
        error = future.exception()
    if error is None:
        return future.result()
    return Failed(task.number, str(error) if isinstance(error, BridgeError) and str(error) else told_error(error))
