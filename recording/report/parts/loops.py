"""Set-point against measurement, loop by loop, with tolerance bands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from points.meanings import Measure
from recording.charts import Band, Curve, Panel, Stroke
from recording.moments import duration_in_words
from recording.numbers.oscillation import DISTINCT, SUSPECT, Oscillation
from recording.numbers.series import masked
from recording.numbers.tracking import Tracking, tracking
from recording.report.building import RUNS_AT, SeenLoop, Values
from recording.report.html import Cell, Markup, noted, paragraph, section, shown, table
from recording.report.view import ReportView


def loops(view: ReportView) -> Markup:
    """The section."""
    if not view.building.loops:
        said = "The recording has no measurement with a set-point of its own beside the zones'."
        return section("Set-point and measurement", "loops", paragraph(said))
    return section(
        "Set-point and measurement",
        "loops",
        _table(view),
        *_remarks(view),
        *(_drawn(view, loop) for loop in view.building.loops),
    )


def tracking_of(view: ReportView, loop: SeenLoop) -> Tracking:
    """How well a loop did while its fan ran."""
    errors = [one - other for one, other in zip(loop.measured, loop.set_point, strict=True)]
    on = masked(errors, loop.fan, lambda speed: speed > RUNS_AT)
    return tracking(view.episode.times_s, view.building.weights, on, loop.tolerance)


def hunting_in_words(found: Oscillation) -> str:
    """What the index says."""
    if not found.index >= SUSPECT:
        return "no"
    word = "yes" if found.index >= DISTINCT else "suspect"
    return f"{word} ({found.index:.2f}), period {duration_in_words(found.period_s)}"


def _table(view: ReportView) -> Markup:
    head = (
        "loop",
        "tolerance",
        "mean error",
        "mean size",
        "95 % below",
        "within, % of time",
        "judged, h",
        noted("hunting", "hunting"),
    )
    return table(head, [_row(view, loop) for loop in view.building.loops], range(1, 7))


def _row(view: ReportView, loop: SeenLoop) -> Sequence[Cell]:
    found = tracking_of(view, loop)
    unit, of = _difference(view, loop)
    digits = 0 if unit == "Pa" else 2
    return (
        f"{loop.label} against {loop.set_point_name}",
        f"± {shown(of(loop.tolerance), 2).rstrip('0').rstrip('.')} {unit}",
        *(f"{shown(of(value), digits)} {unit}" for value in (found.mean_error, found.mean_size, found.size_95)),
        shown(100.0 * found.within, 1),
        shown(found.known_h, 1),
        hunting_in_words(found.hunting),
    )


def _remarks(view: ReportView) -> Iterator[Markup]:
    yield paragraph("Judged while the fan of the system runs; an error is measurement less set-point.")
    own = [loop.set_point_name for loop in view.building.loops if loop.is_own]
    if own and any(actuator.is_ours and any(actuator.is_ours) for actuator in view.building.actuators):
        yield paragraph(
            f"Of the building's own control: {', '.join(own)}. Controllers that command the actuators themselves have "
            "set-points of their own, which the simulation does not know; a difference is no fault of theirs by itself."
        )


def _difference(view: ReportView, loop: SeenLoop) -> tuple[str, Callable[[float], float]]:
    units = view.units
    if loop.meaning.measure is Measure.PRESSURE:
        return units.pressure, lambda value: value * units.pressure_factor
    return units.difference, units.differences


def _drawn(view: ReportView, loop: SeenLoop) -> Markup:
    unit, of = _shown_in(view, loop)
    band = Band(*(of([value + side for value in loop.set_point]) for side in (-loop.tolerance, loop.tolerance)))
    beside = next(
        (one for one in (view.other.building.loops if view.other else ()) if one.measured_name == loop.measured_name),
        None,
    )
    curves = [
        Curve("set-point", of(loop.set_point), stepped=True, look=Stroke.SET_POINT),
        Curve("measured", of(loop.measured), look=Stroke.MEASURED),
        *view.compared(of(beside.measured) if beside else None),
    ]
    panel = Panel(f"{loop.label}, {unit}", curves, from_zero=False, band=band, height=150.0, grey=_off(loop, view))
    told = f"{loop.meaning.words} with its set-point and tolerance. Grey: the fan stands still."
    return view.drawn([panel], told[0].upper() + told[1:])


def _shown_in(view: ReportView, loop: SeenLoop) -> tuple[str, Callable[[Values], list[float]]]:
    units = view.units
    if loop.meaning.measure is Measure.PRESSURE:
        return units.pressure, lambda values: [value * units.pressure_factor for value in values]
    return units.temperature, units.temperatures


def _off(loop: SeenLoop, view: ReportView) -> Sequence[tuple[float, float]]:
    return view.spans([float(speed <= RUNS_AT) for speed in loop.fan]) if loop.fan is not None else ()
