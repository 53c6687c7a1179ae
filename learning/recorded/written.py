"""RecordedTransitions for others: as a table, and as a file of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from learning.recorded.transitions import RecordedTransitions
from recording.export import RecordedTable, Row


def table_of(told: RecordedTransitions) -> RecordedTable:
    """A row for each."""
    seen, acted = told.observation_names, told.action_names
    return RecordedTable(
        (
            *("episode", "model_time_s"),
            *(f"observation {name}" for name in seen),
            *(f"action {name}" for name in acted),
            *(f"mask {name}" for name in acted),
            *("reward", "cost", "terminated", "truncated"),
            *(f"next {name}" for name in seen),
        ),
        _rows(told),
    )


def _rows(told: RecordedTransitions) -> Iterator[Row]:
    columns = (
        *(told.episodes[:, None], told.times_s[:, None], told.observations, told.actions, told.action_masks),
        *(told.rewards[:, None], told.costs[:, None], told.terminated[:, None], told.truncated[:, None]),
        told.next_observations,
    )
    for place in range(len(told.rewards)):
        yield tuple(value for column in columns for value in column[place].tolist())


def write_npz(file: Path, told: RecordedTransitions) -> None:
    """Write it in place of what may be there, whole or not at all: ``numpy.load`` reads it. Raises OSError."""
    names = {"observation_names": told.observation_names, "action_names": told.action_names}
    arrays: dict[str, Any] = {**told.arrays, **{name: np.array(one) for name, one in names.items()}}
    draft = file.with_name(f"{file.name}.part")
    try:
        with draft.open("wb") as stream:
            np.savez(stream, **arrays)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
