"""Reports of runs whose time was in somebody's hand: pauses, resets, clocks that were set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recording import Event, EventKind, open_run
from recording.columns import RunData, read_run
from recording.report import report
from tests.recording.made_run import BEGAN_S, JULY_6_S, MadeRun, made_office
from tests.recording.report.words import words
from utils.clocks import ModelSeconds, UnixSeconds


def data_of(made: MadeRun, folder: Path) -> RunData:
    with open_run(made.write(folder)) as run:
        return read_run(run)


def at(wall_s: float, kind: EventKind, said: str = "") -> Event:
    """An event so long after the first step, by the host's clock. Made-up steps are 0.1 s apart."""
    return Event(UnixSeconds(BEGAN_S + wall_s), kind, "AHU.Valve", said, ModelSeconds(JULY_6_S), "Ann")


def told(made: MadeRun, folder: Path, other: RunData | None = None) -> str:
    return words(report(data_of(made, folder), other))


def two_episodes(events: Sequence[Event] = ()) -> MadeRun:
    return made_office(0.5, episode_of=lambda number: int(number >= 72), events=events)


def test_a_pause_is_not_taken_for_a_slow_run(tmp_path: Path) -> None:
    events = [at(2.0, EventKind.PAUSED), at(9.0, EventKind.RESUMED), at(14.0, EventKind.PAUSED)]
    text = told(made_office(0.5, events=events), tmp_path)
    assert "14.4 s; time was held for 7.4 s of it, which the pace leaves out" in text
    assert "Pace 6 171.4 simulated seconds per second" in text


def test_a_host_whose_clock_was_set_back_has_no_pace(tmp_path: Path) -> None:
    office = data_of(made_office(0.1), tmp_path)
    [episode] = office.episodes
    back = replace(
        episode, wall_s=episode.wall_s[:10] + type(episode.wall_s)("d", [s - 3600.0 for s in episode.wall_s[10:]])
    )
    text = words(report(replace(office, episodes=(back,))))
    assert "Wall time not known: the host's clock was set back meanwhile" in text
    assert "times real time" not in text


def test_what_was_done_by_hand_stands_in_its_own_episode(tmp_path: Path) -> None:
    text = told(
        two_episodes([at(1.0, EventKind.HAND, "held at 40 %"), at(10.0, EventKind.HAND, "held at 70 %")]), tmp_path
    )
    first, second = re.split(r"Episode [01]: ", text)[-2:]
    assert "held at 40 %" in first.split("By hand")[1].split("Timing")[0]
    assert "held at 70 %" not in first.split("By hand")[1].split("Timing")[0]
    assert "held at 70 %" in second.split("By hand")[1].split("Timing")[0]


def test_each_episode_has_the_indicators_that_the_server_counted_in_it(tmp_path: Path) -> None:
    made = two_episodes()
    facts = {**made.facts, "kpis": {"ener_tot": 1.5}, "kpis_before": {"0": {"ener_tot": 0.25}}}
    first, second = re.split(r"Episode [01]: ", told(replace(made, facts=facts), tmp_path))[-2:]
    assert "ener_tot kWh/m² 0.2500" in first
    assert "to the end of episode 0." in first
    assert "ener_tot kWh/m² 1.500" in second
    assert "to the end of episode 1." in second


def test_an_episode_whose_indicators_were_not_asked_for_has_none_of_another(tmp_path: Path) -> None:
    first, second = re.split(r"Episode [01]: ", told(two_episodes(), tmp_path))[-2:]
    assert "The recording has no indicators." in first
    assert "tdis_tot" in second


def test_episodes_are_listed_at_the_top_with_what_each_began_with(tmp_path: Path) -> None:
    made = two_episodes([at(7.15, EventKind.PHASE, "reset to 2023-07-06 06:00:00")])
    text = told(made, tmp_path)
    top = text.partition("What ran Run")[0]
    assert "It was begun anew once; of its 2 episodes each is told by itself below." in top
    assert "Episode 0 6 Jul 00:00 – 05:55 the start of the run 72 0" in top
    assert "Episode 1 6 Jul 06:00 – 12:00 reset to 2023-07-06 06:00:00, by Ann 73 0" in top


def test_a_list_of_one_episode_is_none(tmp_path: Path) -> None:
    assert "Episodes" not in told(made_office(0.5), tmp_path)


def test_sums_pictures_and_contents_are_each_episodes_own(tmp_path: Path) -> None:
    html = report(data_of(two_episodes(), tmp_path))
    head, first, second = html.split("<h1 class='part'")
    assert "href='#episode-1'" in head.partition("</nav>")[0]
    assert "comfort'" not in head.partition("</nav>")[0]
    for number, part in enumerate((first, second)):
        assert set(re.findall(r"href='#(episode-\d)-", part)) == {f"episode-{number}"}
        assert f"<section id='episode-{number}-energy'>" in part
        assert "<svg" in part
        assert "together" in part
    assert words(first.partition("Energy")[2]) != words(second.partition("Energy")[2])


def test_a_pause_in_which_time_was_begun_anew_is_no_slow_episode(tmp_path: Path) -> None:
    events = [at(5.0, EventKind.PAUSED), at(9.2, EventKind.RESUMED)]
    first, second = re.split(r"Episode [01]: ", told(two_episodes(events), tmp_path))[-2:]
    assert "7.1 s; time was held for 2.1 s of it" in first
    assert "7.2 s; time was held for 2 s of it" in second


def test_late_steps_and_gaps_are_those_of_the_time_that_is_compared(tmp_path: Path) -> None:
    office = made_office(0.5, late=lambda number: number < 40)
    office.times_s = [time_s for number, time_s in enumerate(office.times_s) if number != 20]
    other = data_of(made_office(0.25, first_s=JULY_6_S + 30 * 300.0), tmp_path / "other")
    text = told(office, tmp_path, other)
    assert "Late steps 11 (" in text
    assert "Gaps in the recording none" in text


def test_of_a_single_frame_nothing_is_claimed(tmp_path: Path) -> None:
    text = told(made_office(0.0), tmp_path)
    for claim in ("hunting.", "within their set-points all the time", "no set-point of a zone", "–  times", "nan"):
        assert claim not in text.split("How it was counted")[0]


def test_an_override_is_told_in_the_reports_units(tmp_path: Path) -> None:
    office = made_office(0.5)
    sent = {"hvac_oveAhu_TSupSet_activate": 1.0, "hvac_oveAhu_TSupSet_u": 285.65}
    metric = replace(office, sent=lambda _: sent)
    american = replace(metric, facts={**office.facts, "unit_system": "US"})
    assert "12.50 12.50 °C" in told(metric, tmp_path / "si")
    assert "54.50 54.50 °F" in told(american, tmp_path / "us")


def test_events_of_another_day_have_their_date(tmp_path: Path) -> None:
    text = told(made_office(0.5, events=[at(0.0, EventKind.NOTE), at(90_000.0, EventKind.ALARM, "freeze")]), tmp_path)
    assert "22 Sep" in text.split("Faults and what the bridge did")[-1]
