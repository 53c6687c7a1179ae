"""The report of a course of tests: everything that was found, in one file that needs nothing else."""

from __future__ import annotations

import re

from supervisory.blocks.commissioning import CommissioningSettings
from supervisory.programs.air_handler_commissioning import AirHandlerCommissioning
from tests.supervisory.programs.small_air_handler import SmallAirHandler, night


def page(name: str = "ahu", minutes: float = 240.0, **faults: object) -> str:
    """The report of a course, or of as much of it as ends in so many minutes with the switch."""
    ctx = night()
    handler = SmallAirHandler(ctx, name, **faults)  # type: ignore[arg-type]
    program = AirHandlerCommissioning(CommissioningSettings())
    program.on_start(ctx)
    while not ctx.pages and minutes > 0.0:
        ctx.step(program)
        handler.breathe(program.period_s)
        minutes -= program.period_s / 60.0
    program.on_stop(ctx)
    return next(iter(ctx.pages.values()))


def cells(html: str, anchor: str) -> list[list[str]]:
    """The rows of the tables of a section."""
    section = html.partition(f"<section id='{anchor}'>")[2].partition("</section>")[0]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", section)]
    return [[re.sub("<[^>]*>", "", cell).replace("&nbsp;", " ") for cell in row] for row in rows]


def test_each_test_tells_what_was_found_what_is_allowed_and_what_could_have_been_seen() -> None:
    told = {row[0]: row[1:] for row in cells(page(heating_leak=0.1), "tests")}
    assert told["heating valve shuts"] == [
        "failed",
        "supply air +1.5 K (3.6 kW) with the pump on",
        "0.5 K",
        "+0.7 K (1.7 kW)",
        "the valve leaks",
    ]
    assert told["cooling valve shuts"][0] == "passed"
    assert len(told) == 1 + 9


def test_each_position_has_its_times_its_means_and_its_share_of_outdoor_air() -> None:
    rows = cells(page(), "measured")
    assert [row[0] for row in rows[1:]] == [
        "at rest",
        "with the heating valve shut",
        "with the cooling valve shut",
        "with dampers at 50 %",
        "with dampers at 100 %",
        "with the heating valve open",
        "with the cooling valve open",
    ]
    assert [row[9] for row in rows[1:6]] == ["0 %", "0 %", "0 %", "50 %", "100 %"]
    assert rows[1][1] == "00:00:30"
    assert rows[1][3:9] == ["7.00", "22.00", "22.00", "22.40", "0.40", "2.00"]
    assert [row[10] for row in rows[5:]] == ["yes", "answered", "answered"]


def test_the_fans_heat_is_measured_with_the_water_of_both_coils_off() -> None:
    assert ["fan heat, with what sensors differ by", "+0.40 K (pumps of all coils off)"] in cells(page(), "summary")


def test_a_course_that_was_cut_short_tells_that_and_what_it_has() -> None:
    html = page(minutes=15.0)
    assert "The course was cut off: the program was stopped." in html
    assert len(cells(html, "measured")) == 1 + 1
    assert "not reached (the program was stopped)" in html
    assert "The course was cut off" in page(minutes=0.5)


def test_it_needs_nothing_else_and_a_name_cannot_be_markup() -> None:
    html = page(name="<b>AHU & co</b>")
    assert "<b>" not in html
    assert "&lt;b&gt;AHU &amp; co&lt;/b&gt;" in html
    assert not re.search(r"(src|href)='(?!#|data:)", html)
    assert html.count("<svg") == 1
