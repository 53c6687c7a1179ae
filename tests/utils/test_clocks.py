"""Model time on the wall calendar: a 365-day year in every year."""

from __future__ import annotations

from datetime import datetime

import pytest

from utils.clocks import ModelSeconds, local_to_unix, model_datetime, model_seconds, unix_to_local

DAY = 86_400


@pytest.mark.parametrize("year", [2023, 2024, 2100])
def test_6_july_is_day_186_in_every_year(year: int) -> None:
    assert model_seconds(datetime(year, 7, 6, 14)) == ModelSeconds(186 * DAY + 14 * 3600)


def test_29_february_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="29 February does not exist in the model's 365-day year"):
        model_seconds(datetime(2024, 2, 29))


def test_the_day_after_28_february_is_1_march_in_a_leap_year_too() -> None:
    before_midnight = model_seconds(datetime(2024, 2, 28, 23, 59, 59))
    assert model_datetime(ModelSeconds(before_midnight + 1), 2024) == datetime(2024, 3, 1)


def test_a_run_past_the_year_end_goes_on_in_the_next_year() -> None:
    last_second = model_seconds(datetime(2023, 12, 31, 23, 59, 59))
    assert model_datetime(ModelSeconds(last_second + 1), 2023) == datetime(2024, 1, 1)


@pytest.mark.parametrize("moment", [datetime(2023, 1, 1), datetime(2024, 3, 1, 12, 30), datetime(2023, 12, 31, 23)])
def test_model_time_and_calendar_agree_both_ways(moment: datetime) -> None:
    assert model_datetime(model_seconds(moment), moment.year) == moment


def test_a_time_that_does_not_exist_is_taken_after_the_gap() -> None:
    unix = local_to_unix(datetime(2023, 3, 12, 2, 30), "US/Mountain")
    assert unix_to_local(unix, "US/Mountain") == datetime(2023, 3, 12, 3, 30)


def test_an_ambiguous_time_is_standard_time() -> None:
    unix = local_to_unix(datetime(2023, 11, 5, 1, 30), "US/Mountain")
    assert unix == datetime.fromisoformat("2023-11-05T01:30:00-07:00").timestamp()
