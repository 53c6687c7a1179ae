"""What the building's own control would command, told beside what others do."""

from __future__ import annotations

import pytest

from emulators.plants.multizone_office import MultizoneOffice
from tests.emulators.plants.multizone_office.driver import (
    COLD_DAY,
    MILD_DAY,
    SUMMER_DAY,
    WINTER_DAY,
    office,
    take,
    taken,
)

SOUTH = "hvac_oveZonActSou_"


def test_nothing_is_told_where_nothing_is_overridden() -> None:
    plant = office(SUMMER_DAY, 10.0)
    plant.advance(60.0, {})
    assert plant.own_control() == {}
    plant.advance(60.0, take(yFan=0.5))
    plant.advance(60.0, {"hvac_oveAhu_yFan_activate": 0.0})
    assert plant.own_control() == {}


def test_the_plant_does_not_notice_that_somebody_asks() -> None:
    asked, left_alone = office(SUMMER_DAY, 10.0), office(SUMMER_DAY, 10.0)
    inputs = take(yFan=0.6, yCoo=0.3, TSupSet=288.15) | taken({f"{SOUTH}yDam": 0.4, f"{SOUTH}yReaHea": 0.2})
    for _ in range(60):
        told = asked.advance(30.0, inputs)
        asked.own_control()
        assert told == left_alone.advance(30.0, inputs)
        assert asked.remember() == left_alone.remember()


def test_every_override_has_its_own_value_within_its_limits() -> None:
    plant = office(WINTER_DAY, 10.0)
    names = [name for name in plant.inputs if name.endswith("_u")]
    middle = {name.removesuffix("_u"): 0.5 * (limits(plant, name)[0] + limits(plant, name)[1]) for name in names}
    plant.advance(300.0, taken(middle))
    own = plant.own_control()
    assert sorted(own) == sorted(names)
    for name, value in own.items():
        low, high = limits(plant, name)
        assert low <= value <= high, name


def limits(plant: MultizoneOffice, name: str) -> tuple[float, float]:
    meta = plant.inputs[name]
    return meta.minimum or 0.0, meta.maximum or 0.0


def test_set_points_are_those_of_the_mode_whatever_others_set() -> None:
    plant = office(SUMMER_DAY, 10.0)
    plant.advance(60.0, take(TSupSet=290.0) | taken({"hvac_oveZonSupSou_TZonCooSet": 300.0}))
    own = plant.own_control()
    assert own["hvac_oveAhu_TSupSet_u"] == pytest.approx(273.15 + 12.0)
    assert own["hvac_oveZonSupSou_TZonCooSet_u"] == pytest.approx(273.15 + 24.0)


@pytest.mark.parametrize(
    ("point", "forced", "winds_up_to"),
    [("hvac_oveAhu_yCoo", 0.8, 0.0), (f"{SOUTH}yReaHea", 0.9, 0.0), ("hvac_oveAhu_dpSet", 200.0, 410.0)],
)
def test_no_loop_winds_up_however_long_others_hold_its_output(point: str, forced: float, winds_up_to: float) -> None:
    plant = office(SUMMER_DAY, 12.0)
    for hours in (0.5, 2.0):
        plant.advance(hours * 3600.0, taken({point: forced}))
        own = plant.own_control()[f"{point}_u"]
        assert own != pytest.approx(winds_up_to, abs=0.1)


def test_it_says_which_way_the_building_would_go() -> None:
    plant = office(SUMMER_DAY, 12.0)
    plant.advance(1800.0, take(yCoo=0.05))
    assert plant.own_control()["hvac_oveAhu_yCoo_u"] > 0.05
    plant.advance(7200.0, take(yCoo=1.0))
    assert plant.own_control()["hvac_oveAhu_yCoo_u"] < 1.0
    heated = office(COLD_DAY, 10.0)
    heated.advance(3600.0, take(yHea=0.0, yPumHea=0.0))
    assert heated.own_control()["hvac_oveAhu_yHea_u"] > 0.0
    mild = office(MILD_DAY, 12.0)
    mild.advance(1800.0, take(yOA=0.1, yRet=0.9))
    own = mild.own_control()
    assert own["hvac_oveAhu_yOA_u"] > 0.1
    assert own["hvac_oveAhu_yRet_u"] == pytest.approx(1.0 - own["hvac_oveAhu_yOA_u"])


def test_at_night_the_own_control_stands_still() -> None:
    plant = office(MILD_DAY, 1.0)
    plant.advance(600.0, take(yFan=0.6) | taken({f"{SOUTH}yDam": 0.4}))
    assert plant.own_control()["hvac_oveAhu_yFan_u"] == 0.0
