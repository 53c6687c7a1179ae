"""Where recordings are, for the verbs about them and for the demo."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recording import RunsFolder
from recording.columns import RunData
from recording.what_runs import runs_folder
from utils.errors import ConfigError, Problem
from utils.home import HOME
from utils.settings import LocalSettings, SettingsSource
from utils.writable import objection_to_folder

WHICH = "a name, the beginning of one, a file, or last"


_ASKED_FOR = "BOP_KPI_TIME"
OF_RECORDINGS = frozenset({"RECORD", "RECORD_MAX_GB", "BRIDGE_RUNS_DIR", "BRIDGE_STATE_DIR", _ASKED_FOR})
"""The settings that say where recordings are, if only by the state folder, and what is asked for to be in them: of
whatever a verb leaves alone, nobody misses these."""


@dataclass(frozen=True, slots=True)
class DemoRecording:
    """The settings of a demo's recording, and what there is to say of them."""

    variables: Mapping[str, str]
    notes: Sequence[str] = ()


def settings_of_this_computer() -> LocalSettings:
    """What the usual settings say of folders, for verbs that need none; what is wrong has its default."""
    return _usual_settings().part_in_spite(LocalSettings)


def _usual_settings() -> SettingsSource:
    return SettingsSource.read(HOME / ".env", os.environ, HOME, tolerant=True)


def recording_of_demo() -> DemoRecording:
    """Where other runs have theirs, and with what. A demo that cannot write there goes on without one."""
    local = settings_of_this_computer()
    objection = objection_to_folder(local.runs_dir) if local.records else None
    if objection is not None:
        return DemoRecording({"RECORD": "no"}, [f"Not recorded: {objection}."])
    folder = str(local.runs_dir.absolute())
    words = "yes" if local.records else "no"
    told = {"RECORD": words, "RECORD_MAX_GB": str(local.record_max_gb), "BRIDGE_RUNS_DIR": folder}
    asked_for = _usual_settings().variables.get(_ASKED_FOR, "").strip()
    return DemoRecording({**told, _ASKED_FOR: asked_for} if asked_for else told)


def add_settings_option(parser: argparse.ArgumentParser) -> None:
    """Where ``BRIDGE_RUNS_DIR`` may be said."""
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")


def recordings(env: Path) -> RunsFolder:
    """The folder of recordings, to be looked into: it may be read-only. Raises :class:`utils.errors.ConfigError`."""
    source = replace(SettingsSource.read(env, os.environ, HOME), only_reads=True)
    folder = runs_folder(source.part(LocalSettings))
    if folder.path.exists() and not folder.path.is_dir():
        raise ConfigError([Problem("BRIDGE_RUNS_DIR", f"{folder.path} is not a folder")])
    return folder


def refuse_itself(which: str, one: RunData, other: RunData) -> None:
    """Raises :class:`utils.errors.ConfigError`: a run is always as it was, which accepts nothing."""
    if one.name == other.name:
        raise ConfigError([Problem(which, f"is {one.name} itself; name another recording")])
