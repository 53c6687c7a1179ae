"""What names mean: BOPTEST's and those that people give in controllers."""

from __future__ import annotations

from pathlib import Path

import pytest

from points.meanings import Carrier, Meaning, Measure, Medium, Spot, Use, carrier_of, meaning_of, place_of, system_of
from utils.for_each import each_in

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hvac_reaAhu_TSup_y", "supply air temperature"),
        ("hvac_reaAhu_V_flow_ret_y", "return air flow"),
        ("hvac_reaAhu_dp_sup_y", "supply air pressure"),
        ("hvac_reaAhu_PFanSup_y", "supply air fan power"),
        ("hvac_reaAhu_TCooCoiRet_y", "chilled water leaving coil temperature"),
        ("hvac_oveAhu_yFan_u", "supply air fan speed command"),
        ("hvac_oveAhu_yOA_u", "outdoor air damper position command"),
        ("hvac_oveAhu_yCoo_u", "chilled water valve position command"),
        ("hvac_oveAhu_yPumHea_u", "hot water pump on or off command"),
        ("hvac_oveAhu_TSupSet_u", "supply air temperature set-point"),
        ("hvac_oveAhu_dpSet_u", "supply air pressure set-point"),
        ("hvac_reaZonNor_TZon_y", "zone air temperature"),
        ("hvac_reaZonNor_TSup_y", "supply air terminal unit temperature"),
        ("hvac_oveZonActNor_yDam_u", "supply air damper position command"),
        ("hvac_oveZonActNor_yReaHea_u", "hot water reheat valve position command"),
        ("hvac_oveZonSupNor_TZonCooSet_u", "zone air temperature cooling set-point"),
        ("chi_reaFloSup_y", "chilled water supply flow"),
        ("heaPum_reaPHeaPum_y", "hot water plant power"),
        ("weaSta_reaWeaRelHum_y", "outdoor air humidity"),
        ("weaSta_reaWeaHGloHor_y", "outdoor air radiation"),
        ("reaTZon_y", "zone air temperature"),
        ("TRooAir_y", "zone air temperature"),
        ("con_oveTSetCoo_u", "zone air temperature cooling set-point"),
        ("oveTSet_u", "zone air temperature set-point"),
        ("thermostatDayZon_oveTsetZon_u", "zone air temperature set-point"),
        ("bms_oveTZonSetMinNz_u", "zone air temperature heating set-point"),
        ("bms_oveTSupAhuNz_u", "supply air temperature set-point"),
        ("fcu_oveTSup_u", "supply air temperature set-point"),
        ("zon_weaSta_reaWeaTDryBul_y", "outdoor air temperature"),
        ("floor1_dpSet_u", "supply air pressure set-point"),
        ("floor1_duaFanAirHanUni_supFan_oveSpeSupFan_u", "supply air fan speed command"),
        ("floor1_duaFanAirHanUni_mixingBox_mixBox_yOA_u", "outdoor air damper position command"),
        ("floor1_fivZonVAV_vAV1_oveZonLoc_yReaHea_u", "hot water reheat valve position command"),
    ],
)
def test_the_simulations_names_are_understood(name: str, words: str) -> None:
    found = meaning_of(name)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("DischAirTemp", "SupplyAirTemp", "SAT", "DAT", "disch_air_temp", "SA-T", "SA Tmp"), "supply air temperature"),
        (("SpaceTemp", "ZoneTemp", "RmTmp", "ZNT", "room temperature"), "zone air temperature"),
        (("FanCmd", "DischFanSpeed", "SupplyFanSpeedCmd", "SF_Spd_Cmd"), "supply air fan speed command"),
        (("DischFanStatus", "FanSts", "SF-Status"), "supply air fan on or off status"),
        (("OutdoorAirDamper", "OA_Dmpr", "OADmprPos", "OA-Damper-Cmd"), "outdoor air damper position command"),
        (("HeatingValve", "HtgVlv", "HW_Valve_Cmd"), "hot water valve position command"),
        (("SupplyAirTempSetpoint", "SAT-SP", "DischAirTempStpt"), "supply air temperature set-point"),
        (("ZoneCoolingSetpoint", "EffectiveCoolingSetpoint", "ClgSp"), "zone air temperature cooling set-point"),
        (("DuctStaticPressure", "DischAirPress"), "supply air pressure"),
    ],
)
def test_one_thing_has_many_names(names: tuple[str, ...], words: str) -> None:
    told = {name: found.words if (found := meaning_of(name)) else None for name in names}
    assert told == dict.fromkeys(names, words)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Space",
        "cost_tot",
        "AV_103",
        "OccupancyCmd",
        "hvac_oveAhu_yFan_activate",
        "weaSta_reaWeaTDewPoi_y",
        "FanAlarm",
        "TempPressure",
        "HeatingCoolingSetpoint",
        "UnoccupiedCoolingSetpoint",
        "ReturnWaterTemp",
        "WaterSupplyTemp",
        "ZoneWaterTemp",
        "FilterDp",
        "reaTSup_y",
        "oveTSetSup_u",
        "dh_oveTSupSetHea_u",
        "oveChiWatSys_dpSet_u",
        "oveFan_u",
        "hydronicSystem_oveTHea_u",
        "conCooBth_oveCoo_u",
        "structure_reaTZonPercHighNz_y",
    ],
)
def test_what_is_not_understood_as_a_whole_is_unknown(name: str) -> None:
    assert meaning_of(name) is None


