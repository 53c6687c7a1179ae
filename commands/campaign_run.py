"""Runs the cells of a campaign that are due, while somebody watches."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console

from bridge.display.receipts import say
from campaigns.campaign import Campaign, tasks_of
from campaigns.cell import CONTROLLERS, Task
from campaigns.engines import Engine
from campaigns.engines.processes import Processes
from campaigns.progress import campaign_view
from campaigns.store import DONE, FAILED, CampaignStore
from utils.errors import ConfigError, Problem
from utils.home import CALLED
from utils.process.interruption import until_done

_SECOND = f"cells that use controllers may not have given back what they had taken: {CALLED} release"
_MOST_TOLD = 10


def run_campaign(store: CampaignStore, options: argparse.Namespace, console: Console) -> int:
    """Run until all cells are done, or somebody stops it; 0 when every cell is done."""
    with store.held():
        tasks = tasks_of(store, options.env)
        campaign = Campaign(store, _engine(options, tasks), tasks)
        try:
            with campaign_view(console, store.file, campaign.standing) as view:
                until_done(
                    campaign.execute, campaign.request_stop, thread_name="campaign", second=_SECOND, tick=view.update
                )
        finally:
            _tell(console, store)
    return 0 if store.counts()[DONE] == len(store.rows()) else 1


def _engine(options: argparse.Namespace, tasks: Sequence[Task]) -> Callable[[], Engine]:
    """Raises :class:`ConfigError` for cells that cannot run there."""
    if not options.dask:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return partial(Processes, min(options.workers or cores, max(len(tasks), 1)))
    from campaigns.engines.dask_cluster import DaskCluster

    if any(task.parameters.resource == CONTROLLERS for task in tasks):
        what = "cells with controllers run on the computer that is beside them; leave it out"
        raise ConfigError([Problem("--dask", what)])
    return partial(DaskCluster, options.dask)


def _tell(console: Console, store: CampaignStore) -> None:
    rows = store.rows()
    failed, done = [row for row in rows if row.state == FAILED], sum(row.state == DONE for row in rows)
    for row in failed[:_MOST_TOLD]:
        say(console, f"cell {row.cell.number} has failed: {row.error}")
    if len(failed) > _MOST_TOLD:
        say(console, f"{len(failed) - _MOST_TOLD} more have failed; campaign export --all has every reason")
    say(console, f"{done} of {len(rows)} cells are done, in {store.file}")
    if done < len(rows):
        say(console, f"{CALLED} campaign resume {store.file} runs the others")
    else:
        say(console, f"{CALLED} campaign overview {store.file} makes a page of it")
