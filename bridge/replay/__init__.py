"""Replay: controllers are shown once more what they saw, without a simulation, and are judged by what they say."""

from bridge.replay.judging import facts_of_replay, judged, known_spread, spread_of
from bridge.replay.outputs_at_rest import OutputsAtRest
from bridge.replay.recorded_building import RecordedBuilding
from bridge.replay.recorded_states import RecordedStates
from bridge.replay.replaying import recorded_pace, replay_settings

__all__ = [
    "OutputsAtRest",
    "RecordedBuilding",
    "RecordedStates",
    "facts_of_replay",
    "judged",
    "known_spread",
    "recorded_pace",
    "replay_settings",
    "spread_of",
]
