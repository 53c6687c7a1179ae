"""Which point belongs to which: right where there is enough to go by, and never sure where there is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipment.config import load_equipment_files
from mapping import Listed, propose
from mapping.method.choosing import Wish, choose
from tests.mapping.office import found, office, proposed
from utils.unit_conversion import UnitConverter

DEMO = Path(__file__).parents[2] / "configs" / "demo"


def shipped() -> list[tuple[Listed, str]]:
    """The objects of the demo's controllers by name, type and unit, and what its configs tie them to."""
    pairs = []
    for equipment in load_equipment_files(DEMO, "SI", UnitConverter()):
        name = equipment.config.equipment_name
        for point in equipment.points if name != "ENERGY" else ():
            unit = (point.device_unit or "percent") if point.object_type.is_analog else None
            pairs.append((Listed(point.ecy_point, "", unit, name, point.object_type), point.bop_point))
    return pairs


def test_the_demos_own_mapping_is_found_from_names_types_and_units() -> None:
    pairs = shipped()
    made = propose(office(), [one for one, _ in pairs])
    assert [found(one) for one in made.points] == [bop_point for _, bop_point in pairs]
    assert len(pairs) == 61
    taken = {bop_point for _, bop_point in pairs}
    assert [point.name for point in made.left] == [point.name for point in office() if point.name not in taken]


@pytest.mark.parametrize(
    ("line", "bop_point"),
    [
        ("AHU SA-T AI degF", "hvac_reaAhu_TSup_y"),
        ("AHU DA-SP AI inH2O", "hvac_reaAhu_dp_sup_y"),
        ("AHU Supply_Air_Temperature_Setpoint AO degC", "hvac_oveAhu_TSupSet_u"),
        ("AHU yRetDam AO percent", "hvac_oveAhu_yRet_u"),
        ("AHU clgVlvCmd AO percent", "hvac_oveAhu_yCoo_u"),
        ("AHU Point17 AI degC Mixed air temperature", "hvac_reaAhu_TMix_y"),
        ("AHU SF-S BI -", "hvac_reaAhu_PFanSup_y"),
        ("- OATEMP AV degF", "weaSta_reaWeaTDryBul_y"),
        ("- VAV_South.ZN-T AI degF", "hvac_reaZonSou_TZon_y"),
        ("VAV-NOR DPR-O AO percent", "hvac_oveZonActNor_yDam_u"),
        ("- westZoneCoolingSetpoint AO degC", "hvac_oveZonSupWes_TZonCooSet_u"),
        ("Chiller CHWS-T AI degC", "chi_reaTSup_y"),
        ("AHU RA_Dmpr_Out AO percent", "hvac_oveAhu_yRet_u"),
        ("AHU ClgVlv_Out AV percent", "hvac_oveAhu_yCoo_u"),
        ("VAV_North DmpPos'Out AO percent", "hvac_oveZonActNor_yDam_u"),
        ("- T_Out AV degF", "weaSta_reaWeaTDryBul_y"),
        ("Plant HeatPumpPower AV kW", "heaPum_reaPHeaPum_y"),
    ],
)
def test_names_of_every_style_are_understood(line: str, bop_point: str) -> None:
    [one] = proposed(line)
    assert found(one) == bop_point


@pytest.mark.parametrize(
    "line",
    [
        "AHU FilterDiffPress AI Pa",
        "AHU FreezeStat BI -",
        "AHU ReturnFanStatus BI -",
        "VAV_South DamperFeedback AI percent",
        "VAV_South AirflowSetpoint AV L/s",
        "VAV_South SpaceHumidity AI percent",
        "AHU SupplyAirTemp AI Pa",
        "AHU SupplyAirFlow AI m/s",
        "AHU CoolingValve BI -",
    ],
)
def test_what_the_simulation_does_not_have_is_left(line: str) -> None:
    [one] = proposed(line)
    assert found(one) is None


def test_out_at_the_end_is_output_at_no_input_and_where_nothing_else_tells_what_it_is() -> None:
    made = proposed("AHU1 RA_Dmpr_Out AO percent", "AHU2 RA_Dmpr_Out AI percent", "AHU3 Dmpr_Out AO percent")
    assert [one.meaning.startswith("outdoor air") for one in made] == [False, True, False]
    [bare] = proposed("AHU Dmpr_Out AO percent")
    assert not bare.is_sure