@pytest.mark.parametrize("name", ["hvac_reaAhu_V_flow_out_y", "OutdoorAirFlow", "outdoor air flow"])
def test_outdoor_air_that_flows_is_taken_in_and_no_weather(name: str) -> None:
    assert meaning_of(name) == Meaning(Medium.OUTDOOR_AIR, Spot.DUCT, Measure.FLOW, Use.MEASURED)


def test_the_first_name_that_is_understood_counts() -> None:
    fan_power = Meaning(Medium.SUPPLY_AIR, Spot.FAN, Measure.POWER, Use.MEASURED)
    assert meaning_of("hvac_reaAhu_PFanSup_y", "DischFanStatus") == fan_power
    assert meaning_of("whatever_y", "SpaceTemp") == meaning_of("SpaceTemp")


def test_both_names_of_every_shipped_point_agree_where_both_are_understood() -> None:
    """A status is made of a power, and a controller does not say which unit's supply air it means."""
    differ = set()
    for file in sorted((ROOT / "configs" / "demo").glob("*.json")):
        for point in (point for config in each_in(file) for point in config["points"]):
            ours, theirs = meaning_of(point["bop_point"]), meaning_of(point["ecy_point"])
            if ours and theirs and ours != theirs:
                differ.add((ours.words, theirs.words))
    assert differ == {
        ("supply air fan power", "supply air fan on or off status"),
        ("chilled water pump power", "chilled water pump on or off status"),
        ("hot water pump power", "hot water pump on or off status"),
        ("supply air terminal unit temperature", "supply air temperature"),
    }


@pytest.mark.parametrize(
    ("names", "system"),
    [
        (("hvac_reaAhu_TSup_y", "hvac_oveAhu_TSupSet_u"), "hvac Ahu"),
        (("hvac_reaZonNor_TZon_y", "hvac_oveZonActNor_yDam_u", "hvac_oveZonSupNor_TZonCooSet_u"), "hvac ZonNor"),
        (("chi_reaTSup_y", "chi_reaPPumDis_y"), "chi"),
        (("reaTZon_y", "SpaceTemp", "cost_tot"), ""),
    ],
)
def test_points_of_one_device_are_of_one_system(names: tuple[str, ...], system: str) -> None:
    assert {system_of(name) for name in names} == {system}


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (("hvac_reaZonNor_TZon_y", "hvac_oveZonActNor_yDam_u", "hvac_oveZonSupNor_TZonCooSet_u"), "nor"),
        (("hvac_reaAhu_TSup_y", "hvac_oveAhu_yFan_u"), "ahu"),
        (("floor1_reaAHU_TSup_y", "floor1_dpSet_u"), "floor1"),
        (("conHeaRo1_oveTSetHea_u", "conCooRo1_oveTSetCoo_u", "infRo1_reaCO2RooAir_y"), "ro1"),
        (("dayZon_reaTRooAir_y", "thermostatDayZon_oveTsetZon_u"), "day"),
        (("structure_reaTZonNz_y", "bms_oveTZonSetMinNz_u"), "nz"),
        (("TRooAirSou_y",), "sou"),
        (("oveTZonSet_u", "reaTZon_y", "zon_reaTRooAir_y", "con_oveTSetHea_u"), ""),
    ],
)
def test_points_of_one_zone_or_air_handler_are_of_one_place(names: tuple[str, ...], place: str) -> None:
    assert {place_of(name) for name in names} == {place}


def test_a_zone_that_is_told_in_words_counts() -> None:
    assert (
        place_of("floor1_reaZonCor_TZon_y", "Zone air temperature measurement for zone bot_floor_cor")
        == "bot_floor_cor"
    )
    assert place_of("reaTRoo_y", "Operative zone temperature") == ""


@pytest.mark.parametrize(
    ("description", "carrier"),
    [
        ("Electric power consumed by chiller", Carrier.ELECTRICITY),
        ("Boiler gas power use", Carrier.GAS),
        ("District heating thermal power consumption", Carrier.DISTRICT_HEATING),
        ("Heating thermal power", None),
    ],
)
def test_what_carries_a_power_is_told_in_its_description(description: str, carrier: Carrier | None) -> None:
    assert carrier_of(description) is carrier
