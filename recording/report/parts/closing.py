"""What stands at the end: a block to sign, and how everything was counted."""

from __future__ import annotations

from recording.numbers.actuators import DEADBAND, END
from recording.numbers.comfort import CO2_PPM, UNMET_K
from recording.numbers.oscillation import AREA_LIKENESS, DISTINCT, DURATION_LIKENESS, FEWEST_HALF_WAVES, SUSPECT
from recording.report.html import FOOTNOTES, Markup, section

_NOTES = {
    "comfort": (
        "Degree hours are the distance of a zone's temperature from the set-point that it is beyond, "
        "integrated over time by trapezoids, as BOPTEST does; hours are how long the distance is more than "
        f"{UNMET_K:g} K (0.9 °F), as unmet hours of energy models are. Set-points are those in force in the "
        "simulation at each moment, also while a zone is brought to new ones. BOPTEST's thermal discomfort is "
        "counted against the comfort range of the test case instead, so that the two may differ."
    ),
    "CO2": (
        f"{CO2_PPM:g} ppm is Pettenkofer's mark for good air, told for comparison. It is no limit of the test "
        "case, which the recording does not have."
    ),
    "energy": (
        "Power integrated over time by trapezoids, from the recorded steps only. Carriers are those that the "
        "test case's descriptions name."
    ),
    "travel": (
        "Travel is the sum of all movements, in strokes of the whole range. A reversal is a change of "
        f"direction by more than {100 * DEADBAND:g} % of the range. Low and high end: within {100 * END:g} % "
        "of an end of the range. The values are those in force in the building, whoever commanded them."
    ),
    "hunting": (
        "The oscillation index of K. Forsman and A. Stattin, A new criterion for detecting oscillations in "
        "control loops, European Control Conference, Karlsruhe 1999: the share of half-waves that are like "
        f"the next one on the same side in area (within {AREA_LIKENESS:g}) and in duration (within "
        f"{DURATION_LIKENESS:g}). From {SUSPECT:g} on a loop is suspect, from {DISTINCT:g} on it plainly "
        f"oscillates; fewer than {FEWEST_HALF_WAVES} half-waves say nothing, and one of more than an hour is a "
        "schedule or the weather. Of loops it is taken of the "
        "error, beyond half the tolerance; of actuators of the command about its own mean of an hour, beyond "
        f"{100 * DEADBAND:g} % of the range."
    ),
}


def footnotes() -> Markup:
    """The section."""
    items = "".join(f"<li id='note-{name}'>{_NOTES[name]}</li>" for name in FOOTNOTES)
    return section("How it was counted", "notes", Markup(f"<ol class='notes'>{items}</ol>"))


def signature() -> Markup:
    """The section."""
    lines = "".join(
        f"<tr><th scope='row'>{name}</th><td></td></tr>" for name in ("Name", "Company", "Date", "Signature")
    )
    boxes = "".join(f"<p class='box'>☐ {words}</p>" for words in ("accepted", "accepted with remarks", "not accepted"))
    remarks = "<p>Remarks:</p><div class='remarks'></div>"
    return section("Seen and signed", "signature", Markup(f"{boxes}{remarks}<table class='sign'>{lines}</table>"))
