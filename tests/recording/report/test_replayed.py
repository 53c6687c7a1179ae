"""The page of a replay, from two made-up recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from recording import open_run
from recording.columns import RunData, read_run
from recording.comparing import Tolerance, compare
from recording.report import Replayed, replay_report
from tests.recording.made_run import JULY_6_S, MadeRun, made_office
from tests.recording.report.words import words

VALVE = "hvac_oveAhu_yCoo_u"


def data_of(made: MadeRun, folder: Path) -> RunData:
    with open_run(made.write(folder)) as run:
        return read_run(run)


def page(folder: Path, played: MadeRun, noise: Mapping[str, float] | None = None, value: float = 0.01) -> str:
    one, other = data_of(made_office(0.5), folder / "one"), data_of(played, folder / "other")
    [episode] = one.episodes
    found = compare(episode, other.episodes[0], lambda signal, values: Tolerance(value, 600.0), noise or {})
    return replay_report(Replayed(one, episode, other, found, ["Nobody was there."]))


def moved(office: MadeRun) -> MadeRun:
    """The same with a cooling valve that does something else."""
    told = office.values
    return replace(office, values=lambda time_s: {**told(time_s), VALVE: 0.5 * (time_s > JULY_6_S + 36_000.0)})


def test_it_says_what_was_played_to_whom_and_what_came_of_it(tmp_path: Path) -> None:
    text = words(page(tmp_path, made_office(0.5, name="20260707-080000-replay-00cd")))
    assert "Every output does what it did. Outputs: 2 same." in text
    assert "Nobody was there." in text
    assert "Recording 20260706-093000-bridge-00ab" in text
    assert "Model time 6 Jul 00:00 – 6 Jul 12:00 (12 h)" in text
    assert "Replay 20260707-080000-replay-00cd" in text
    assert "AHU.CoolingValve same 0 145 – – 0.01 in 600 s 0" in text
    assert "Every output was compared." in text
    assert "Seen and signed" in text


def test_an_output_that_differs_has_a_picture_with_its_funnel_and_both_lines(tmp_path: Path) -> None:
    html = page(tmp_path, moved(made_office(0.5)), {"AHU.CoolingValve": 0.02})
    text = words(html)
    assert "The controllers do not do what they did." in text
    assert html.count("<svg") == 1
    assert {"recorded", "played"} <= set(words(html.replace("<text", " ¦<text").replace("svg", "span")).split())
    assert "0.03 in 600 s 0.02" in text


def test_controllers_that_are_others_now_are_named(tmp_path: Path) -> None:
    office = made_office(0.5)
    other = {"10.0.0.9": {"equipment": ["AHU"], "model": "ECY-S1000", "firmware": "1.21", "application": "AHU v2"}}
    text = words(page(tmp_path, replace(office, facts={**office.facts, "controllers": other})))
    assert "Not the controllers that were recorded: AHU." in text
    assert "1.20 → 1.21" in text
    assert "– → AHU v2" in text


def test_a_config_that_has_only_another_address_is_as_recorded(tmp_path: Path) -> None:
    office = made_office(0.5)
    for content, said in (
        ('{"points": [{}, {}], "device_ip": "10.0.0.9"}', "as recorded"),
        ("{}", "not as recorded: AHU.json"),
    ):
        changed = replace(office, facts={**office.facts, "configs": {"AHU.json": content}})
        assert f"Configs {said} Controllers" in words(page(tmp_path / said, changed))


def test_what_could_not_be_compared_is_no_pass_and_says_why(tmp_path: Path) -> None:
    office = made_office(0.5)
    fewer = replace(office, tied=[signal for signal in office.tied if signal.object != "HeatingValve"])
    text = words(page(tmp_path, fewer))
    assert "Nothing differs, but not everything could be compared: this is no pass." in text
    assert "AHU.HeatingValve: recorded, and not in the configs that were played to." in text


def test_names_of_others_are_text(tmp_path: Path) -> None:
    evil = "<script>alert('x')</script>"
    office = made_office(0.5)
    facts = {**office.facts, "controllers": {evil: {"equipment": [evil], "model": evil}}, "configs": {evil: evil}}
    html = page(tmp_path, replace(moved(office), facts=facts))
    assert "<script" not in html
