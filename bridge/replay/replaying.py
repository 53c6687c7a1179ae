"""The settings of a replay: those of an ordinary run, with the day, the step and the pace of the recording."""

from __future__ import annotations

import math

from bridge.replay.recorded_states import RecordedStates
from utils.clocks import model_datetime
from utils.settings import Settings


def replay_settings(settings: Settings, states: RecordedStates, time_scale: float | None = None) -> Settings:
    """``time_scale`` is simulated seconds per second; without one the pace is the recording's."""
    recorded = recorded_pace(states)
    return settings.model_copy(
        update={
            "start_time": model_datetime(states.start_s, states.run.first_year),
            "warmup_period_s": 0.0,
            "step_time_s": states.step_s,
            "time_scale": recorded if time_scale is None else time_scale,
            "time_period": None,
            "electricity_price": None,
        }
    )


def recorded_pace(states: RecordedStates) -> float:
    """Simulated seconds per second, 0 for as fast as possible; 1 where the recording does not tell."""
    told = states.run.number("episode", "time_scale")
    return told if math.isfinite(told) and told >= 0 else 1.0
