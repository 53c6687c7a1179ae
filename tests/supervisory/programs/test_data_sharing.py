"""Data sharing: which sources count, what is shared, held and given back."""

from __future__ import annotations

import pytest

from supervisory.programs.data_sharing import DataSharing, SharingSettings
from supervisory.programs.humidity_sharing import HumiditySharing
from tests.supervisory.programs.fakes import FakeContext

CONSUMERS = ("ahu1", "ahu2", "boiler")


def start(kind: type[DataSharing] = DataSharing, **settings: object) -> tuple[DataSharing, FakeContext]:
    """A running program with three sources that agree on about 20."""
    program = kind(SharingSettings.model_validate(settings))
    ctx = FakeContext(kind)
    ctx.show("source", {"roof": 20.0, "north": 20.4, "weather station": 21.0})
    ctx.bind("consumer", *CONSUMERS)
    program.on_start(ctx)
    return program, ctx


def shared(ctx: FakeContext) -> dict[str, float]:
    return {name: float(value) for (_, name), value in ctx.slots.items()}


def test_every_consumer_gets_the_median_and_the_source_is_told() -> None:
    program, ctx = start()
    ctx.step(program)
    assert shared(ctx) == dict.fromkeys(CONSUMERS, 20.4)
    assert ctx.facts["source"] == "median of north, roof, weather station"


def test_two_sources_that_agree_are_averaged() -> None:
    program, ctx = start()
    ctx.lose("source", "weather station")
    ctx.step(program)
    assert shared(ctx)["boiler"] == pytest.approx(20.2)


def test_the_last_good_source_serves_alone() -> None:
    program, ctx = start()
    ctx.lose("source", "weather station")
    ctx.lose("source", "north")
    ctx.step(program)
    assert shared(ctx)["boiler"] == 20.0
    assert ctx.facts["source"] == "roof"
    assert ctx.facts["not_counted"] == {"north": "no answer", "weather station": "no answer"}


def test_an_implausible_or_old_source_does_not_count() -> None:
    program, ctx = start()
    ctx.show("source", {"roof": 130.0})
    ctx.show("source", {"north": 5.0}, age_s=301.0)
    ctx.step(program)
    assert shared(ctx)["boiler"] == 21.0
    assert ctx.facts["not_counted"] == {"north": "301 s old", "roof": "130 is not within -60 to 60"}


def test_a_sensor_in_the_sun_is_outvoted_by_two_others_and_is_an_alarm() -> None:
    program, ctx = start()
    ctx.show("source", {"roof": 38.0})
    ctx.run(program, minutes=5)
    assert shared(ctx)["boiler"] == 21.0
    assert ctx.alarms == ["sources disagree"]


def test_of_two_that_disagree_the_preferred_one_is_believed() -> None:
    program, ctx = start(prefer=("weather station",))
    ctx.lose("source", "north")
    ctx.show("source", {"roof": 35.0})
    ctx.step(program)
    assert shared(ctx)["boiler"] == 21.0
    assert ctx.facts["source"] == "weather station: the other differs by 14.0"


def test_of_two_that_disagree_neither_is_believed_without_a_preference() -> None:
    program, ctx = start(hold_min=0.0)
    ctx.lose("source", "north")
    ctx.show("source", {"roof": 35.0})
    ctx.step(program)
    assert shared(ctx) == {}
    assert ctx.facts["source"] == "none: two sources differ by 14.0, and neither is preferred"


def test_without_any_source_the_last_value_is_held_and_then_given_back() -> None:
    program, ctx = start()
    ctx.step(program)
    for source in ("roof", "north", "weather station"):
        ctx.lose("source", source)
    ctx.run(program, minutes=15)
    assert shared(ctx) == dict.fromkeys(CONSUMERS, 20.4)
    assert ctx.facts["held"] is True
    ctx.step(program)
    assert shared(ctx) == {}
    assert ctx.alarms[-1].endswith("consumers have their own values back")


def test_a_source_that_returns_is_shared_again() -> None:
    program, ctx = start(hold_min=0.0)
    for source in ("roof", "north", "weather station"):
        ctx.lose("source", source)
    ctx.run(program, minutes=3)
    ctx.show("source", {"north": 18.0})
    ctx.step(program)
    assert shared(ctx) == dict.fromkeys(CONSUMERS, 18.0)


def test_humidity_has_its_own_unit_and_range() -> None:
    program, ctx = start(HumiditySharing)
    ctx.show("source", {"roof": 0.0, "north": 55.0, "weather station": 120.0})
    ctx.step(program)
    assert shared(ctx) == dict.fromkeys(CONSUMERS, 55.0)
    assert HumiditySharing.points["consumer"].unit == "percent"


def test_a_misspelt_preference_is_an_alarm() -> None:
    _, ctx = start(prefer=("rooof",))
    assert ctx.alarms == ["the parameters prefer sources that the config does not have: rooof"]
