"""Drafts that a check takes, a sheet that comes back, and files of others that stay as they are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from equipment.config import load_equipment_files
from equipment.config_model import Protocol
from mapping import Proposal, propose
from mapping.results import (
    Reached,
    differences,
    draft,
    enriched,
    existing_configs,
    read_sheet,
    ties_of,
    write_drafts,
    write_new,
    write_sheet,
)
from tests.mapping.office import listed, office
from utils.errors import ConfigError
from utils.unit_conversion import UnitConverter

AHU = (
    "AHU SA-T AI degF",
    "AHU SA-P AI inH2O",
    "AHU SF-O AO percent",
    "AHU DAT-SP AO degF",
    "AHU SF-S BI -",
    "AHU FLT-P AI inH2O",
)
WHERE = {"AHU": Reached("10.0.0.5")}
Change: TypeAlias = Callable[[list[list[str]]], list[list[str]]]


def proposal(*lines: str) -> Proposal:
    return propose(office(), [listed(line) for line in lines or AHU])


def written(folder: Path, *lines: str) -> dict[str, object]:
    write_drafts(folder, list(ties_of(proposal(*lines))), WHERE, existing_configs(folder))
    content: dict[str, object] = json.loads((folder / "AHU.json").read_text(encoding="utf-8"))
    return content


def test_a_draft_has_units_of_both_systems_activations_and_a_threshold(tmp_path: Path) -> None:
    told = written(tmp_path)
    assert (told["unit_system"], told["device_ip"], "enabled" in told) == ("US", "10.0.0.5", False)
    assert told["points"] == [
        {
            "bop_point": "hvac_reaAhu_TSup_y",
            "ecy_point": "SA-T",
            "object_type": "AnalogInput",
            "unit": "K",
            "si_unit": "degC",
            "us_unit": "degF",
        },
        {
            "bop_point": "hvac_reaAhu_dp_sup_y",
            "ecy_point": "SA-P",
            "object_type": "AnalogInput",
            "unit": "Pa",
            "si_unit": "pascal",
            "us_unit": "inH2O",
        },
        {
            "bop_point": "hvac_oveAhu_yFan_u",
            "ecy_point": "SF-O",
            "object_type": "AnalogOutput",
            "bop_override_point": "hvac_oveAhu_yFan_activate",
        },
        {
            "bop_point": "hvac_oveAhu_TSupSet_u",
            "ecy_point": "DAT-SP",
            "object_type": "AnalogOutput",
            "bop_override_point": "hvac_oveAhu_TSupSet_activate",
            "unit": "K",
            "si_unit": "degC",
            "us_unit": "degF",
        },
        {
            "bop_point": "hvac_reaAhu_PFanSup_y",
            "ecy_point": "SF-S",
            "object_type": "BinaryInput",
            "threshold": 3.0,
        },
    ]
    [loaded] = load_equipment_files(tmp_path, "SI", UnitConverter())
    assert [point.device_unit for point in loaded.points][:2] == ["degF", "inH2O"]


def test_a_controller_that_nobody_has_found_yet_is_switched_off() -> None:
    told = draft("AHU", Reached(), list(ties_of(proposal())))
    assert (told["device_ip"], told["enabled"]) == ("192.0.2.1", False)


def test_one_on_bacnet_is_found_by_its_number(tmp_path: Path) -> None:
    ties = list(ties_of(proposal()))
    write_drafts(tmp_path, ties, {"AHU": Reached(None, Protocol.BACNET, 1200)})
    [loaded] = load_equipment_files(tmp_path, "SI", UnitConverter())
    assert (loaded.config.protocol, loaded.config.device_instance) == (Protocol.BACNET, 1200)


def test_a_set_point_that_no_config_can_read_is_proposed_and_left_out_with_why(tmp_path: Path) -> None:
    made = proposal("AHU DAT-SP AV degF", "AHU SA-T AI degF")
    [tie, _] = ties_of(made)
    assert tie.objection == "an input of the simulation follows an output, and this is AnalogValue"
    write_drafts(tmp_path, [tie, _], WHERE)
    points = json.loads((tmp_path / "AHU.json").read_text(encoding="utf-8"))["points"]
    assert [point["ecy_point"] for point in points] == ["SA-T"]


class TestExisting:
    """A config that is there is completed, and nothing in it is changed."""

    TEXT = (
        '{"equipment_name": "AHU", "device_ip": "10.0.0.5",\n  "points": [\n'
        '  {"ecy_point": "SA-T",  "object_type": "AnalogInput", "bop_point": "hvac_reaAhu_TSup_y", "unit":"K",'
        ' "states": null}\n  ], "group": "[a]"}\n'
    ).replace(', "states": null', "")

    def test_what_it_lacks_is_added_behind_what_it_has(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.json"
        file.write_text(self.TEXT, encoding="utf-8")
        [there] = existing_configs(tmp_path)
        assert there.bop_points == {"hvac_reaAhu_TSup_y"}
        [done] = write_drafts(tmp_path, list(ties_of(proposal())), WHERE, [there])
        assert (done.file, done.what, done.points) == (file, "completed", 4)
        begin, end = self.TEXT.split('"unit":"K"}')
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f'{begin}"unit":"K"}},')
        assert text.endswith(end.lstrip())
        assert [point["ecy_point"] for point in json.loads(text)["points"]] == [
            "SA-T",
            "SA-P",
            "SF-O",
            "DAT-SP",
            "SF-S",
        ]
        [again] = write_drafts(tmp_path, list(ties_of(proposal())), WHERE, existing_configs(tmp_path))
        assert (again.what, file.read_text(encoding="utf-8")) == ("kept, it has them all", text)

    def test_one_that_is_of_several_is_left_to_its_writer(self, tmp_path: Path) -> None:
        config = json.loads(self.TEXT)
        config |= {"for_each": [{"NAME": "AHU"}], "equipment_name": "${NAME}"}
        text = json.dumps(config)
        (tmp_path / "mine.json").write_text(text, encoding="utf-8")
        [done] = write_drafts(tmp_path, list(ties_of(proposal())), WHERE, existing_configs(tmp_path))
        assert done.what.startswith("left as it is")
        assert (tmp_path / "mine.json").read_text(encoding="utf-8") == text

    def test_a_file_in_the_way_is_not_replaced(self, tmp_path: Path) -> None:
        assert write_new(tmp_path / "a.csv", "1").name == "a.csv"
        assert write_new(tmp_path / "a.csv", "2").name == "a-2.csv"
        assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "1"

    def test_what_it_has_is_given_to_nobody_else(self) -> None:
        points = [listed("AHU SA-T2 AI degF"), listed("VAV_South DPR-O AO percent")]
        taken = {"AHU": ["hvac_reaAhu_TSup_y"], "other": ["hvac_oveZonActSou_yDam_u"]}
        made = propose(office(), points, taken).points
        assert [one.simulation for one in made] == [None, None]
        assert [one.lost for one in made] == [
            "hvac_reaAhu_TSup_y is in the config of AHU already",
            "hvac_oveZonActSou_yDam_u is in the config of other already",
        ]

    def test_the_sheet_says_who_has_it(self) -> None:
        made = propose(office(), [listed("AHU SA-T2 AI degF")], {"AHU": ["hvac_reaAhu_TSup_y"]})
        row = next(csv.DictReader(io.StringIO(write_sheet(made, office(), WHERE, {}))))
        assert (row["bop_point"], row["second"]) == ("", "hvac_reaAhu_TSup_y")
        assert row["why"].endswith("measured: hvac_reaAhu_TSup_y is in the config of AHU already")


class TestEqual:
    """Several that are alike become one file, where a word of each point tells them apart."""

    def test_five_boxes_are_one_file(self, tmp_path: Path) -> None:
        zones = {"North": "Nor", "South": "Sou", "East": "Eas", "West": "Wes", "Core": "Cor"}
        lines = [f"VAV_{zone} {point}" for zone in zones for point in ("ZN-T AI degC", "DPR-O AO percent")]
        where = {f"VAV_{zone}": Reached(f"10.0.0.{number}") for number, zone in enumerate(zones, 1)}
        [done] = write_drafts(tmp_path, list(ties_of(proposal(*lines))), where, as_one="VAV")
        told = json.loads(done.file.read_text(encoding="utf-8"))
        assert [entry["PLACE"] for entry in told["for_each"]] == list(zones.values())
        assert [point["bop_point"] for point in told["points"]] == [
            "hvac_reaZon${PLACE}_TZon_y",
            "hvac_oveZonAct${PLACE}_yDam_u",
        ]
        loaded = load_equipment_files(tmp_path, "SI", UnitConverter())
        assert [one.config.equipment_name for one in loaded] == list(where)
        assert loaded[1].points[1].bop_point == "hvac_oveZonActSou_yDam_u"

    def test_those_that_differ_in_more_are_files_of_their_own(self, tmp_path: Path) -> None:
        lines = ["VAV_North ZN-T AI degC", "VAV_South ZN-T AI degC", "VAV_South DPR-O AO percent"]
        done = write_drafts(tmp_path, list(ties_of(proposal(*lines))), {}, as_one="VAV")
        assert [one.file.name for one in done] == ["VAV_North.json", "VAV_South.json"]


class TestSheet:
    """The CSV goes to a spreadsheet and comes back."""

    def sheet(self, folder: Path, change: str = "", by: str = "") -> Path:
        text = write_sheet(proposal(), office(), WHERE, {})
        assert change in text
        file = folder / "mapping.csv"
        file.write_text(text.replace(change, by, 1) if change else text, encoding="utf-8-sig", newline="")
        return file

    def test_what_comes_back_unchanged_gives_the_same_drafts(self, tmp_path: Path) -> None:
        direct, back = tmp_path / "direct", tmp_path / "back"
        written(direct)
        read = read_sheet(self.sheet(tmp_path))
        write_drafts(back, read.ties, read.reached)
        assert (back / "AHU.json").read_text("utf-8") == (direct / "AHU.json").read_text("utf-8")

    def test_it_has_every_point_of_both_sides_with_reasons(self, tmp_path: Path) -> None:
        rows = list(csv.DictReader(io.StringIO(self.sheet(tmp_path).read_text(encoding="utf-8-sig"))))
        ours = [row for row in rows if row["ecy_point"]]
        assert [(row["ecy_point"], row["sure"]) for row in ours][-2:] == [("SF-S", "sure"), ("FLT-P", "")]
        assert "the simulation has none that is alike" in ours[-1]["why"]
        theirs = {row["bop_point"]: row["why"] for row in rows if not row["ecy_point"]}
        assert list(theirs) == [point.name for point in office()]
        assert (theirs["hvac_reaAhu_TSup_y"], theirs["hvac_reaAhu_TRet_y"]) == ("mapped above", "not mapped")

    def test_another_point_that_is_chosen_there_has_its_own_unit(self, tmp_path: Path) -> None:
        read = read_sheet(self.sheet(tmp_path, "hvac_reaAhu_dp_sup_y,Pa", "weaSta_reaWeaPAtm_y,K"))
        assert {tie.controller.name: (tie.bop_point, tie.unit) for tie in read.ties}["SA-P"] == (
            "weaSta_reaWeaPAtm_y",
            "Pa",
        )

    def test_one_saved_by_a_german_spreadsheet_is_read(self, tmp_path: Path) -> None:
        file = self.sheet(tmp_path)
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        with file.open("w", encoding="cp1252", newline="") as out:
            csv.writer(out, delimiter=";").writerows(rows)
        assert len(read_sheet(file).ties) == 5

    @pytest.mark.parametrize(
        ("change", "by", "told"),
        [
            (
                "hvac_reaAhu_TSup_y",
                "hvac_reaAhu_TSupp_y",
                "line 2 column 9: the simulation has no",
            ),
            (
                "AnalogInput",
                "AnalogInptu",
                "'AnalogInptu' is no object type, did you mean 'AnalogInput'",
            ),
            ("ecy,SA-T", "rest,SA-T", "line 2 column 3: 'rest' is neither ecy nor bacnet"),
            ("degF", "degFF", "line 2 column 7: 'degFF' is not a known unit"),
            ("hvac_oveAhu_yFan_u", "hvac_reaAhu_TRet_y", "line 4 column 5: an output drives an input"),
            ("ecy_point", "point", "line 1 column 1: is no sheet of this bench: there is no heading ecy_point"),
        ],
    )
    def test_what_is_wrong_in_it_is_told_by_line_and_column(
        self, tmp_path: Path, change: str, by: str, told: str
    ) -> None:
        with pytest.raises(ConfigError) as caught:
            read_sheet(self.sheet(tmp_path, change, by))
        assert told in str(caught.value)

    def test_a_name_that_a_spreadsheet_would_calculate_stays_a_name(self, tmp_path: Path) -> None:
        odd = replace(listed("AHU x AI degC Supply air temperature"), name="=SA+T()")
        file = tmp_path / "mapping.csv"
        file.write_text(write_sheet(propose(office(), [odd]), office(), WHERE, {}), encoding="utf-8", newline="")
        assert "'=SA+T()" in file.read_text(encoding="utf-8")
        assert [tie.controller.name for tie in read_sheet(file).ties] == ["=SA+T()"]


def test_a_list_is_held_against_a_controller_and_fills_what_that_does_not_tell() -> None:
    ours = [listed("- sa-t AI degF Supply air"), listed("- RA-T AI degC"), listed("- SF-O BO -")]
    theirs = [listed("AHU SA-T AI degC"), listed("AHU SF-O AO percent"), listed("AHU MA-T AI -")]
    told = differences(ours, theirs)
    assert [one.name for one in told.only_listed] == ["RA-T"]
    assert [one.name for one in told.only_found] == ["MA-T"]
    assert told.unlike == (
        "SA-T: degF in the list, degC in the controller",
        "SF-O: BinaryOutput in the list, AnalogOutput in the controller",
    )
    [first, *_] = enriched(theirs, ours)
    assert (first.description, first.unit, first.equipment) == ("Supply air", "degC", "AHU")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda rows: [*rows[:2], rows[1], *rows[2:]], "'SA-T' of AHU is mapped already"),
        (lambda rows: [*rows[:3], _also(rows[3], "SF-2"), *rows[3:]], "hvac_oveAhu_yFan_u is mapped already"),
    ],
)
def test_a_row_that_a_hand_has_copied_is_told(tmp_path: Path, change: Change, what: str) -> None:
    """An object has one point, and an input of the simulation one master."""
    sheet = tmp_path / "mapping.csv"
    rows = list(csv.reader(io.StringIO(write_sheet(proposal(), office(), WHERE, {}))))
    with sheet.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=";").writerows(change(rows))
    with pytest.raises(ConfigError, match=rf"mapping\.csv: line \d: {what} \(mapping\.csv: line \d\)"):
        read_sheet(sheet)


def _also(row: list[str], name: str) -> list[str]:
    return [name if cell == "SF-O" else cell for cell in row]
