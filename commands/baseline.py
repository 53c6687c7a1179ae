"""The baseline of a recorded run, from where the run's building is: what ``report --against baseline`` asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bridge.baseline import BaselinePlan, find_baseline, record_baseline
from bridge.display.receipts import say
from clients.boptest_client import BOPTestClient
from clients.making import simulation_client
from commands.logs import state_folder
from emulators.door import (
    CASES,
    STANDARD_CASE,
    BenchPlan,
    OfficeFiles,
    OfficeVariant,
    building_identity,
    read_variant,
    serve,
)
from recording import RunsFolder
from recording.columns import RunData
from utils.errors import ConfigError, Problem
from utils.home import HOME
from utils.settings import LocalSettings, SettingsSource
from utils.settings_parts import ServerSettings
from utils.writable import objection_to_folder


def baseline(run: RunData, folder: RunsFolder, env: Path, console: Console) -> Path:
    """The one that is kept, or a new one."""
    plan = BaselinePlan.of(run)
    found = find_baseline(folder, plan)
    if found is not None:
        say(console, f"the building's own control over the same period is kept in {found.stem}")
        return found
    objection = objection_to_folder(folder.path)
    if objection is not None:
        raise ConfigError([Problem("BRIDGE_RUNS_DIR", f"{objection}, and a baseline is recorded there")])
    with _server(run, console) as url, _client(url, env) as client:
        say(console, f"computing the building's own control over the same period: {plan.steps:,} steps, this once")
        return record_baseline(client, run, plan, folder)


@contextmanager
def _server(run: RunData, console: Console) -> Iterator[str]:
    """Where the same building is: the demo's is gone with it, and is started again."""
    url = run.fact("test_case", "url")
    if run.fact("kind") == "demo":
        case, office = _building(run)
        with serve(BenchPlan(boptest_port=0, ecy_port=None, cases=(case,), office=office)) as lines:
            say(console, "the demo's building is embedded here, and is started again")
            yield lines[0].split()[-1]
    elif isinstance(url, str) and url:
        yield url
    else:
        raise ConfigError([Problem(run.name, "does not tell its server, without which there is no baseline")])


def _building(run: RunData) -> tuple[str, OfficeVariant]:
    """A demo's case and building. Raises :class:`ConfigError` where its files are gone, or make another one now."""
    named, told = run.fact("test_case", "name"), run.facts_of("building")
    case = named if isinstance(named, str) and named in CASES else STANDARD_CASE
    office = read_variant(OfficeFiles.of_fact(told))
    if told and told.get("identity") != building_identity(case, office):
        what = "is of another building than its files, or this version, make now; put them back, or run the demo again"
        raise ConfigError([Problem(run.name, what)])
    return case, office


def _client(url: str, env: Path) -> BOPTestClient:
    """A client of the run's server, which gets the key that the settings have for that server only."""
    source = SettingsSource.read(env, os.environ, HOME, tolerant=True)
    tests = state_folder(source.part_in_spite(LocalSettings)).tests
    try:
        return simulation_client(source.part(ServerSettings), tests, server=url)
    except ConfigError:
        settings = SettingsSource({"BOP_SERVER_URL": url}, HOME).part(ServerSettings)
        return simulation_client(settings, tests)
