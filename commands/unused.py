"""What somebody has set and a verb does not look at."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from pathlib import Path

from utils.home import HOME
from utils.settings import Settings, SettingsSource, SimulationSettings


def unused_settings(
    verb: str,
    environment: Mapping[str, str] = os.environ,
    env_file: Path = HOME / ".env",
    but: Set[str] = frozenset(),
) -> list[str]:
    """A line about the settings that a verb with options of its own leaves alone; nothing where there are none.

    It does not leave alone those in ``but``.
    """
    source = SettingsSource.read(env_file, environment, HOME, tolerant=True)
    known = {setting.alias for setting in Settings.model_fields.values() if setting.alias} - but
    told = sorted(known & (source.variables.keys() - source.from_file))
    if known & source.from_file:
        told.append(f"what {env_file.name} says")
    return [f"Not used: {', '.join(told)}; {verb} has options of its own (--help)."] if told else []


def settings_of_no_use(settings: SimulationSettings) -> list[str]:
    """A line about what a period of the building's makes of the settings that say when it starts."""
    if settings.time_period is None:
        return []
    year = "" if settings.start_time is None else ", nor of BOP_START_TIME more than the year"
    return [f"Not used: BOP_WARMUP_PERIOD{year}; when {settings.time_period} starts, the simulation knows."]
