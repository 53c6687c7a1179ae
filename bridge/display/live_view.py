"""The view of a run on a terminal: it renews itself in place, and is never larger than the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bridge.display.footer import HELP, footer
from bridge.display.hands import Screen, Shown
from bridge.display.kpis import kpis_in_brief
from bridge.display.points_table import points_lines
from bridge.display.readings import written
from bridge.display.status import STATE_STYLE, Phase, Status
from bridge.link import LinkState
from equipment.equipment_manager import Equipment
from points import Point
from utils.text import printable
from utils.values import PointValue, Role, Target

_SHOWN_SEEN = 3
_SHOWN_COMMANDED = 4
_RANKS = {unit: rank for rank, unit in enumerate(("degC", "degF", "pascal", "inH2O"))}
"""What is looked at first, by unit."""
SHADOW_RUN = "shadow run: nothing is overridden"
_HEADINGS = ("Equipment", "state", "sees", "commands")
_HEAD_LINES = 2
_LEAST_LINES = 5
"""Where there is less room, notes and indicators make way."""
_STATE_WIDTH = 10
_WIDEST_NAME = 20
_DIVIDERS = 3
"""Blanks that the table has between its columns, besides the gaps."""
_GAP = "  "
_HEADLINE_STYLE = {False: "bold", True: "bold yellow"}
"""Whether time is held."""

Item = TypeVar("Item")


class ShownPlace:
    """The bottom of a terminal, where something renews itself while lines scroll by above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def show(self, what: Group) -> None:
        """Put this there, in place of what was there."""
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._live.update(what)
        self._live.start()
        self._live.refresh()

    def clear(self) -> None:
        """Leave it to others, with the cursor."""
        live, self._live = self._live, None  # one that is started again would erase what others have printed
        if live is not None:
            live.stop()


