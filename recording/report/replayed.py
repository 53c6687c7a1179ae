"""The report of a replay: whether each controller still does what it did, for whoever has to sign it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recording.charts import Band, Curve, Panel, Stroke, chart, model_time_axis
from recording.columns import RecordedEpisode, RunData
from recording.comparing import EXACT, Comparison, JudgedOutput, Likeness, counted, funnel
from recording.moments import duration_in_words, model_moment
from recording.report.html import Cell, Markup, facts_table, figure, heading, paragraph, points, section, table
from recording.report.parts.closing import signature
from recording.report.parts.happenings import given_back
from recording.report.parts.what_ran import application_of, equipment_of, host_time
from recording.report.sheet import sheet
from recording.words import Direction

_PLATE = ("model", "firmware", "application", "serial")
_OPEN_LOOP = (
    "A replay is open loop: a controller that integrates saw the recorded error for as long as it was there, and not "
    "what its own command would have made of it. A small difference grows until the integrator is at its end. Such an "
    "output may be fine in a building: run the day again, and compare the two recordings.",
    "Commands went nowhere: no valve, damper or fan of a building moved.",
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay and what it was judged by: the episode as far as it was played, and what there is to be said of it."""

    recorded: RunData
    episode: RecordedEpisode
    played: RunData
    found: Comparison
    remarks: Sequence[str] = ()


def replay_report(told: Replayed) -> str:
    """The page."""
    parts = (_summary, _what_was_played, _controllers, _outputs, _pictures, _not_compared, _limits)
    sections = [part(told) for part in parts]
    return sheet(f"Replay of {told.recorded.name}", told.played.name, [*sections, signature()])


def _summary(told: Replayed) -> Markup:
    found = told.found
    verdict = {
        Likeness.SAME: "Every output does what it did.",
        Likeness.DIFFERENT: "The controllers do not do what they did.",
        Likeness.NOT_COMPARABLE: "Nothing differs, but not everything could be compared: this is no pass.",
    }
    lines = [verdict[found.likeness], f"Outputs: {counted([output.likeness for output in found.outputs])}."]
    changed = [name for name, was, now in _plates(told) if was != now]
    lines.append(f"Not the controllers that were recorded: {', '.join(changed)}." if changed else _UNCHANGED)
    return section("What was found", "summary", points([*lines, *told.remarks]))


_UNCHANGED = (
    "Model, firmware, application and serial number of each controller are as recorded, as far as it tells them."
)


def _what_was_played(told: Replayed) -> Markup:
    return section("What was played", "played", facts_table(_played(told)))


def _played(told: Replayed) -> Iterator[tuple[str, Cell]]:
    recorded, episode, played = told.recorded, told.episode, told.played
    long = duration_in_words(episode.last_s - episode.first_s)
    yield "Recording", recorded.name
    yield "Recorded", host_time(recorded.began_s)
    yield "Test case", str(recorded.fact("test_case", "name") or "")
    yield "Model time", f"{model_moment(episode.first_s)} – {model_moment(episode.last_s)} ({long})"
    yield "Frames", f"{episode.steps}, {episode.step_s:g} s apart"
    yield "Replay", played.name
    yield "Played", host_time(played.began_s)
    yield "How it ended", played.ending
    yield "Pace", f"{_pace(played)}; recorded {_pace(recorded)}"
    yield "Configs", _configs(recorded.facts_of("configs"), played.facts_of("configs"))


def _pace(run: RunData) -> str:
    pace = run.number("episode", "time_scale")
    if pace == 0.0:
        return "as fast as the controllers allow"
    return f"{pace:g} simulated s per s" if pace > 0.0 else "not told"


def _configs(was: Mapping[str, object], now: Mapping[str, object]) -> str:
    """Addresses apart: emulated controllers have others each time."""
    other = [name for name in sorted({*was, *now}) if _config(was.get(name)) != _config(now.get(name))]
    return f"not as recorded: {', '.join(other)}" if other else "as recorded"


def _config(content: object) -> object:
    """What it says, without the address; the text of what is no JSON."""
    try:
        said = json.loads(str(content))
    except ValueError:
        return content
    return {key: value for key, value in said.items() if key != "device_ip"} if isinstance(said, dict) else said


