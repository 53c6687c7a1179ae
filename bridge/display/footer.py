"""The last lines of the view: what the keys do, what is being typed, and what became of the last key."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from bridge.display.hands import Screen, Shown
from bridge.display.status import Phase, Status

HELP = (
    "space       hold time, and let it go on",
    ". or right  one step, and hold time again",
    "+ -         a faster pace, a slower one; beyond 5000 as fast as the peers allow",
    "r           begin again at another date, or with a period of the test case",
    "s, b        save the state, and go back to it (embedded building only)",
    "n           a note: your words are kept with the run",
    "Tab         every point with its value and set-point, and back",
    "PgDn PgUp   the next page, the one before (also down, up); Home: the first",
    "q, Ctrl+C   stop, and give everything back",
    "Esc         back to the overview",
    "",
    "While time is held the controllers run on: schedules, timers and integrators",
    "do not know of it. Their clocks are set when it goes on. docs/time.md says more.",
)

_DISPENSABLE = ("n", "+-", ".", "r", "Tab", "space", "q")


def footer(screen: Screen, status: Status, width: int) -> Text:
    """One line, or what is typed in as many as it needs. A narrow screen has fewer of the keys; ``?`` knows all."""
    if screen.question is not None:
        asked = Text(f"{screen.question.value}: ", style="bold", no_wrap=False, overflow="fold")
        return asked.append(screen.typed, style="").append("_", style="blink").append("  (Enter, Esc)", style="dim")
    if screen.said:
        return Text(screen.said, style="yellow", no_wrap=False, overflow="fold")
    if status.phase in (Phase.RELEASING, Phase.ENDED):
        return Text("giving back; Ctrl+C again would leave things as they are", style="dim")
    is_paused = status.time is not None and status.time.is_paused
    keys = {
        "space": "go on" if is_paused else "pause",
        ".": "step",
        "+-": "pace",
        "r": "reset",
        "n": "note",
        "Tab": "points" if screen.look is not Shown.POINTS else "overview",
        "q": "stop",
        "?": "help" if screen.look is not Shown.HELP else "back",
    }
    for key in _DISPENSABLE:
        if _keys(keys).cell_len > width:
            del keys[key]
    return _keys(keys)


def _keys(keys: Mapping[str, str]) -> Text:
    line = Text()
    for key, does in keys.items():
        line.append("  " if line else "").append(key, style="bold reverse").append(f" {does}")
    return line