class LiveView:
    """One view at a time, once there is something to see, with the keys that lead to the others.

    Where no keys are read (``screen`` gives None) it is of every equipment as many readings as there is room for.
    """

    def __init__(
        self,
        console: Console,
        equipments: Sequence[Equipment],
        notes: Sequence[str],
        screen: Callable[[], Screen | None] = lambda: None,
    ) -> None:
        self._console = console
        self._place = ShownPlace(console)
        self._equipments = equipments
        self._notes = notes
        self._screen = screen
        self._name_width = min(max((cell_len(one.name) for one in equipments), default=0), _WIDEST_NAME)

    def update(self, status: Status) -> None:
        """Redraw. While the run connects it may have questions, so the screen is left to them."""
        if status.phase is Phase.CONNECTING:
            return
        screen = self._screen()
        width, height = self._console.size
        above = [_text(headline(status), _HEADLINE_STYLE[_is_held(status)])]
        below = [footer(screen, status, width)] if screen is not None else []
        aside = [_text(note, "dim") for note in self._notes], [_text(kpis_in_brief(status.kpis), "dim")]
        if height - self._lines((*above, *below, *aside[0], *aside[1]), width) >= _LEAST_LINES:
            above, below = [*above, *aside[0]], [*aside[1], *below]
        room = max(height - self._lines((*above, *below), width), 1)
        self._place.show(Group(*above, *self._middle(screen, status, width, room), *below))

    def rest(self) -> None:
        """Take the table away, and give the cursor back."""
        self._place.clear()

    def _lines(self, texts: Iterable[Text], width: int) -> int:
        return sum(len(text.wrap(self._console, width)) for text in texts)

    def _middle(self, screen: Screen | None, status: Status, width: int, height: int) -> list[RenderableType]:
        if screen is None:
            return [self._table(status, self._shown(status, height - _HEAD_LINES), width, height - _HEAD_LINES)]
        if screen.look is Shown.HELP:
            helping = (part for line in HELP for part in _text(line, "").wrap(self._console, width))
            return list(_page(list(helping), screen, height))
        if screen.look is Shown.POINTS:
            heading, lines = points_lines(self._equipments, status, width)
            is_headed = height > _HEAD_LINES
            return [*([heading] if is_headed else []), *_page(lines, screen, height - is_headed)]
        room = height - _HEAD_LINES
        shown, told = _paged(self._equipments, screen, room)
        return [self._table(status, shown, width, room - bool(told)), *([told] if told else [])]

    def _table(self, status: Status, shown: Sequence[Equipment], width: int, height: int) -> Table:
        name_width = max(self._name_width, len(_HEADINGS[0]))
        cell_width = max((width - name_width - _STATE_WIDTH - 4 * len(_GAP) - _DIVIDERS) // 2, 1)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, len(_GAP), 0, 0))
        for heading, column_width in zip(_HEADINGS, (name_width, _STATE_WIDTH, cell_width, cell_width), strict=True):
            table.add_column(heading, width=column_width, no_wrap=True)
        lines = max(height // max(len(shown), 1), 1)
        for equipment in shown:
            table.add_row(
                Text(printable(equipment.name)),
                _state(status, equipment),
                _fitting(_readings(equipment, _worth_seeing(equipment), status.seen), cell_width, lines),
                _fitting(_readings(equipment, _outputs(equipment), status.commanded), cell_width, lines),
            )
        if self._screen() is None and (left := len(self._equipments) - len(shown)):
            table.add_row(Text(f"and {left} more", style="dim"))
        return table

    def _shown(self, status: Status, height: int) -> Sequence[Equipment]:
        """All, or where there are more than lines, those first of which somebody has to know."""
        if len(self._equipments) <= height:
            return self._equipments
        in_order = sorted(
            self._equipments, key=lambda one: status.controllers.get(one.controller.address) is LinkState.ONLINE
        )
        return in_order[: max(height - 1, 1)]


def headline(status: Status) -> str:
    """Where a run is, in a line."""
    if status.phase is not Phase.RUNNING:
        return str(status.phase.value)
    online = sum(state is LinkState.ONLINE for state in status.controllers.values())
    moment = f"{status.local_time:%a %d %b %H:%M:%S}" if status.local_time is not None else "no date"
    episode = f"episode {status.episode}  " if status.episode else ""
    return (
        f"{SHADOW_RUN + '  ' if status.shadow else ''}{moment}  {episode}step {status.step}  {_pace(status)}  "
        f"{online}/{len(status.controllers)} controllers online  {status.late_steps} late"
    )


def _is_held(status: Status) -> bool:
    return status.time is not None and status.time.held_since_s is not None


def _pace(status: Status) -> str:
    """How time passes, and what is asked of it."""
    time = status.time
    if time is None or (time.held_for_s is None and not time.asked):
        return f"{status.pace:.1f}x real time"
    if time.held_for_s is None:
        return f"{status.pace:.1f}x real time, next: {time.asked}"
    asked = f", next: {time.asked}" if time.asked else ""
    return f"HELD for {_span(time.held_for_s)}, ends the run in {_span(time.ends_in_s)}{asked}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _page(lines: Sequence[Text], screen: Screen, height: int) -> Iterator[Text]:
    """One page of lines, and which one it is where there are more."""
    shown, told = _paged(lines, screen, height)
    yield from shown
    if told:
        yield told


def _paged(items: Sequence[Item], screen: Screen, height: int) -> tuple[Sequence[Item], Text | None]:
    """What fits of the page that is wanted, or of the last one; and which one that is."""
    if len(items) <= height:
        return items, None
    room = max(height - 1, 1)
    pages = -(-len(items) // room)
    page = min(screen.page, pages - 1)
    told = Text(f"page {page + 1} of {pages}: PgDn, PgUp", style="bold")
    return items[page * room : (page + 1) * room], told if height > 1 else None


def _state(status: Status, equipment: Equipment) -> Text:
    state = status.controllers.get(equipment.controller.address, LinkState.CONNECTING)
    return Text(state.value, style=STATE_STYLE[state])


def _text(words: str, style: str) -> Text:
    """Words of ours that break into lines, whatever the console does with others."""
    return Text(printable(words), style=style, no_wrap=False, overflow="fold")


def _worth_seeing(equipment: Equipment) -> list[Point]:
    seen = [point for point in equipment.points if point.role is not Role.READ]
    return sorted(seen, key=lambda point: _RANKS.get(point.device_unit or "", len(_RANKS)))[:_SHOWN_SEEN]


def _outputs(equipment: Equipment) -> list[Point]:
    return [point for point in equipment.points if point.role is Role.READ][:_SHOWN_COMMANDED]


def _readings(equipment: Equipment, points: Sequence[Point], values: Mapping[Target, PointValue]) -> Iterator[str]:
    known = ((point, values.get(equipment.target(point))) for point in points)
    return (printable(f"{point.ecy_point} {written(value, point)}") for point, value in known if value is not None)


def _fitting(readings: Iterable[str], width: int, most: int) -> Text:
    """As many whole ones as fit into so many lines."""
    lines: list[str] = []
    for reading in readings:
        longer = f"{lines[-1]}{_GAP}{reading}" if lines else reading
        if lines and cell_len(longer) <= width:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(reading)
    return Text("\n".join(lines))
