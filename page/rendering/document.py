"""The whole page, as it is sent first."""

from __future__ import annotations

import json

from page.assets import styles
from page.contracts import Hands
from page.rendering import cards
from page.rendering.drawing import air_handler
from page.rendering.markup import PageView, breakable, escape
from page.rendering.payload import clock_words, event_row, headline
from page.seeing.zones import handlers_of, zones_of

_HEAD = (("pace", "pace"), ("step", "step"), ("late", "late steps"), ("online", "controllers"), ("delay", "exchange"))
_PACES = ((1, "real time"), (5, "5×"), (20, "20×"), (60, "60×"), (0, "fastest"))
_DAYS = (
    ("2023-01-10 05:30", "January morning"),
    ("2023-04-20 05:30", "April morning"),
    ("2023-07-06 05:30", "July morning"),
)


def document(view: PageView, hands: Hands) -> str:
    """The page of a viewer, with the newest values in it."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Building bench</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="/assets/favicon.svg">'
        f"<style>{styles()}</style>"
        '<link rel="modulepreload" href="/assets/trends.mjs"><link rel="modulepreload" href="/assets/hands.mjs">'
        '<script type="module" src="/assets/page.mjs"></script></head>'
    )
    body = f"{_bar(view)}{_hands(hands)}<main>{_main(view)}</main>{_dialog(hands)}"
    return f'{head}<body data-units="{view.system}" data-board="{view.board.version}">{body}</body></html>'


def _bar(view: PageView) -> str:
    status = view.moment.status
    facts = headline(view.moment)
    told = "".join(f'<div><dt>{words}</dt><dd data-h="{key}">{escape(facts[key])}</dd></div>' for key, words in _HEAD)
    other = "US" if view.system == "SI" else "SI"
    return (
        '<header class="bar"><h1>Building bench</h1>'
        f'<p class="when"><time id="clock">{clock_words(status.local_time)}</time>'
        f'<strong id="phase" role="status" data-phase="{escape(status.phase.name.lower())}">'
        f'{escape(status.phase.value)}</strong><small id="paused">{escape(view.moment.paused)}</small></p>'
        f'<dl>{told}</dl><nav><a href="/?units={other}" title="show {other} units">{other} units</a>'
        '<button id="theme" title="light or dark">Light / dark</button>'
        '<button id="take" title="take control with the token or password">Hands</button></nav></header>'
        '<p id="said" role="alert" hidden></p>'
    )


def _hands(hands: Hands) -> str:
    return f'<form id="hands" hidden aria-label="Hands on the run">{_time(hands)}{_words(hands)}</form>'


def _time(hands: Hands) -> str:
    if hands.time is None:
        return ""
    paces = "".join(f'<option value="{scale}">{words}</option>' for scale, words in _PACES)
    days = "".join(f'<option value="{start}">{words}</option>' for start, words in _DAYS)
    periods = "".join(f'<option value="{escape(name)}">{escape(_spoken(name))}</option>' for name in hands.periods)
    return (
        '<button type="button" data-do="pause">Pause</button><button type="button" data-do="go-on">Go on</button>'
        '<button type="button" data-do="step">One step</button>'
        f'<label>Pace <select id="scale"><option value="">…</option>{paces}</select></label>'
        f'<label>Begin anew at <select id="day"><option value="">…</option>{days}{periods}'
        '<optgroup id="saved" label="saved states" hidden></optgroup></select></label>'
        '<label>or <input id="start" type="text" placeholder="2023-01-10 05:30" size="16" aria-label="date and time">'
        '</label><button type="button" data-do="reset">Begin</button>'
        '<button type="button" data-do="save" id="save" hidden>Save state</button>'
        '<button type="button" data-do="stop" class="grave">Stop the run</button>'
    )


def _words(hands: Hands) -> str:
    release = '<button type="button" data-do="release">Let all overrides go</button>' if hands.values else ""
    return (
        f'{release}<label class="note">Note <input id="note" type="text" maxlength="400"></label>'
        '<button type="button" data-do="note">Keep</button>'
    )


def _spoken(period: str) -> str:
    return period.replace("_", " ")


def _main(view: PageView) -> str:
    handlers, zones = handlers_of(view.board), {zone.equipment for zone in zones_of(view.board)}
    others = [name for name in view.board.equipments if name not in handlers and name not in zones]
    drawn = "".join(_handler(view, name) for name in handlers)
    return (
        f'<div class="plant">{drawn}{cards.zones(view)}</div>{_trends(view)}{cards.equipments(view, others)}'
        f'<div class="side">{cards.indicators(view)}{_controllers(view)}{_events(view)}</div>{cards.simulation(view)}'
    )


def _handler(view: PageView, name: str) -> str:
    drawing, placed = air_handler(view, name)
    more = cards.rest_of(view, name, placed)
    return f'<section class="card handler"><h2>{breakable(name)}</h2>{drawing}{more}</section>'


def _trends(view: PageView) -> str:
    buttons = "".join(
        f'<button data-set="{",".join(map(str, numbers))}">{escape(name)}</button>'
        for name, numbers in cards.trend_sets(view)
    )
    known = {point.number: [point.name, view.sign(point), view.digits(point)] for point in view.board.points}
    content = json.dumps(known, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<section class="card trends"><h2>Trends</h2><div class="sets" role="toolbar">{buttons}'
        '<button id="whole">whole run</button></div><div id="plot"></div><p id="response" aria-live="polite"></p>'
        f'<script type="application/json" id="points">{content}</script></section>'
    )


def _controllers(view: PageView) -> str:
    states = view.moment.status.controllers
    rows = "".join(
        f"<tr><th>{breakable(', '.join(names))}<small>{escape(address)}</small></th>"
        f'<td data-c="{escape(address)}">{states[address].value if address in states else "connecting"}</td></tr>'
        for address, names in view.board.controllers.items()
    )
    return f'<section class="card"><h2>Controllers</h2><table>{rows}</table></section>'


def _events(view: PageView) -> str:
    rows = "".join(_event(event_row(one)) for one in reversed(view.moment.events))
    return f'<section class="card"><h2>Events</h2><ol id="events" reversed>{rows}</ol></section>'


def _event(row: tuple[int, str, str, str]) -> str:
    number, when, kind, words = row
    return f'<li data-e="{number}"><time>{when}</time> <b>{escape(kind)}</b> {escape(words)}</li>'


def _dialog(hands: Hands) -> str:
    hold = (
        '<form id="hold" hidden><label>Hold at <input id="held" inputmode="decimal" autocomplete="off"> '
        '<i id="held-unit"></i></label><button>Hold</button><button type="button" id="let-go">Let go</button></form>'
        if hands.values is not None
        else ""
    )
    return (
        '<dialog id="point" aria-labelledby="point-name"><h2 id="point-name"></h2><p id="point-words"></p>'
        '<p class="big" id="point-value"></p><dl id="point-facts"></dl>'
        f'<p><button id="point-trend">Add to trend</button><button id="point-response">Step response</button></p>{hold}'
        '<form method="dialog"><button>Close</button></form></dialog>'
        '<dialog id="key"><form id="key-form"><input autocomplete="username" value="hands" hidden>'
        '<label>Token or password <input id="token" type="password" '
        'autocomplete="current-password"></label><button>Take control</button></form>'
        '<form method="dialog"><button>Close</button></form></dialog>'
    )
