"""The settings of a cell on a server or with controllers: what somebody has written down, and what the cell says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from campaigns.cell import CellParameters
from campaigns.running.times import start_of
from utils.clocks import DAY_S, model_datetime
from utils.errors import ConfigError
from utils.home import HOME
from utils.settings import SettingsSource
from utils.settings_parts import ServerSettings

_SERVER_WARMUP_DAYS = 7.0
_ELSEWHERE = ("BOP_SERVER_IP", "BOP_SERVER_PORT", "BOP_API_KEY", "TESTCASE_NAME")
"""What is of the server that the settings name, and of no other."""
_BEGINNINGS = ("BOP_START_TIME", "BOP_TIME_PERIOD")


def warmup_s(parameters: CellParameters) -> float:
    """What is simulated before a cell, s."""
    usual = 0.0 if parameters.is_embedded else _SERVER_WARMUP_DAYS
    return (usual if parameters.warmup_days is None else parameters.warmup_days) * DAY_S


def settings_of(env: Path) -> SettingsSource:
    """What somebody has written down, as far as it can be read."""
    return SettingsSource.read(env, os.environ, HOME, tolerant=True)


def settings_for(url: str, env: Path) -> SettingsSource:
    """The same for a server, which gets the key that the settings have for that server only."""
    source = settings_of(env)
    if _server_of(source) == url.rstrip("/"):
        return source
    kept = {name: value for name, value in source.variables.items() if name not in _ELSEWHERE}
    return replace(source, variables={**kept, "BOP_SERVER_URL": url})


def for_cell(source: SettingsSource, parameters: CellParameters, changes: Mapping[str, str]) -> SettingsSource:
    """The settings of a run that is this cell, with some more ``changes``."""
    kept = {name: value for name, value in source.variables.items() if name not in _BEGINNINGS}
    return replace(source, variables={**kept, **_of_cell(parameters), **changes})


def _of_cell(parameters: CellParameters) -> dict[str, str]:
    start = start_of(parameters.day)
    begin = {"BOP_START_TIME": f"{model_datetime(start.time_s, start.year):%Y-%m-%d %H:%M:%S}"}
    return {
        **(begin if parameters.period is None else {"BOP_TIME_PERIOD": parameters.period}),
        **({"TESTCASE_NAME": parameters.test_case} if parameters.test_case is not None else {}),
        "BOP_ELECTRICITY_PRICE": parameters.price,
        "BOP_WARMUP_PERIOD": f"{warmup_s(parameters):g}",
    }


def _server_of(source: SettingsSource) -> str | None:
    try:
        return source.part(ServerSettings).base_url
    except ConfigError:
        return None
