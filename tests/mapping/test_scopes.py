"""Which equipment a name belongs to, and which of a list's equipments is which of the simulation's."""

from __future__ import annotations

import pytest

from mapping import Listed
from mapping.method.equipments import Group, group_of, partners
from mapping.method.scopes import (
    Belonging,
    agreement,
    cut_name,
    is_sure_agreement,
    scope_of_equipment,
    scope_of_name,
    scope_of_simulation,
)
from mapping.method.understanding import understood_controllers, understood_simulation
from points.meanings import Language, PartialMeaning
from tests.mapping.office import listed, office

TERMINAL, AIR_HANDLER, PLANT = "terminal unit", "air handler", "plant"


def marks(*said: str) -> frozenset[str]:
    return frozenset(said)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("VAV_South", TERMINAL, {"south"}),
        ("VAV-S", TERMINAL, {"s"}),
        ("VAV 2-05", TERMINAL, {"2-5"}),
        ("AHU_1", AIR_HANDLER, {"1"}),
        ("Plant", PLANT, set()),
        ("Night zone", TERMINAL, {"night"}),
        ("Lobby", None, {"lobby"}),
        ("10.0.0.5", None, {"10-0-0-5"}),
    ],
)
def test_an_equipments_name_says_its_kind_and_which_one(text: str, kind: str | None, said: set[str]) -> None:
    assert scope_of_equipment(text) == Belonging(kind, frozenset(said))


def test_a_side_is_understood_in_the_lists_own_language() -> None:
    assert scope_of_equipment("VAV-Est", Language.FRENCH).marks == {"east"}
    assert scope_of_equipment("VVS Süd", Language.GERMAN).marks == {"south"}
    assert scope_of_equipment("VAV-Est").marks == {"est"}


@pytest.mark.parametrize(
    ("name", "prefix", "own"),
    [
        ("VAV_North.ZN-T", "VAV_North", "ZN-T"),
        ("Site/Tower/AHU1/SAT", "Site Tower AHU1", "SAT"),
        ("AHU1.SUPPLY.TEMP", "AHU1", "SUPPLY.TEMP"),
        ("SUPPLY.TEMP", "", "SUPPLY.TEMP"),
        ("AHU-1_SAT", "AHU-1", "SAT"),
        ("SpaceTemp", "", "SpaceTemp"),
        ("LA1.ZN-T", "LA1", "ZN-T"),
    ],
)
def test_a_names_own_part_stands_behind_what_names_an_equipment(name: str, prefix: str, own: str) -> None:
    assert cut_name(name) == (prefix, own)


def test_a_names_numbers_count_right_behind_a_word_for_an_equipment() -> None:
    assert scope_of_name("AHU 2 supply fan 1 speed") == Belonging(AIR_HANDLER, marks("2"))
    assert scope_of_name("westZoneTemp").marks == {"west"}


@pytest.mark.parametrize(
    ("name", "description", "kind", "said"),
    [
        ("hvac_reaZonSou_TZon_y", "Zone air temperature measurement for zone sou", TERMINAL, {"south"}),
        ("floor2_reaZonCor_TZon_y", "Zone air temperature measurement for zone mid_floor_cor", TERMINAL, {"core", "2"}),
        ("floor3_reaAHU_TSup_y", "Supply air temperature measurement for AHU", AIR_HANDLER, {"3"}),
        ("bms_ovePrfAhuSupNz_u", "North zone AHU supply fan speed setpoint", AIR_HANDLER, {"north"}),
        ("heating_cooling_reaTRetProCoo_y", "Cooling production system return temperature", PLANT, set()),
        ("conHeaRo1_reaTZon_y", "Air temperature of zone Ro1", TERMINAL, {"ro", "1"}),
        ("reaHotWatSys_reaPPum_y", "Hot water plant pump power consumption", PLANT, set()),
        ("weatherStation_reaWeaTDryBul_y", "Outside drybulb temperature measurement", "weather", set()),
    ],
)
def test_a_point_of_a_test_case_is_of_a_zone_an_air_handler_or_the_plant(
    name: str, description: str, kind: str, said: set[str]
) -> None:
    assert scope_of_simulation(name, description, PartialMeaning()) == Belonging(kind, frozenset(said))


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        (marks("south"), marks("sou"), 1),
        (marks("s"), marks("south"), 1),
        (marks("bath"), marks("bth"), 1),
        (marks("1"), marks("10"), 0),
        (marks("south", "2"), marks("south", "2"), 2),
        (marks("east"), marks("west"), 0),
    ],
)
def test_marks_agree_by_their_beginning_or_their_consonants(
    one: frozenset[str], other: frozenset[str], count: int
) -> None:
    assert agreement(one, other) == count


