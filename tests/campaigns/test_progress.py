"""How far a campaign is, on a terminal and elsewhere."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from campaigns.campaign import Campaign, CampaignStanding, tasks_of
from campaigns.progress import campaign_view, lasting, told_of
from tests.campaigns.studies import Here, begin, four_cells, result
from utils.clocks import Clocks


def test_elsewhere_it_is_a_line_for_each_tenth(tmp_path: Path) -> None:
    out, done = io.StringIO(), iter(range(41))
    steps = [CampaignStanding(40, number, 0, 1, 60.0 - number) for number in done]
    now = iter(steps)
    with campaign_view(Console(file=out, width=100), tmp_path / "study.campaign", lambda: next(now)) as view:
        for _ in steps[1:]:
            view.update()
    lines = out.getvalue().splitlines()
    assert lines[0] == "study.campaign: 40 cells, of which 0 are done"
    assert len(lines) == 1 + 11
    assert lines[-1] == "40 of 40 cells, 20 s left"


def test_on_a_terminal_it_is_a_bar_with_the_time_left(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    now = CampaignStanding(40, 10, 2, 1, 5400.0, "cell 3: no idea")
    with campaign_view(console, tmp_path / "study.campaign", lambda: now) as view:
        view.update()
    assert "study" in out.getvalue()
    assert "10 of 40 cells, 2 failed, 1 h 30 min left" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (59.0, "59 s"), (61.0, "1 min 1 s"), (3600.0, "1 h 0 min"), (9000, "2 h 30 min")],
)
def test_a_time_is_told_in_two_words(seconds: float, told: str) -> None:
    assert lasting(seconds) == told


def test_nothing_is_said_of_the_time_left_before_a_cell_has_ended() -> None:
    assert told_of(CampaignStanding(40, 0, 0, 2)) == "0 of 40 cells"


def test_the_time_left_is_that_of_the_cells_that_are_left_at_the_pace_so_far(tmp_path: Path) -> None:
    clock = iter((100.0, 130.0))
    store = begin(four_cells(tmp_path))
    engine = Here({number: [result(number)] for number in (1, 2, 3, 4)})
    env = tmp_path / "absent.env"
    campaign = Campaign(store, lambda: engine, tasks_of(store, env), Clocks(monotonic=lambda: next(clock)))
    wait = engine.wait

    def stopping(seconds: float) -> object:
        campaign.request_stop()
        return wait(seconds)

    engine.wait = stopping  # type: ignore[method-assign, assignment]
    standing = campaign.execute()
    assert (standing.done, standing.left_s) == (1, 90.0)
