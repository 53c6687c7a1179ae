"""The page that is signed: what stands where, and that nothing foreign is obeyed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.checkout.report import html_report
from bridge.checkout.results import PointVerdict, Proof, ShownValue
from tests.bridge.checkout.report.found import DAMPER, NOT_TESTED, POINTS, READ_BACK, finding, many, result, tried
from tests.recording.report.words import words


def test_the_first_lines_say_what_was_not_tested() -> None:
    text = words(html_report(result()).partition("</nav>")[2])
    assert text.startswith(f"What was not tested {NOT_TESTED[0]} {NOT_TESTED[1]}")


def test_verdicts_are_counted_for_each_equipment_and_together() -> None:
    text = words(html_report(many(12, equipments=2)))
    assert "2 of 12 points fail." in text
    assert "VAV_01 6 1 1 1 1 2" in text
    assert "VAV_02 6 1 1 1 1 2" in text
    assert "all 12 2 2 2 2 4" in text


def test_failures_stand_first_with_error_other_and_evidence() -> None:
    text = words(html_report(result()).replace("<wbr>", ""))
    told = "VAV_South DischAirTemp crossed with another point VAV_East/DischAirTemp with South's valve at 100 %"
    assert told in text
    assert text.index("What fails") < text.index(told) < text.index("SpaceTemp hvac_reaZonSou_TZon_y")


def test_a_name_in_the_evidence_may_break_and_a_number_may_not() -> None:
    says = "with hvac_oveZonActSou_yReaHea_u at 100 % it rose by 2.36 K"
    moved = finding("SpaceTemp", Proof.RESPONSE, PointVerdict.FAIL, says)
    html = html_report(result(tried("SpaceTemp", moved)))
    assert "hvac_<wbr>oveZonActSou_<wbr>yReaHea_<wbr>u at 100 % it rose by 2.36 K" in html


def test_what_is_not_proved_is_no_pass_and_says_why() -> None:
    text = words(html_report(result(*POINTS[2:])))
    assert "No point fails, but 3 of 4 are not proved: that is no pass of them." in text
    assert "SpaceCO2: not provable. level: nothing moves it" in text
    assert "ReheatValve: deferred. command: minimum off time: 120 s left" in text
    assert "Spare: not tested. nothing was tried" in text
    assert "Spare – not tested" in re.sub(r"hvac\S+ AnalogInput 101 Spare ", "", text)
    assert "What fails" not in text


def test_a_checkout_of_which_everything_passed_says_so_and_one_of_nothing_does_not() -> None:
    passed = html_report(result(POINTS[0]))
    assert "Each of 1 points passes what it was tried by." in words(passed)
    assert "Why these are no pass" not in passed
    assert "No point was tried." in words(html_report(replace(result(), points=())))


def test_a_points_values_are_in_the_columns_of_the_side_that_they_are_of() -> None:
    text = words(html_report(result(*POINTS)))
    assert "✓ read back 21 30.1 294.15 303.25 21 30.1 °C ✓ pass" in text
    assert "✓ command ✓ arrival 50 50 0.5 50 0.5 % 1 × 0.8 +2 ✓ pass" in text
    assert "✓ read back ✗ response 21 30.1" in text
    assert "direct 35 s ✗ fail" in text


def test_a_value_that_came_again_has_one_line_and_one_that_came_otherwise_another() -> None:
    values = [ShownValue(value, value, found) for value, found in ((0.0, 0.0), (50.0, 50.0), (0.0, 0.0), (50.0, 42.0))]
    again = finding("DamperCmd", Proof.COMMAND, samples=tuple(values))
    assert "command 0 50 42 0 50 50 %" in words(html_report(result(replace(DAMPER, findings=(again,)))))


def test_a_scale_and_an_offset_that_do_nothing_are_not_told() -> None:
    plain = tried("SpaceTemp", READ_BACK, scale=1.0, offset=0.0)
    assert "×" not in html_report(result(plain))
    assert "× 1 -25" in words(html_report(result(replace(plain, offset=-25.0))))


def test_states_and_values_that_nobody_told_are_no_numbers() -> None:
    values = (ShownValue(1.0, True, False), ShownValue(0.0, False, None))
    states = finding("Fan", Proof.READ_BACK, PointVerdict.FAIL, samples=values)
    assert "active inactive" in words(html_report(result(tried("Fan", states))))


def test_what_a_response_moved_is_a_value_of_the_simulation() -> None:
    moved = finding("DamperCmd", Proof.RESPONSE, samples=(ShownValue(100.0, 0.4, 0.39),))
    assert "response 100 0.39 0.4 1" in words(html_report(result(replace(DAMPER, findings=(moved,)))))


def test_columns_are_left_for_a_hand_and_lines_to_sign() -> None:
    html = html_report(result())
    head = words(html.partition("<div class='tried'>")[2].partition("</thead>")[0])
    assert head.endswith("result wiring terminal sensor range initials date")
    row = re.search(r"<tr><td><b>SpaceTemp.*?</tr>", html)
    assert row is not None
    assert row[0].endswith("<td></td>" * 6 + "</tr>")
    assert "Name Company Date Signature" in words(html)


def test_foreign_names_are_shown_and_not_obeyed() -> None:
    name = "<script>\x1b[2J\x00"
    hostile = tried(name, replace(READ_BACK, verdict=PointVerdict.FAIL, says=name), controller=name, equipment=name)
    html = html_report(result(hostile, controllers=(name,), not_tested=(name,)))
    assert "<script" not in html
    assert "\x1b" not in html
    assert "\x00" not in html
    assert words(html).count("\\x1b[2J\\x00") >= 6


def test_it_needs_nothing_else() -> None:
    html = html_report(result())
    assert "<script" not in html
    assert not re.search(r"(?:src|href)='(?!#|data:)", html)
    assert "url(" not in html


@pytest.mark.slow
def test_it_prints_across_with_few_pages(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium")
    page, printed = tmp_path / "checkout.html", tmp_path / "checkout.pdf"
    page.write_text(html_report(many(120)), encoding="utf-8")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--no-pdf-header-footer",
        f"--print-to-pdf={printed}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - our own page
    content = printed.read_bytes()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert 5 <= len(boxes) <= 12
    assert all(float(wide) > float(high) for wide, high in boxes)