def test_a_number_or_a_letter_that_agrees_is_no_proof() -> None:
    assert is_sure_agreement(marks("south"), marks("south"))
    assert not is_sure_agreement(marks("2"), marks("2"))
    assert not is_sure_agreement(marks("s"), marks("south"))


def paired(simulation: list[Listed], *lines: str) -> dict[str, tuple[str | None, bool]]:
    """For each equipment what its first group is paired with."""
    ours = understood_controllers(map(listed, lines))
    found = partners(ours, understood_simulation(simulation))
    groups: dict[str, Group] = {}
    for point in ours:
        groups.setdefault(point.listed.equipment, group_of(point))
    return {
        name: (one.scope.words if one.scope else None, one.is_sure)
        for name, group in groups.items()
        if (one := found.get(group)) is not None
    }


def test_boxes_are_paired_by_their_sides_and_not_with_what_contains_one() -> None:
    told = paired(list(office()), "VAV_South ZN-T AI degC", "VAV_SouthEast ZN-T AI degC", "VAV_East ZN-T AI degC")
    assert told == {"VAV_South": ("terminal unit south", True), "VAV_East": ("terminal unit east", True)}


def test_numbers_that_begin_alike_are_other_boxes() -> None:
    told = paired(list(office()), *(f"VAV_Z{number} ZN-T AI degC" for number in (10, 1)))
    assert told == {"VAV_Z1": ("terminal unit core", False), "VAV_Z10": ("terminal unit east", False)}


def test_who_says_its_kind_comes_before_who_only_has_a_fan() -> None:
    told = paired(list(office()), "Core FanBoxSpeed AO percent", "RTU SupplyTemp AI degC", "RTU MixedTemp AI degC")
    assert told["RTU"] == ("air handler", True)


def test_a_plant_has_several_controllers_and_two_alike_are_not_sure_of_it() -> None:
    told = paired(list(office()), "Chiller_1 CHWS-T AI degC", "Chiller_2 CHWS-T AI degC", "Hall HWS-T AI degC")
    assert told == {"Chiller_1": ("plant", False), "Chiller_2": ("plant", False), "Hall": ("plant", False)}


ONE_ZONE = [
    Listed("zon_reaTRooAir_y", "Zone air temperature", "K", is_input=False),
    Listed("fcu_reaFloSup_y", "Supply air mass flow rate", "kg/s", is_input=False),
]


def test_in_a_building_of_one_zone_the_only_controller_has_all() -> None:
    [fan_coil] = understood_controllers([listed("FCU-01 SpaceTemp AI degC")])
    [partner] = partners([fan_coil], understood_simulation(ONE_ZONE)).values()
    assert all(partner.has_surely(point.scope) for point in understood_simulation(ONE_ZONE))


def test_of_two_controllers_neither_is_sure_of_the_others_kind() -> None:
    ours = understood_controllers([listed("FCU-01 SpaceTemp AI degC"), listed("FCU-02 SpaceTemp AI degC")])
    zone = understood_simulation(ONE_ZONE)[0].scope
    found = partners(ours, understood_simulation(ONE_ZONE))
    assert [(one.has(zone), one.has_surely(zone)) for one in found.values()] == [(True, False)] * 2
