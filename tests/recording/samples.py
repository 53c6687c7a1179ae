"""A small recording to write and to read."""

from __future__ import annotations

from pathlib import Path

from recording import GOOD, MISSING, Direction, Event, EventKind, RecordedStep, RunsFolder, Signal
from utils.clocks import ModelSeconds, UnixSeconds

BEGAN_S = UnixSeconds(1_790_000_000.0)
_AHU = {"equipment": "AHU", "device": "10.0.0.5"}
SIGNALS = (
    Signal(
        "AHU.DischAirTemp [degC]",
        "degC",
        "hvac_reaAhu_TSup_y",
        "DischAirTemp",
        role="forced",
        direction=Direction.TO_CONTROLLER,
        **_AHU,
    ),
    Signal("AHU.FanCmd", "", "hvac_oveAhu_yFan", "FanCmd", role="read", direction=Direction.FROM_CONTROLLER, **_AHU),
)
MANY_BYTES = 1_000_000_000


def folder(path: Path, most_bytes: int = MANY_BYTES, free_bytes: int = MANY_BYTES) -> RunsFolder:
    """A folder on a disk with so much free."""
    return RunsFolder(path, most_bytes, lambda _: free_bytes)


def step(number: int, *values: float | bool | None) -> RecordedStep:
    """A step of five seconds; a value that is not there is missing."""
    qualities = bytes(MISSING if value is None else GOOD for value in values)
    moment = ModelSeconds(5.0 * number), UnixSeconds(BEGAN_S + number)
    return RecordedStep(number, *moment, values, qualities, f"2023-07-06T05:30:{number % 60:02}", exchange_s=0.25)


def offline(number: int) -> Event:
    """A controller went offline in a step."""
    return Event(UnixSeconds(BEGAN_S + number), EventKind.OFFLINE, "AHU", "no answer within 5 s", ModelSeconds(5.0))
