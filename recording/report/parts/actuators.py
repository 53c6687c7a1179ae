"""What actuators were made to do: travel, reversals, saturation, hunting; and their commands over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recording.charts import Curve, Panel, Stroke
from recording.numbers.actuators import END, ActuatorUse, actuator_use
from recording.report.building import SeenActuator
from recording.report.html import Cell, Markup, noted, paragraph, section, shown, table
from recording.report.parts.loops import hunting_in_words
from recording.report.view import ReportView, in_groups

_PANELS = 4
"""Small enough for pictures to fill pages."""


def actuators(view: ReportView) -> Markup:
    """The section."""
    seen = view.building.actuators
    if not seen:
        return section("Actuators", "actuators", paragraph("The recording has no actuator of the building."))
    uses = {actuator.name: use_of(view, actuator) for actuator in seen}
    moving = [actuator for actuator in seen if uses[actuator.name].has_moved]
    resting = [actuator.label for actuator in seen if not uses[actuator.name].has_moved]
    said = f"Never moved by more than {100.0 * END:g} %: {', '.join(resting)}." if resting else "All of them moved."
    head = (
        "actuator",
        "of the building",
        noted("travel, strokes", "travel"),
        "reversals",
        "per hour",
        "mean, %",
        "at low end, % of time",
        "at high end, % of time",
        noted("hunting", "hunting"),
    )
    rows = [_row(actuator, uses[actuator.name]) for actuator in moving]
    return section(
        "Actuators",
        "actuators",
        table(head, rows, range(2, 8)),
        paragraph(said),
        *_drawn(view, moving),
    )


def use_of(view: ReportView, actuator: SeenActuator) -> ActuatorUse:
    """What an actuator was made to do, whoever commanded it."""
    return actuator_use(view.episode.times_s, view.building.weights, actuator.strokes)


def _row(actuator: SeenActuator, use: ActuatorUse) -> Sequence[Cell]:
    return (
        actuator.label,
        actuator.description or actuator.name,
        shown(use.travel, 2),
        use.reversals,
        shown(use.reversals_per_hour, 2),
        shown(100.0 * use.mean, 0),
        shown(100.0 * use.at_low, 1),
        shown(100.0 * use.at_high, 1),
        hunting_in_words(use.hunting),
    )


def _drawn(view: ReportView, moving: Sequence[SeenActuator]) -> Iterator[Markup]:
    others = {one.name: one for one in view.other.building.actuators} if view.other is not None else {}
    for some in in_groups(moving, _PANELS):
        panels = [
            Panel(
                f"{actuator.label}, %",
                [
                    Curve("command in force", _percent(actuator.strokes), look=Stroke.COMMAND),
                    *view.compared(_percent(others[actuator.name].strokes) if actuator.name in others else None),
                ],
                height=64.0,
                high=100.0,
                grey=_not_ours(view, actuator),
                has_times=actuator is some[-1],
                ticks=2,
            )
            for actuator in some
        ]
        yield view.drawn(panels, "Commands in force in the building. Grey: of the building's own control.")


def _percent(strokes: Sequence[float]) -> list[float]:
    return [100.0 * value for value in strokes]


def _not_ours(view: ReportView, actuator: SeenActuator) -> Sequence[tuple[float, float]]:
    if actuator.is_ours is None or not any(actuator.is_ours):
        return ()
    return view.spans([float(is_ours <= 0.5) for is_ours in actuator.is_ours])
