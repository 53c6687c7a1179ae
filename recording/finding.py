"""A recording by what somebody types: a file, a name, the beginning of one, or ``last``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recording.runs_folder import SUFFIX, RunFiles, RunsFolder, run_of
from utils.errors import ConfigError, Problem
from utils.home import CALLED
from utils.names import did_you_mean

LAST = "last"
BASELINE = "baseline"
"""The kind of a recording of the building's own control."""
REPLAY = "replay"
"""The kind of a recording that was played to controllers again."""
FROM_OTHERS = (BASELINE, REPLAY)
"""What was made from another recording is not the last run."""
_NAMED = 5
"""So many names are told of those that fit."""


def find_run(folder: RunsFolder, text: str, others: Sequence[str] = ()) -> Path:
    """The first part of the one that is meant. Raises :class:`ConfigError` where none is, or several are.

    ``others`` are words that could have been meant in its place.
    """
    file = Path(text)
    if file.is_file():
        return file
    if file.parent != Path():
        raise ConfigError([Problem(text, "there is no such recording")])
    return _found(folder, run_of(Path(f"{text.removesuffix(SUFFIX)}{SUFFIX}")), others).parts[0]


def runs_in(folder: RunsFolder) -> list[RunFiles]:
    """All recordings, the oldest first; none where nothing was recorded yet. Raises :class:`ConfigError`."""
    try:
        return folder.runs()
    except OSError as error:
        raise ConfigError([Problem(str(folder.path), f"cannot be read: {error.strerror}")]) from None


def _last_of(runs: list[RunFiles]) -> list[RunFiles]:
    """The last that somebody has made; without one, the last of all."""
    return [run for run in runs if run.kind not in FROM_OTHERS][-1:] or runs[-1:]


def _found(folder: RunsFolder, text: str, others: Sequence[str]) -> RunFiles:
    runs = runs_in(folder)
    if not runs:
        raise ConfigError([Problem(text, f"nothing was recorded yet in {folder.path}")])
    fitting = _last_of(runs) if text == LAST else [run for run in runs if run.name == text or run.name.startswith(text)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(run.name for run in fitting[-_NAMED:])
        what = f"fits {len(fitting)} recordings: {'..., ' if len(fitting) > _NAMED else ''}{names}; type more of one"
        raise ConfigError([Problem(text, what)])
    guess = did_you_mean(text, [LAST, *others, *(run.name for run in runs)]) or f"; {CALLED} runs lists them"
    raise ConfigError([Problem(text, f"there is no such recording in {folder.path}{guess}")])