class TestSure:
    """It is said where nothing else can be meant, and nowhere else."""

    def test_a_name_that_says_all_in_the_one_air_handler(self) -> None:
        [one] = proposed("AHU SupplyAirTemp AI degC")
        assert one.is_sure

    @pytest.mark.parametrize(
        "lines",
        [
            ["VAV_1 SpaceTemp AI degC"],  # one box, five zones
            ["VAV_1 SpaceTemp AI degC", "VAV_2 SpaceTemp AI degC"],
            ["VAV-S SpaceTemp AI degC"],  # south, or the nineteenth
            ["AHU SupplyAirTemp AI degC", "AHU SupplyAirTemp2 AI degC"],
            ["AHU SupplyAirTempXyz AI degC"],
            ["AHU SupplyAirTemp AI -"],
            ["AHU SupplyAirTemp - degC"],
            ["AHU SupplyAirTemp AI degC Return air temperature"],
            ["AHU DAT-2 AI degC"],  # there may be a first
            ["AHU SupplyFan2Speed AO percent"],
            ["Boiler HWS-T AI degC"],  # the building has a heat pump
            ["- CHWP-S BI -"],  # the coil's pump, or the plant's
            ["AHU CHWS-T AI degC"],  # at the coil, or at the plant
        ],
    )
    def test_not_of_what_may_be_another(self, lines: list[str]) -> None:
        assert not any(one.is_sure for one in proposed(*lines))

    def test_two_boxes_of_one_name_are_told_apart_by_nothing(self) -> None:
        made = proposed("VAV_South_1 SpaceTemp AI degC", "VAV_South_2 SpaceTemp AI degC")
        assert not any(one.is_sure for one in made)
        assert len({found(one) for one in made}) == 2


def test_an_apostrophe_in_names_makes_no_equipment_of_each_point() -> None:
    lines = ("RmT'Mea AI degC", "SuT'Mea AI degC", "Vol'Mea AI m**3/s", "HtgVlv'Out AO percent")
    made = proposed(*(f"BoxSouth {line}" for line in lines))
    mapped = [name for one in made if (name := found(one)) is not None]
    assert mapped[1:] == ["hvac_reaZonSou_V_flow_y", "hvac_oveZonActSou_yReaHea_u"]
    assert mapped[0] == "hvac_reaZonSou_TZon_y"
    assert [one.lost for one in made if one.lost] == ["hvac_reaZonSou_TZon_y is given to one that is more alike"]


def test_boxes_without_a_name_in_common_are_taken_in_their_order_and_said_to_be_a_guess() -> None:
    made = proposed(*(f"VAV_{number} SpaceTemp AI degC" for number in (9, 10, 11)))
    assert [found(one) for one in made] == [f"hvac_reaZon{zone}_TZon_y" for zone in ("Cor", "Eas", "Nor")]


def test_the_next_ones_are_told_with_why() -> None:
    [one] = proposed("AHU SupplyAirTemp AI degC")
    first, second = one.candidates[:2]
    assert first.why == "supply air duct temperature measured; K to degC; of air handler"
    assert first.score > second.score
    assert second.why != first.why


def test_an_input_of_the_simulation_has_one_master_and_the_weather_has_many_readers() -> None:
    lines = [f"{ahu} {point}" for ahu in ("AHU_1", "AHU_2") for point in ("OAT AV degC", "SupplyFanSpeed AO percent")]
    names = [found(one) for one in proposed(*lines)]
    assert names.count("weaSta_reaWeaTDryBul_y") == 2
    assert names.count("hvac_oveAhu_yFan_u") == 1


def test_who_would_be_left_without_gets_what_another_can_spare() -> None:
    wishes = [[Wish(0, 0.9, 0), Wish(1, 0.85, 1)], [Wish(0, 0.8, 0)]]
    assert [wish and wish.what for wish in choose(wishes)] == [1, 0]


def test_nobody_gives_up_more_than_the_other_gains() -> None:
    wishes = [[Wish(0, 0.9, 0), Wish(1, 0.2, 1)], [Wish(0, 0.6, 0)]]
    assert [wish and wish.what for wish in choose(wishes)] == [0, None]
