"""How blind a controller's loop is, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.exchange_delay import ExchangeDelay
from tests.bridge.rig import rig


@pytest.mark.parametrize(
    ("step_s", "pace", "follows", "delay_s"),
    [
        (1.0, 1.0, False, 1.0),
        (10.0, 1.0, False, 10.0),
        (1.0, 60.0, False, 60.0),
        (5.0, 400.0, True, 5.0),
    ],
)
def test_the_delay_is_a_step_or_what_passes_in_a_scan(
    step_s: float, pace: float, follows: bool, delay_s: float
) -> None:
    assert ExchangeDelay(step_s, scan_with_simulation=follows).seconds(pace) == delay_s


@pytest.mark.parametrize(
    ("step_s", "pace", "cure"),
    [
        (10.0, 1.0, "will hunt; set BOP_STEP_TIME to 5 or less"),
        (1.0, 60.0, "will hunt; set BOP_TIME_SCALE to 5 or less, and not to 0"),
        (30.0, 60.0, "set BOP_STEP_TIME to 5 or less and set BOP_TIME_SCALE to 5 or less, and not to 0"),
    ],
)
def test_above_5_s_it_is_said_once_with_what_to_change(
    step_s: float, pace: float, cure: str, caplog: pytest.LogCaptureFixture
) -> None:
    delay = ExchangeDelay(step_s, scan_with_simulation=False)
    delay.watch(pace)
    delay.watch(pace)
    [message] = caplog.messages
    assert message.endswith(cure)
    assert "duct pressure" in message


@pytest.mark.parametrize(("step_s", "pace", "follows"), [(5.0, 5.0, False), (1.0, 1.0, False), (5.0, 400.0, True)])
def test_up_to_5_s_nothing_is_said(step_s: float, pace: float, follows: bool, caplog: pytest.LogCaptureFixture) -> None:
    ExchangeDelay(step_s, scan_with_simulation=follows).watch(pace)
    assert caplog.messages == []


def test_a_settle_time_lets_programs_run_however_fast_the_run(caplog: pytest.LogCaptureFixture) -> None:
    ExchangeDelay(5.0, scan_with_simulation=False).announce(0.0, settle_s=1.0)
    ExchangeDelay(5.0, scan_with_simulation=True).announce(0.0, settle_s=None)
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["as fast as possible: the controllers' programs may not have run", "exchange delay"]),
        ({"BOP_TIME_SCALE": "4", "BOP_STEP_TIME": "0.2"}, []),
    ],
    ids=["as fast as possible", "slow enough"],
)
def test_a_run_says_what_a_fast_loop_will_do(
    tmp_path: Path, variables: dict[str, str], expected: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with rig(tmp_path) as both:
        summary = both.execute(steps=3, **variables)
    beginnings = ("as fast as possible", "exchange delay")
    said = [text for text in caplog.messages if text.startswith(beginnings)]
    assert [text[: len(start)] for text, start in zip(said, expected, strict=True)] == expected
    assert (summary.exchange_delay_s > 5.0) == ("exchange delay" in expected)
