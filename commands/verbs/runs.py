"""``python main.py runs``: the recordings that there are."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from bridge.display.receipts import say
from bridge.display.rows import print_rows
from commands.recordings import add_settings_option, recordings
from recording import BRIDGE, RecordedRun, RunFiles, open_run
from recording.finding import runs_in
from recording.runs_folder import size_of
from utils.clocks import model_datetime
from utils.errors import ConfigError
from utils.home import CALLED

EXAMPLES = ("runs", "export last --csv", "help export")
_HEADINGS = ("name", "began", "lasted", "steps", "size", "what it was, and how it ended")
_KILOBYTE, _MINUTE_S, _HOUR_S, _DAY_S = 1000.0, 60, 3600, 86_400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where they are."""
    add_settings_option(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """List them, the newest last."""
    folder = recordings(options.env)
    found = runs_in(folder)
    if not found:
        say(console, f"Nothing was recorded yet in {folder.path}. Every run is, unless RECORD=no; {CALLED} demo")
        say(console, "needs nothing and is recorded, too.")
        return 0
    print_rows(console, "", _HEADINGS, map(_row, found), spare=("began",))
    total = sum(_bytes(files) for files in found)
    say(console, f"{len(found)} in {folder.path}, {_size(total)} of at most {_size(folder.most_bytes)}")
    return 0


def _row(files: RunFiles) -> tuple[str, ...]:
    size = _size(_bytes(files))
    try:
        with open_run(files.parts[0]) as run:
            began = datetime.fromtimestamp(run.began_s)
            lasted = _lasted(run.last_s - run.began_s)
            return files.name, f"{began:%Y-%m-%d %H:%M}", lasted, str(run.steps), size, _told(run, files)
    except ConfigError as error:
        return files.name, "", "", "", size, error.problems[0].what


def _told(run: RecordedRun, files: RunFiles) -> str:
    """What was run, and how it ended."""
    facts = run.facts
    case, episode = facts.get("test_case") or {}, facts.get("episode") or {}
    programs = ", ".join(facts.get("programs") or ())
    what = case.get("name") or programs or facts.get("kind") or ""
    told = [f"{what}{_from(episode)}", episode.get("period") or "", _begun_anew(run), _ending(run, files)]
    if run.missing:
        told.append(f"{len(run.missing)} part(s) are missing")
    return "; ".join(filter(None, told))


def _from(episode: Mapping[str, Any]) -> str:
    """When it began in model time."""
    start_s, year = episode.get("start_time_s"), episode.get("first_year")
    if start_s is None or year is None:
        return ""
    return f" from {model_datetime(start_s, year):%d %b %H:%M}"


def _begun_anew(run: RecordedRun) -> str:
    last = run.streams[BRIDGE].last_episode if BRIDGE in run.streams else 0
    return f"{last + 1} episodes" if last else ""


def _ending(run: RecordedRun, files: RunFiles) -> str:
    if run.ended_s is not None:
        return run.ending or "ended"
    return "running" if files.is_running else "killed, or its recording ended before it"


def _bytes(files: RunFiles) -> int:
    """What the parts take."""
    return sum(map(size_of, files.parts))


def _lasted(seconds: float) -> str:
    """Wall time, in two words at most."""
    whole = round(seconds)
    for unit_s, name, smaller_s, smaller in ((_DAY_S, "d", _HOUR_S, "h"), (_HOUR_S, "h", _MINUTE_S, "min")):
        if whole >= unit_s:
            return f"{whole // unit_s} {name} {whole % unit_s // smaller_s} {smaller}"
    return f"{whole // _MINUTE_S} min" if whole >= 10 * _MINUTE_S else f"{whole} s"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < _KILOBYTE:
            return f"{count:.0f} {unit}"
        count /= _KILOBYTE
    return f"{count:.1f} GB"
