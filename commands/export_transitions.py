"""``export RUN --transitions SPACES``: what an agent of these spaces would have seen, done and been paid in a run."""

from __future__ import annotations

from pathlib import Path

from learning.recorded import RecordedTransitions, spaces_for, table_of, transitions_of, write_npz
from recording import RecordedRun
from recording.columns import read_run
from recording.export import write_csv, write_parquet
from utils.errors import ConfigError, Problem


def write_transitions(recorded: RecordedRun, spaces: Path, file: Path, suffix: str) -> list[str]:
    """Write them as csv, parquet or npz; what to say of it. Raises :class:`ConfigError` where there are none."""
    run = read_run(recorded)
    told = transitions_of(run, spaces_for(run, spaces))
    count = len(told.rewards)
    left_out = [f"left out: {dropped} {why}" for why, dropped in told.dropped.items()]
    if not count:
        raise ConfigError([Problem(run.name, f"has no transitions: {'; '.join(left_out) or 'it is too short'}")])
    _write(file, suffix, told)
    return [f"{count} transitions of {run.name} are in {file}", *left_out]


def _write(file: Path, suffix: str, told: RecordedTransitions) -> None:
    if suffix == "npz":
        write_npz(file, told)
    else:
        {"csv": write_csv, "parquet": write_parquet}[suffix](file, table_of(told))
