"""``python main.py map``, from nothing to a check that finds nothing wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulators.program import ObjectSpec
from tests.bridge.rig import Rig, rig
from tests.command_line import Call, variables

OBJECTS = (
    ObjectSpec("AnalogInput", "OA-T", "degrees-fahrenheit", initial=50.0, description="Outside air"),
    ObjectSpec("AnalogInput", "OA-H", "percent-relative-humidity"),
    ObjectSpec("AnalogInput", "SA-T", "degrees-fahrenheit", initial=-40.0),
    ObjectSpec("AnalogInput", "RA-T", "degrees-fahrenheit", initial=-40.0),
    ObjectSpec("AnalogInput", "MA-T", "degrees-fahrenheit", initial=-40.0),
    ObjectSpec("AnalogInput", "SA-SP", "inches-of-water"),
    ObjectSpec("AnalogInput", "SA-F", "cubic-feet-per-minute"),
    ObjectSpec("AnalogInput", "RA-F", "cubic-feet-per-minute"),
    ObjectSpec("BinaryInput", "SF-S"),
    ObjectSpec("BinaryInput", "CHWP-S"),
    ObjectSpec("BinaryInput", "HWP-S"),
    ObjectSpec("AnalogOutput", "SF-O", "percent", initial=60.0),
    ObjectSpec("AnalogOutput", "OAD-O", "percent", initial=20.0),
    ObjectSpec("AnalogOutput", "RAD-O", "percent", initial=80.0),
    ObjectSpec("AnalogOutput", "CLG-O", "percent"),
    ObjectSpec("AnalogOutput", "HTG-O", "percent"),
    ObjectSpec("BinaryOutput", "CHWP-C"),
)
SEVENTEEN = {
    "OA-T": "weaSta_reaWeaTDryBul_y",
    "OA-H": "weaSta_reaWeaRelHum_y",
    "SA-T": "hvac_reaAhu_TSup_y",
    "RA-T": "hvac_reaAhu_TRet_y",
    "MA-T": "hvac_reaAhu_TMix_y",
    "SA-SP": "hvac_reaAhu_dp_sup_y",
    "SA-F": "hvac_reaAhu_V_flow_sup_y",
    "RA-F": "hvac_reaAhu_V_flow_ret_y",
    "SF-S": "hvac_reaAhu_PFanSup_y",
    "CHWP-S": "hvac_reaAhu_PPumCoo_y",
    "HWP-S": "hvac_reaAhu_PPumHea_y",
    "SF-O": "hvac_oveAhu_yFan_u",
    "OAD-O": "hvac_oveAhu_yOA_u",
    "RAD-O": "hvac_oveAhu_yRet_u",
    "CLG-O": "hvac_oveAhu_yCoo_u",
    "HTG-O": "hvac_oveAhu_yHea_u",
    "CHWP-C": "hvac_oveAhu_yPumCoo_u",
}


@pytest.fixture(scope="module", params=[False, True], ids=["rest", "bacnet"])
def strange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("strange"), ahu_objects=OBJECTS, over_bacnet=request.param) as both:
        yield both


def device(subject: Rig) -> str:
    if subject.over_bacnet:
        return f"bacnet://{subject.controllers.bacnet_addresses['AHU']}"
    return subject.controllers.addresses["AHU"]


@pytest.mark.slow
def test_an_air_handler_of_17_points_goes_from_nothing_to_a_check_that_passes(
    strange: Rig, call: Call, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    told = variables(strange)
    where = ["--configs", str(site), "--env", str(tmp_path / "absent.env"), "--yes"]
    code, output = call("map", "--device", f"AHU={device(strange)}", *where, **told)
    assert (code, "17 of 17 points mapped, 17 of them sure" in output) == (0, True), output
    points = json.loads((site / "AHU.json").read_text(encoding="utf-8"))["points"]
    assert {point["ecy_point"]: point["bop_point"] for point in points} == SEVENTEEN
    assert "Outside air" in (site / "mapping.csv").read_text(encoding="utf-8-sig")
    code, output = call("check", *where, **told)
    assert code == 0, output


@pytest.mark.slow
def test_a_config_of_that_controller_is_completed_whatever_it_is_called(
    strange: Rig, call: Call, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    address = device(strange).removeprefix("bacnet://")
    own = {"bop_point": "hvac_reaAhu_TSup_y", "ecy_point": "SA-T", "object_type": "AnalogInput", "unit": "K"}
    config = {"equipment_name": "Roof", "device_ip": address, "points": [own]}
    config |= {"protocol": "bacnet"} if strange.over_bacnet else {}
    (site / "roof.json").write_text(json.dumps(config), encoding="utf-8")
    where = ["--configs", str(site), "--env", str(tmp_path / "absent.env"), "--yes"]
    code, output = call("map", "--embedded", *where, **variables(strange))
    assert code == 0, output
    assert [file.name for file in site.glob("*.json")] == ["roof.json"]
    points = json.loads((site / "roof.json").read_text(encoding="utf-8"))["points"]
    assert {point["ecy_point"]: point["bop_point"] for point in points} == SEVENTEEN
    assert points[0] == own


@pytest.mark.slow
def test_a_controller_that_does_not_answer_is_told(call: Call, strange: Rig, tmp_path: Path) -> None:
    where = ["--configs", str(tmp_path / "site"), "--env", str(tmp_path / "absent.env"), "--yes"]
    code, output = call("map", "--embedded", "--device", "AHU=127.0.0.1:9", *where, **variables(strange))
    assert code == 1, output
    assert "127.0.0.1:9: " in output
    assert not (tmp_path / "site").exists()


class TestFromAList:
    """Nothing is connected to: a list, and the embedded building."""

    LIST = "System;Tag;Type;Units\nAHU;SA-T;AI;degC\nAHU;SF-O;AO;%\nAHU;FLT-P;AI;Pa\n"

    @pytest.fixture
    def listed(self, tmp_path: Path) -> list[str]:
        (tmp_path / "points.csv").write_text(self.LIST, encoding="utf-8")
        return ["map", "--embedded", "--list", str(tmp_path / "points.csv"), "--out", str(tmp_path / "site")]

    def test_what_its_columns_are_is_shown_and_nothing_done_until_somebody_agrees(
        self, call: Call, listed: list[str], tmp_path: Path
    ) -> None:
        code, output = call(*listed)
        assert code == 2
        assert "3 points; name is 'Tag', type is 'Type', units is 'Units', equipment is 'System'" in output
        assert "say which columns are meant: --column WHAT=HEADING, or --yes" in output
        assert not (tmp_path / "site").exists()

    def test_drafts_and_the_sheet_are_written_and_the_sheet_comes_back(
        self, call: Call, listed: list[str], tmp_path: Path
    ) -> None:
        code, output = call(*listed, "--yes")
        assert code == 0
        assert "2 of 3 points mapped, 2 of them sure" in output
        sheet, again = tmp_path / "site" / "mapping.csv", tmp_path / "again"
        code, _ = call("map", "--csv", str(sheet), "--out", str(again))
        assert code == 0
        assert (again / "AHU.json").read_bytes() == (tmp_path / "site" / "AHU.json").read_bytes()

    def test_headings_that_are_named_need_no_other_yes(self, call: Call, listed: list[str]) -> None:
        named = ["name=Tag", "type=Type", "units=Units", "equipment=System"]
        code, _ = call(*listed, *(word for told in named for word in ("--column", told)))
        assert code == 0

    def test_a_second_time_what_is_there_is_kept(self, call: Call, listed: list[str], tmp_path: Path) -> None:
        call(*listed, "--yes")
        before = (tmp_path / "site" / "AHU.json").read_bytes()
        code, output = call(*listed, "--yes")
        assert code == 0
        assert "0 of 1 points mapped" in output
        assert (tmp_path / "site" / "AHU.json").read_bytes() == before
        assert (tmp_path / "site" / "mapping-2.csv").is_file()

    def test_a_config_of_somebody_else_that_has_it_is_named(self, call: Call, tmp_path: Path) -> None:
        output_of = {"bop_override_point": "hvac_oveAhu_yFan_activate", "object_type": "AnalogOutput"}
        fan = {"bop_point": "hvac_oveAhu_yFan_u", "ecy_point": "DischFanSpeed", **output_of}
        config = {"equipment_name": "AHU", "device_ip": "10.0.0.9", "enabled": False, "points": [fan]}
        (tmp_path / "AHU.json").write_text(json.dumps(config), encoding="utf-8")
        (tmp_path / "RTU.csv").write_text("Tag;Type;Units\nSF-O;AO;%\n", encoding="utf-8")
        code, output = call("map", "--embedded", "--list", str(tmp_path / "RTU.csv"), "--out", str(tmp_path), "--yes")
        assert code == 0, output
        assert "0 of 1 points mapped" in output
        assert "SF-O: hvac_oveAhu_yFan_u is in the config of AHU already" in output

    def test_equal_ones_are_one_config(self, call: Call, tmp_path: Path) -> None:
        (tmp_path / "box.csv").write_text("Tag;Type;Units\nZN-T;AI;degC\nDPR-O;AO;%\n", encoding="utf-8")
        equal = ["--equal", "VAV_South=10.0.0.1", "--equal", "VAV_North=10.0.0.2"]
        out = ["--out", str(tmp_path / "site"), "--yes"]
        code, _ = call("map", "--embedded", "--list", str(tmp_path / "box.csv"), *equal, *out)
        assert code == 0
        told = json.loads((tmp_path / "site" / "VAV.json").read_text(encoding="utf-8"))
        assert [(entry["PLACE"], entry["DEVICE_IP"]) for entry in told["for_each"]] == [
            ("Sou", "10.0.0.1"),
            ("Nor", "10.0.0.2"),
        ]

    def test_a_column_that_there_is_none_of_is_refused(self, call: Call, listed: list[str]) -> None:
        code, output = call(*listed, "--column", "colour=Tag")
        assert code == 2
        assert "'colour=Tag' is not WHAT=HEADING, with one of name, description" in output


@pytest.mark.slow
def test_a_list_is_held_against_the_controller(strange: Rig, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("Tag;Type;Units\nSA-T;AI;degC\nXX-T;AI;degC\n", encoding="utf-8")
    where = ["--configs", str(tmp_path / "site"), "--env", str(tmp_path / "absent.env"), "--yes"]
    code, output = call(
        "map", "--embedded", "--list", str(file), "--device", f"AHU={device(strange)}", *where, **variables(strange)
    )
    assert code == 0, output
    assert "in the list and not in the controllers" in output
    assert "XX-T" in output
    assert "in the controllers and not in the list" in output
    assert "SA-T: degC in the list, degF in the controller" in output
