"""Air at night: dew point, heat carried off and outdoor share by hand calculation; what forbids to run a unit."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from supervisory.blocks.air_handlers.night_air import dew_point_degc, forbidden, outdoor_share, sensible_kw
from supervisory.blocks.time.working_days import WorkingDays
from supervisory.programs.night_purge import NightPurge
from tests.supervisory.programs.fakes import FakeContext


@pytest.mark.parametrize(
    ("temperature", "humidity", "dew_point"), [(20.0, 100.0, 20.0), (20.0, 50.0, 9.27), (15.0, 80.0, 11.58)]
)
def test_the_dew_point_is_that_of_the_psychrometric_tables(
    temperature: float, humidity: float, dew_point: float
) -> None:
    assert dew_point_degc(temperature, humidity) == pytest.approx(dew_point, abs=0.05)


def test_a_cubic_metre_a_second_ten_kelvin_colder_carries_off_twelve_kilowatts() -> None:
    assert sensible_kw(1.0, 24.0, 14.0) == pytest.approx(12.07, abs=0.01)


@pytest.mark.parametrize(("mixed", "share"), [(15.0, 0.9), (24.0, 0.0), (14.0, 1.0), (13.0, 1.0), (25.0, 0.0)])
def test_the_outdoor_share_is_a_balance_of_heat_and_stays_within_its_limits(mixed: float, share: float) -> None:
    assert outdoor_share(14.0, 24.0, mixed, least_k=4.0) == pytest.approx(share)


def test_air_of_nearly_the_same_temperature_tells_no_share() -> None:
    assert outdoor_share(21.0, 24.0, 22.0, least_k=4.0) is None


def context() -> FakeContext:
    return FakeContext(NightPurge)


@pytest.mark.parametrize(
    ("role", "good", "bad", "told"),
    [
        ("occupied", 0.0, 1.0, "the building is occupied"),
        ("interlock", 0.0, 1.0, "interlock"),
        ("mixed_air_temperature", 8.0, 6.9, "mixed air"),
    ],
)
def test_one_bad_or_unknown_among_many_forbids(role: str, good: float, bad: float, told: str) -> None:
    ctx = context()
    assert forbidden(ctx, 7.0) is None
    ctx.show(role, {"one": good, "two": good})
    assert forbidden(ctx, 7.0) is None
    ctx.show(role, {"two": bad})
    reason = forbidden(ctx, 7.0)
    assert reason is not None
    assert reason.startswith(told)
    assert reason.endswith("two")
    ctx.show(role, {"two": good})
    ctx.lose(role, "one")
    assert str(forbidden(ctx, 7.0)).endswith("one")


def test_a_holiday_is_no_working_day_whatever_its_weekday() -> None:
    days = WorkingDays.model_validate({"holidays": ["2025-07-04"]})
    shown = [days.counts(date(2025, 7, day)) for day in (3, 4, 5, 6, 7)]
    assert shown == [True, False, False, False, True]
    with pytest.raises(ValidationError, match="weekdays"):
        WorkingDays.model_validate({"weekdays": ["monday"]})
