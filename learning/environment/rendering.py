"""Where a world stands, as text."""

from __future__ import annotations

from collections.abc import Sequence

from learning.spaces import SpacesFile
from learning.world import Situation
from utils.clocks import ModelSeconds, model_datetime

_ANY_COMMON_YEAR = 2023


def told_in_words(spaces: SpacesFile, kpi_names: Sequence[str], situation: Situation) -> str:
    """Date, observations, actions in force and KPIs, a line each, SI units."""
    when = model_datetime(ModelSeconds(situation.time_s), _ANY_COMMON_YEAR)
    rows = [
        *((seen.point, value) for seen, value in zip(spaces.observations, situation.measured, strict=True)),
        *((action.name, value) for action, value in zip(spaces.actions, situation.actions, strict=True)),
        *zip(kpi_names, situation.kpis, strict=True),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{when:%d %b %H:%M}", *(f"{name:{width}} {value:10.4g}" for name, value in rows)]
    return "\n".join([*lines, *([situation.ended] if situation.ended else []), ""])
