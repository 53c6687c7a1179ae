"""What ran: versions, test case, controllers; configs and settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from recording.columns import RunData
from recording.moments import duration_in_words
from recording.report.html import Cell, Markup, facts_table, heading, paragraph, section, shown, table
from recording.report.view import ReportView

_DIGEST = 12
_CLOCK = "clock off, s"
_CONTROLLER = ("equipment", "address", "model", "firmware", "application", "serial", _CLOCK, "found at the start")


def what_ran(run: RunData, views: Sequence[ReportView]) -> Markup:
    """The section."""
    return section(
        "What ran",
        "what-ran",
        facts_table(_run(run)),
        *_headed("Test", facts_table(_test(run, views))),
        heading("Controllers"),
        _controllers(run),
        *_changed_applications(run),
    )


def _headed(title: str, what: Markup) -> Iterator[Markup]:
    if what:
        yield heading(title)
        yield what


def what_was_set(run: RunData) -> Markup:
    """The section with configs and settings, which is for looking things up."""
    return section("Configs and settings", "settings", _configs(run), heading("Settings"), _settings(run))


def host_time(seconds: float | None) -> str:
    """A host's time in its zone."""
    return "" if seconds is None else datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def equipment_of(controller: Mapping[str, object]) -> str:
    """What it is in the configs."""
    told = controller.get("equipment")
    return ", ".join(map(str, told)) if isinstance(told, list) else _word(told)


def application_of(controller: Mapping[str, object]) -> str:
    """What runs on it: name, version and revision, as far as it tells them."""
    told = (controller.get(name) for name in ("application", "application_version", "database_revision"))
    return " ".join(map(_word, told)).strip()


def _run(run: RunData) -> Iterator[tuple[str, Cell]]:
    yield "Run", run.name
    yield "Kind", _word(run.fact("kind"))
    yield "Began", host_time(run.began_s)
    yield "Ended", host_time(run.ended_s) or "never said: it still runs, or its process was killed"
    yield "How", run.ending
    yield from ((f"Version of {name}", _word(value)) for name, value in run.facts_of("versions").items())


def _test(run: RunData, views: Sequence[ReportView]) -> Iterator[tuple[str, Cell]]:
    yield "Test case", _word(run.fact("test_case", "name"))
    yield "Server", _word(run.fact("test_case", "url"))
    yield "Version of the server", _word(run.fact("test_case", "version"))
    yield "Scenario's period", _word(run.fact("episode", "period"))
    yield "Price of electricity", _word(run.fact("episode", "price"))
    yield "Began in the state", _word(run.fact("from_state"))
    yield "Warm-up", _seconds(run.number("episode", "warmup_s"))
    pace = run.number("episode", "time_scale")
    if pace == pace:
        yield "Pace asked for", "as fast as the peers allow" if pace == 0 else f"{shown(pace, 0)} × real time"
    yield "Unit system", _word(run.fact("unit_system"))
    if len(views) == 1 and (episode := views[0].episode).steps:
        span = views[0].span(episode.first_s, episode.last_s)
        yield "Episode", f"{span}, {shown(episode.steps, 0)} frames {shown(episode.step_s, 0)} s apart"


def _controllers(run: RunData) -> Markup:
    rows = [_controller(address, run.facts_of("controllers", address)) for address in run.facts_of("controllers")]
    if not rows:
        return paragraph("The recording has no controllers.")
    known = [place for place in range(len(_CONTROLLER)) if any(row[place] is not None for row in rows)]
    shown_rows = [[row[place] for place in known] for row in rows]
    clock = _CONTROLLER.index(_CLOCK)
    return table([_CONTROLLER[place] for place in known], shown_rows, [known.index(clock)] if clock in known else ())


def _changed_applications(run: RunData) -> Iterator[Markup]:
    """Where a value is commanded that an application reads in the place of an input."""
    for address in run.facts_of("controllers"):
        told = run.facts_of("controllers", address)
        for name, place in run.facts_of("controllers", address, "application_changed").items():
            reads = f"{equipment_of(told) or address} reads {name} in the place of {_word(place)}"
            yield paragraph(f"Application changed: {reads}.")


def _controller(address: str, told: Mapping[str, object]) -> Sequence[Cell]:
    slots, forced = (told.get(name) for name in ("slots_found", "forced_found"))
    known = slots is not None or forced is not None
    found = [*(f"{name} commanded" for name in _names(slots)), *(f"{name} forced" for name in _names(forced))]
    offset = told.get("clock_offset_s")
    return (
        equipment_of(told),
        address,
        *(_word(told.get(name)) or None for name in ("model", "firmware")),
        application_of(told) or None,
        _word(told.get("serial")) or None,
        shown(float(offset), 1) if isinstance(offset, int | float) else None,
        ", ".join(found) or ("nothing in use" if known else None),
    )


def _configs(run: RunData) -> Markup:
    configs = run.facts_of("configs")
    if not configs:
        return paragraph("The recording has no configs.")
    rows = [_config(name, _content(content)) for name, content in sorted(configs.items())]
    said = "The recording has the files whole; the digest tells whether two runs had the same."
    return Markup(table(("file", "points", "SHA-256, beginning"), rows, numbers=(1,)) + paragraph(said))


def _content(config: object) -> str:
    """A file's text; of programs, what their config says."""
    return config if isinstance(config, str) else json.dumps(config, sort_keys=True, default=str)


def _config(name: str, content: str) -> Sequence[Cell]:
    try:
        config = json.loads(content)
    except ValueError:
        config = None
    points = config.get("points") if isinstance(config, dict) else None
    count = len(points) if isinstance(points, list) else None
    return name, count, sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]


def _settings(run: RunData) -> Markup:
    settings = [(name, value) for name, value in run.facts_of("settings").items() if value not in (None, "")]
    if not settings:
        return paragraph("The recording has no settings.")
    return table(("setting", "value"), [(name, _word(value)) for name, value in settings])


def _names(found: object) -> Sequence[str]:
    return [str(name) for name in found] if isinstance(found, Mapping | list) else []


def _seconds(value: float) -> str:
    return duration_in_words(value) if value == value else ""


def _word(value: object) -> str:
    return "" if value is None else str(value)
