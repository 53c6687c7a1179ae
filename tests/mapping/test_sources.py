"""Lists as integrators have them: whatever saved them, they are read, and what is wrong is told by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping.sources import Column, is_ede, read_ede, read_schedule, read_table
from utils.errors import ConfigError
from utils.values import ObjectType

SCHEDULE = "Tag;Beschreibung;I/O;Bereich\nAHU1-SAT;Zuluft über Filter;AI;-40,0 … 60,0 °C\nAHU1-SF;;DO;\n"
EDE = """# Proposal_Engineering-Data-Exchange;;;;;;;;;;;;;;
PROJECT_NAME;Tower;;;;;;;;;;;;;
#keyname;device obj.-instance;object-name;object-type;object-instance;description;present-value-default;\
min-present-value;max-present-value;settable;supports COV;hi-limit;low-limit;state-text-reference;unit-code
1;1200;SA-T;0;1;Supply air;;;;N;Y;;;;62
2;1200;Mode;19;4;Mode;;1;3;Y;Y;;;7;
3;1200;Sched;17;1;;;;;;;;;;
4;1200;SA-P;0;2;Duct;;;;N;Y;;;;53
"""


def saved(folder: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_schedule_is_read_however_it_was_saved(tmp_path: Path, encoding: str) -> None:
    text = SCHEDULE.replace("…", "-") if encoding == "cp1252" else SCHEDULE
    read = read_schedule(read_table(saved(tmp_path, text, encoding)), {})
    temperature, fan = read.points
    assert (temperature.name, temperature.description) == ("AHU1-SAT", "Zuluft über Filter")
    assert (temperature.object_type, temperature.unit) == (ObjectType.ANALOG_INPUT, "degC")
    assert (fan.object_type, fan.unit) == (ObjectType.BINARY_OUTPUT, None)
    assert (temperature.where, fan.where) == ("list.csv: line 2", "list.csv: line 3")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = 'name,type,units,description\nA,AI,degF,"one, two"\nB,AO,%,\n'.replace(",", separator)
    read = read_schedule(read_table(saved(tmp_path, text)), {})
    assert [(point.name, point.unit) for point in read.points] == [("A", "degF"), ("B", "percent")]


def test_titles_above_and_blank_lines_between_are_passed_over(tmp_path: Path) -> None:
    text = "Tower North;;\nrevision;C;\n\nPoint Name;Units;Point Type\n\nSAT;degF;AI\n;;\n"
    [point] = read_schedule(read_table(saved(tmp_path, text)), {}).points
    assert (point.name, point.where) == ("SAT", "list.csv: line 6")


def test_types_are_recognised_without_a_heading(tmp_path: Path) -> None:
    read = read_schedule(read_table(saved(tmp_path, "Tag;x\nA;AI 1\nB;UI2\nC;BO\n")), {})
    assert [point.object_type for point in read.points] == [
        ObjectType.ANALOG_INPUT,
        ObjectType.ANALOG_INPUT,
        ObjectType.BINARY_OUTPUT,
    ]


def test_a_heading_that_is_named_is_taken_and_what_others_were_taken_for_is_told(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, "Tag;Kürzel;Einheit\nold;SAT;degC\n"))
    read = read_schedule(table, {Column.NAME: "kürzel"})
    assert [point.name for point in read.points] == ["SAT"]
    assert read.columns == {Column.NAME: "Kürzel", Column.UNITS: "Einheit"}


def test_of_two_columns_with_one_heading_it_is_told_which_was_taken(tmp_path: Path) -> None:
    read = read_schedule(read_table(saved(tmp_path, "name;descr;type;Descr.;descr\nA;supply;AI;air;old\n")), {})
    assert read.points[0].description == "supply"
    [note] = read.notes
    assert note.startswith("line 1: column 2 is taken for description, and 5 has the same heading 'descr'")
    named = read_schedule(read_table(saved(tmp_path, "name;x;x;type\nA;B;C;AI\n")), {Column.DESCRIPTION: "x"})
    assert named.notes[0].startswith("line 1: column 2 is taken for description, and 3 has the same heading 'x'")


@pytest.mark.parametrize(("range_", "unit"), [("0-10 V", None), ("0…100 %", "percent"), ("4 to 20 mA", None)])
def test_a_signals_range_is_not_the_points(tmp_path: Path, range_: str, unit: str | None) -> None:
    [point] = read_schedule(read_table(saved(tmp_path, f"name;type;range\nA;AO;{range_}\n")), {}).points
    assert point.unit == unit


def test_an_unknown_unit_is_a_note(tmp_path: Path) -> None:
    read = read_schedule(read_table(saved(tmp_path, "name;type;units\nA;AI;furlongies\n")), {})
    assert read.points[0].unit is None
    assert read.notes == ("line 2: unit 'furlongies' is not known, so it is compared without",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "list.csv: has nothing in it"),
        ("1;2\n3;4\n", "list.csv: line 1: no row has headings"),
        ("name;type\nA;XY\nB;ZZ\n", "list.csv: line 3 column 2: 'ZZ' is none of AI, AO"),
        ("name;type\nA;AI;more\n", "list.csv: line 2 column 3: is beyond the last heading"),
        ('name;type\nA;"AI\nB;AO\n', "list.csv: line 2 character 3: begins a quotation that does not end"),
        (f"name;type\nA;AI\n{'B' * 140_000};AI\n", "list.csv: line 3: is not CSV: field larger than field limit"),
        ("name;type\nA;AI\nA;AI\n", "list.csv: line 3: 'A' is there twice (list.csv: line 2 has it too)"),
        ("name;type\n", "list.csv: line 1 column 1: has no points below it"),
        ("units;type\ndegC;AI\n", "list.csv: line 1 column 1: no column is the points' names"),
    ],
)
def test_what_is_wrong_in_a_schedule_is_told_by_line_and_column(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_schedule(read_table(saved(tmp_path, text)), {})
    assert told in str(caught.value)


def test_a_heading_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, "Tag;Units\nA;degC\n"))
    with pytest.raises(ConfigError, match="has no heading 'Unit', did you mean 'Units'"):
        read_schedule(table, {Column.UNITS: "Unit"})


@pytest.mark.parametrize(("content", "told"), [(b"PK\x03\x04rest", "is a workbook"), (b"\xff\xfea", "is no text")])
def test_what_is_no_csv_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        read_table(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_table(tmp_path / "absent.csv")


class TestEde:
    """The format of EDE 2.x, with numbers for types and units."""

    def test_objects_have_their_types_units_and_device(self, tmp_path: Path) -> None:
        table = read_table(saved(tmp_path, EDE, name="Tower_EDE.csv"))
        assert is_ede(table)
        read = read_ede(table)
        temperature, mode, pressure = read.points
        assert (temperature.object_type, temperature.instance, temperature.unit) == (ObjectType.ANALOG_INPUT, 1, "degC")
        assert (temperature.equipment, temperature.where) == ("1200", "Tower_EDE.csv: line 4")
        assert (mode.object_type, mode.states) == (ObjectType.MULTI_STATE_VALUE, ())
        assert pressure.unit == "pascal"
        assert read.notes == ("1 objects are neither analog, binary nor multi-state, and were left out",)

    def test_texts_beside_it_are_read(self, tmp_path: Path) -> None:
        saved(tmp_path, "#Reference;1;2;3\n7;Off;Heat;Cool\n", name="Tower_StateTexts.csv")
        saved(tmp_path, "#Code;Text\n62;degF\n53;smoots\n", name="Tower_Units.csv")
        read = read_ede(read_table(saved(tmp_path, EDE, name="Tower_EDE.csv")))
        assert [point.unit for point in read.points] == ["degF", None, None]
        assert read.points[1].states == ("Off", "Heat", "Cool")
        assert "SA-P: unit 'smoots' (53) is not known, so it is compared without" in read.notes

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("1;1200;SA-T;0", "1;1200;SA-T;AI", "line 4 column 4: 'AI' is not a number, and object-type is one"),
            ("4;1200", "4;", "line 7 column 2: '' is not a number, and device obj.-instance is one"),
        ],
    )
    def test_what_is_no_number_is_told_by_line_and_column(self, tmp_path: Path, old: str, new: str, told: str) -> None:
        with pytest.raises(ConfigError) as caught:
            read_ede(read_table(saved(tmp_path, EDE.replace(old, new))))
        assert told in str(caught.value)

    def test_another_list_is_none(self, tmp_path: Path) -> None:
        assert not is_ede(read_table(saved(tmp_path, SCHEDULE)))


def rows_of(folder: Path, text: str, encoding: str = "utf-8") -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    """Equipment, name and type of each point, and the notes."""
    read = read_schedule(read_table(saved(folder, text, encoding)), {})
    return [(one.equipment, one.name, str(one.object_type)) for one in read.points], read.notes


def test_a_type_may_be_a_mark_in_one_of_several_columns(tmp_path: Path) -> None:
    told = "Point Name,AI,AO,BI,BO,Units\nSAT,1,,,,°C\nOAD,0,1,,,%\nFan,,,x,,\n"
    points, _ = rows_of(tmp_path, told)
    assert points == [("", "SAT", "AnalogInput"), ("", "OAD", "AnalogOutput"), ("", "Fan", "BinaryInput")]
    with pytest.raises(ConfigError, match=r"list\.csv: line 2: has marks for AnalogInput and BinaryOutput"):
        rows_of(tmp_path, "Point Name,AI,AO,BI,BO\nPump,1,,,1\n")


def test_a_row_with_a_name_alone_is_the_title_of_those_below(tmp_path: Path) -> None:
    points, notes = rows_of(tmp_path, "Name,Type,Units\nAHU-1,,\nSAT,AI,°C\nVAV-1,,\nZNT,AI,°C\nEnd of list,,\n")
    assert points == [("AHU-1", "SAT", "AnalogInput"), ("VAV-1", "ZNT", "AnalogInput")]
    assert [note.split(":")[0] for note in notes] == ["line 2", "line 4", "line 6"]


def test_a_tag_that_is_split_below_a_merged_heading_is_one_name(tmp_path: Path) -> None:
    told = "Tower A;;;;\n;;;;\nTag;;Description;Signal;Range\nSystem;Point;;;\n"
    told += "AHU1;SAT;Supply;AI;-40,0...60,0 °C\nAHU1;RAT;;AI;\n"
    points, notes = rows_of(tmp_path, told, "cp1252")
    assert points == [("", "AHU1.SAT", "AnalogInput"), ("", "AHU1.RAT", "AnalogInput")]
    assert notes == ("line 4: 'System.Point' has nothing beside it, and is left out",)


def test_headings_and_types_may_be_french(tmp_path: Path) -> None:
    told = "Équipement;Étiquette;Désignation;E/S;Unité\n"
    told += "UTA1;TempAlim;Température;EA;°C\nUTA1;VoletAN;;SA;%\nUTA1;Etat;;EN;\n"
    points, _ = rows_of(tmp_path, told, "cp1252")
    assert points == [
        ("UTA1", "TempAlim", "AnalogInput"),
        ("UTA1", "VoletAN", "AnalogOutput"),
        ("UTA1", "Etat", "BinaryInput"),
    ]


def test_an_instance_that_is_no_number_is_told(tmp_path: Path) -> None:
    _, notes = rows_of(tmp_path, "Name;Type;Instance\nSAT;AI;one\n")
    assert notes == ("line 2: instance 'one' is no number, and is left out",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Digital Output", "BinaryOutput"), ("Analog In", "AnalogInput"), ("analog-input,3", "AnalogInput")],
)
def test_a_type_is_understood_as_it_is_said(tmp_path: Path, text: str, kind: str) -> None:
    points, _ = rows_of(tmp_path, f"Name;Type\nSAT;{text}\n")
    assert points == [("", "SAT", kind)]