def _controllers(told: Replayed) -> Markup:
    rows = []
    for equipment, was, now in _plates(told):
        beside = [one if one == two else f"{one or '–'} → {two or '–'}" for one, two in zip(was, now, strict=True)]
        rows.append((equipment, *beside, "as recorded" if was == now else "changed"))
    head = ("equipment", *_PLATE, "")
    said = "Recorded → played, where the two differ; a dash where a controller did not tell."
    return section("Controllers", "controllers", table(head, rows), paragraph(said))


def _plates(told: Replayed) -> list[tuple[str, Sequence[str], Sequence[str]]]:
    """What each equipment's controller is, then and now: addresses may be others."""
    was, now = (_by_equipment(run) for run in (told.recorded, told.played))
    nothing = ("",) * len(_PLATE)
    return [(name, was.get(name, nothing), now.get(name, nothing)) for name in sorted({*was, *now})]


def _by_equipment(run: RunData) -> dict[str, Sequence[str]]:
    controllers = [run.facts_of("controllers", address) for address in run.facts_of("controllers")]
    return {
        equipment_of(one): (_of(one, "model"), _of(one, "firmware"), application_of(one), _of(one, "serial"))
        for one in controllers
    }


def _of(controller: Mapping[str, object], name: str) -> str:
    return str(controller.get(name) or "")


def _outputs(told: Replayed) -> Markup:
    head = ("output", "verdict", "steps outside", "of", "first", "largest", "tolerance", "of which spread")
    rows = [_row(told, output) for output in told.found.judged]
    said = (
        "An output is the same while it stays in a funnel around what was recorded: from the least to the largest "
        "value within the tolerance in time, and by the tolerance in value wider. Values are in the output's own "
        "unit; spread is how far the same controller was from itself when it was played several times."
    )
    return section("Outputs", "outputs", table(head, rows, (2, 3, 5)), paragraph(said))


def _row(told: Replayed, output: JudgedOutput) -> Sequence[Cell]:
    title, verdict, tolerance = output.signal.title, output.likeness.value, output.tolerance
    if output.likeness is Likeness.NOT_COMPARABLE:
        return title, verdict, None, None, None, None, None, None
    first = None if output.first_s is None else model_moment(output.first_s)
    largest = f"{output.largest:.4g}" if output.steps else None
    return title, verdict, output.steps, output.compared, first, largest, tolerance.in_words(), f"{output.noise:.3g}"


def _pictures(told: Replayed) -> Markup:
    different = [output for output in told.found.judged if output.likeness is Likeness.DIFFERENT]
    if not different:
        return Markup()
    return section("What differs", "different", *(_picture(told, output) for output in different))


def _picture(told: Replayed, output: JudgedOutput) -> Markup:
    episode, tied = told.episode, (output.signal.equipment, output.signal.object)
    was = episode.tied(Direction.FROM_CONTROLLER)[tied][1]
    replay = told.played.episodes[0]
    now = replay.at(episode.times_s, replay.tied(Direction.FROM_CONTROLLER)[tied][1])
    around = funnel(episode.times_s, was, output.tolerance)
    curves = [
        Curve("recorded", was, look=Stroke.COMPARED),
        Curve("played", now, look=Stroke.COMMAND),
    ]
    panel = Panel(output.signal.title, curves, from_zero=False, band=Band(around.lower, around.upper), height=150.0)
    axis = model_time_axis(episode.first_s, episode.last_s, told.recorded.first_year)
    is_exact = output.tolerance == EXACT
    said = (
        "To the last digit: whatever is not on the recorded line differs."
        if is_exact
        else "Green: where it is the same."
    )
    return figure(chart("", episode.times_s, [panel], axis), said)


def _not_compared(told: Replayed) -> Markup:
    found = told.found
    lines = [f"{output.signal.title}: {output.why}." for output in told.found.judged if output.why]
    lines += [f"{title}: recorded, and not in the configs that were played to." for title in found.only_recorded]
    lines += [f"{title}: in the configs that were played to, and not recorded." for title in found.only_played]
    told_of = points(lines) if lines else paragraph("Every output was compared.")
    return section("What could not be compared", "not-compared", told_of)


def _limits(told: Replayed) -> Markup:
    return section(
        "What a replay cannot tell", "limits", points(_OPEN_LOOP), heading("Given back"), *given_back(told.played)
    )
