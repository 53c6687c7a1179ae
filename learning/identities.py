"""Which building each version of the environment's id stands for: results of two versions are not to be compared."""

from __future__ import annotations

import gymnasium

NAMESPACE = "building_bench"
OFFICES = ("multizone_office grey box 3 650d3bb2ce6f",)
"""The identity of the usual office in version 0, 1, ...; a change of its numbers adds one."""


def office_id(version: int | None = None) -> str:
    """The id of a version of the office; of the latest when None."""
    return f"{NAMESPACE}/MultizoneOffice-v{len(OFFICES) - 1 if version is None else version}"


def server_id() -> str:
    """The id of whatever a BOPTEST server has."""
    return f"{NAMESPACE}/Server-v0"


def loop_id() -> str:
    """The id of controllers in the loop."""
    return f"{NAMESPACE}/Controllers-v0"


def register_all() -> None:
    """Make the ids known to Gymnasium. An old version is refused when it is made: its building is no more."""
    gymnasium.register(server_id(), entry_point="learning.making:server_env", nondeterministic=True)
    gymnasium.register(loop_id(), entry_point="learning.making:controllers_env", nondeterministic=True)
    for version, plant in enumerate(OFFICES):
        gymnasium.register(
            office_id(version),
            entry_point="learning.making:office_env",
            vector_entry_point="learning.making:office_batch",
            disable_env_checker=True,
            kwargs={"plant": plant},
        )
