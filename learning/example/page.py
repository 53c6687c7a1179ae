"""The comparison as one HTML page: a table, and a week that was held out as charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from learning.example.comparing import TOLERATED_KH, Compared
from learning.example.single import EpisodeLog
from recording.charts import Curve, Panel, chart, model_time_axis
from utils.clocks import DAY_S

_KELVIN = 273.15
_YEAR = 2023
_HEAD = ("", "energy saved", "cost saved", "peak saved", "K h more", "ppm h more", f"within {TOLERATED_KH:g} K h")
_STYLE = (
    "body{font:15px Helvetica,Arial,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "td,th{padding:.3em .8em;text-align:left;border-bottom:1px solid #ddd}"
    "table{border-collapse:collapse}svg{width:100%}"
)
_ZONES = ("Cor", "Sou", "Eas", "Nor", "Wes")
_DRAWN = (
    ("Supply air, °C", "hvac_reaAhu_TSup_y", _KELVIN),
    ("Duct pressure, Pa", "hvac_reaAhu_dp_sup_y", 0.0),
    ("Outdoor air, °C", "weaSta_reaWeaTDryBul_y", _KELVIN),
)


def page(compared: Compared, plant: str, told: str, week: int, episodes: Mapping[str, EpisodeLog]) -> str:
    """The whole page. ``told`` says how it was made, ``week`` which one the ``episodes`` are of."""
    head = f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Learning</title><style>{_STYLE}</style>"
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in compared.rows())
    table = f"<table><tr>{''.join(f'<th>{escape(cell)}</th>' for cell in _HEAD)}</tr>{rows}</table>"
    return "\n".join([
        head,
        "<h1>A learned policy beside other ways of control</h1>",
        f"<p>{escape(told)} Plant: {escape(plant)}. Interquartile means over weeks and seeds of what is saved",
        "beside the building's own control in the same week, with 95 % intervals; then comfort and air beside it, per",
        "zone.</p>",
        table,
        week_chart(week, episodes),
        "</html>",
        "",
    ])  # fmt: skip


def week_chart(week: int, episodes: Mapping[str, EpisodeLog]) -> str:
    """A week as an SVG: the warmest and coldest zones, what the policy commands, and the weather."""
    some = next(iter(episodes.values()))
    first_s = week * 7 * DAY_S
    times = [first_s + 3600.0 * hour for hour in some.hours]
    panels = [
        Panel("Warmest zone, °C", _extreme(episodes, max), from_zero=False, has_times=False),
        Panel("Coldest zone, °C", _extreme(episodes, min), from_zero=False, has_times=False),
        *(
            Panel(title, [Curve(name, _column(one, point, below)) for name, one in episodes.items()], from_zero=False,
                  height=120.0, has_times=False)
            for title, point, below in _DRAWN[:2]
        ),
        Panel(_DRAWN[2][0], [Curve("", _column(some, *_DRAWN[2][1:]))], from_zero=False, height=90.0),
    ]  # fmt: skip
    return chart(f"Week {week + 1} of the year, held out", times, panels, model_time_axis(times[0], times[-1], _YEAR))


def _extreme(episodes: Mapping[str, EpisodeLog], of_all: Callable[[Iterable[float]], float]) -> Sequence[Curve]:
    curves = []
    for name, one in episodes.items():
        zones = [one.column(f"hvac_reaZon{zone}_TZon_y") for zone in _ZONES]
        curves.append(Curve(name, [of_all(values) - _KELVIN for values in zip(*zones, strict=True)]))
    return curves


def _column(one: EpisodeLog, point: str, below: float) -> list[float]:
    return [value - below for value in one.column(point)]
