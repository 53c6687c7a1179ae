"""Reading the tree: its YAML, its parts, its faults, and the copy that is kept of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hvac_templates.language import files as tree_files
from hvac_templates.language.files import cache_dir, read_tree
from hvac_templates.tree import Tree
from tests.hvac_templates.trees import LOOP, ZONE, fields_of, made, tree_of
from utils.errors import ConfigError


def data_of(folder: Path, text: str) -> object:
    (folder / "one.yaml").write_text(text, encoding="utf-8")
    return read_tree([folder / "one.yaml"])["Parts"]["A"][1]


def faults(folder: Path, text: str) -> list[str]:
    """What is wrong with a tree of one PTAC under which ``text`` stands."""
    lines = "".join(f"    {line}\n" for line in text.strip("\n").splitlines())
    tree = tree_of(folder, faulty=f"OptionTree:\n  {ZONE}:\n{lines}")
    with pytest.raises(ConfigError) as error:
        tree[ZONE]
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Yes", "Yes"),
        ("No", "No"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2013-01-01", "2013-01-01"),
        ("0101", "0101"),
        ("1e-6", 1e-6),
        ("-0.5", -0.5),
        ("10", 10),
        ("1E5", 100000.0),
        ("'10'", "10"),
        ("~", None),
    ],
)
def test_scalars_are_what_they_look_like_to_a_person(tmp_path: Path, written: str, read: object) -> None:
    found = data_of(tmp_path, f"Parts: {{A: {{a: {written}}}}}")
    assert found == {"a": read}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(read)


def test_anchors_and_merges_work_within_a_file(tmp_path: Path) -> None:
    text = "Parts:\n  B: &B {a: 1, b: 2}\n  A: {<<: *B, b: 3}\n"
    assert data_of(tmp_path, text) == {"a": 1, "b": 3}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("Parts:\n  A: 1\n  A: 2\n", "one.yaml, line 3", "A is there twice"),
        ("Parts: [", "one.yaml, line ", "node content"),
        ("Parts:\n\tA: 1\n", "one.yaml, line 2, column 1", "cannot start any token"),
        ("Parts: [a]", "one.yaml: Parts", "['a'] stands where names are expected"),
        ("Other: {}", "one.yaml: Other", "not a section"),
        ("- a", "one.yaml", "sections OptionTree and Parts"),
    ],
)
def test_a_file_that_is_no_tree_is_refused_by_place(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(ConfigError) as error:
        data_of(tmp_path, text)
    (problem,) = error.value.problems
    assert where in str(problem)
    assert what in str(problem)


def test_a_part_that_two_files_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is also in one\.yaml"):
        tree_of(tmp_path, one="Parts: {A: {Objects: []}}", two="Parts: {A: {Objects: []}}")


def test_a_part_is_used_from_any_file_with_its_parameters(tmp_path: Path) -> None:
    tree_of(
        tmp_path,
        parts="""
        Parts:
          Fan:
            Defaults: {kind: Supply, rise: '{supply_fan_delta_pressure}', nodes: [{node_name: a}]}
            Objects:
              - Fan:OnOff: {As: <kind>Fan, Fields: {name: '{} <kind> Fan', pressure_rise: <rise>}}
              - NodeList: {Fields: {name: '<kind>', nodes: <nodes>}}
        """,
    )
    text = f"""
    OptionTree:
      {ZONE}:
        Name: '{{zone_name}}'
        BaseObjects:
          - Use: [Fan, {{Part: Fan, With: {{kind: Return, rise: 5, nodes: [{{node_name: {{SupplyFan: key}}}}]}}}}]
    """
    model = made(tmp_path, text, {ZONE: {"u": {"zone_name": "Z"}}})
    assert model["Fan:OnOff"] == {"Z Supply Fan": {"pressure_rise": 75.0}, "Z Return Fan": {"pressure_rise": 5}}
    assert model["NodeList"]["Return"] == {"nodes": [{"node_name": "Z Supply Fan"}]}


def test_a_block_has_the_last_word_over_the_objects_in_it(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        BaseObjects:
          - Transitions: {{'Fan:*': {{supply_fan_delta_pressure: pressure_rise}}}}
            Mappings: {{Mine: {{supply_fan_placement: {{AnyValue: {{motor_efficiency: 0.1}}}}}}}}
            Cases: {{Fan:OnOff: [{{When: {{zone_name: Z}}, Fields: {{end_use_subcategory: Z}}}}]}}
            Objects:
              - When: {{zone_name: Z}}
                Objects:
                  - Fan:OnOff: {{As: Mine, Fields: {{name: a, pressure_rise: 1, motor_efficiency: 2}}}}
              - Fan:ConstantVolume: {{Fields: {{name: b, pressure_rise: 1}}}}
              - Fan:OnOff: {{Fields: {{name: c, motor_efficiency: 2}}}}
    """
    model = made(tmp_path, text, {ZONE: {"u": {"zone_name": "Z"}}})
    assert model["Fan:OnOff"]["a"] == {"pressure_rise": 75.0, "motor_efficiency": 0.1, "end_use_subcategory": "Z"}
    assert model["Fan:OnOff"]["c"] == {"motor_efficiency": 2, "pressure_rise": 75.0, "end_use_subcategory": "Z"}
    assert model["Fan:ConstantVolume"]["b"] == {"pressure_rise": 75.0}


def test_of_two_blocks_the_outer_has_the_last_word(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        BaseObjects:
          - Use: Inner
            Mappings: {{Fan:OnOff: {{zone_name: {{Z: {{motor_efficiency: 0.9}}}}}}}}
    Parts:
      Inner:
        Mappings: {{Fan:OnOff: {{zone_name: {{Z: {{motor_efficiency: 0.5, pressure_rise: 60}}}}}}}}
        Objects: [{{Fan:OnOff: {{Fields: {{name: a}}}}}}]
    """
    model = made(tmp_path, text, {ZONE: {"u": {"zone_name": "Z"}}})
    assert model["Fan:OnOff"]["a"] == {"motor_efficiency": 0.9, "pressure_rise": 60}


def test_choices_nest(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        TemplateObjects:
          heating_coil_type:
            Gas:
              TemplateObjects:
                supply_fan_placement:
                  BlowThrough: {{Coil:Heating:Fuel: {{Fields: {{name: c}}}}}}
            AnyValue: {{Coil:Heating:Electric: {{Fields: {{name: c}}}}}}
    """

    def coils(**fields: str) -> set[str]:
        return set(made(tmp_path, text, {ZONE: {"u": {"zone_name": "Z", **fields}}}))

    assert coils(heating_coil_type="Gas") == set()
    assert coils(heating_coil_type="Gas", supply_fan_placement="BlowThrough") == {"Coil:Heating:Fuel"}
    assert coils() == {"Coil:Heating:Electric"}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("Basics: []", "", "Basics: not known here"),
        ("BaseObjects: [{Fan:OnOff: {Field: {}}}]", "1 / Fan:OnOff", "Field: not known here"),
        ("BaseObjects: [{Use: Nothing}]", "1", "there is no such part"),
        ("BaseObjects: [{Fan:OnOff: {Fields: {pressure_ries: 1}}}]", "Fan:OnOff", "did you mean 'pressure_rise'?"),
        ("BaseObjects: [{Fan:OnOf: {}}]", "Fan:OnOf", "version, did you mean 'Fan:OnOff'?"),
        ("BaseObjects: [{When: {supply_fan_placement: DrawThru}, Objects: []}]", "placement", '"drawthru" is not one'),
        ("BaseObjects: [{Fan:OnOff: {Mappings: {supply_fan_placement: {A: {}}}}}]", "placement", '"a" is not one'),
        ("TemplateObjects: {supply_fan_placement: {Draw | BlowThrough: []}}", "placement", '"draw" is not one'),
        ("BaseObjects: [{Fan:OnOff: {Fields: {pressure_rise: }}}]", "Fan:OnOff", "pressure_rise: None is not a value"),
        ("BaseObjects: [{Fan:OnOff: {Transitions: [a]}}]", "Fan:OnOff", "Transitions: ['a'] stands where name: value"),
        ("BaseObjects: [{Fan:OnOff: {Cases: {a: b}}}]", "Fan:OnOff", "Cases: {'a': 'b'} stands where a list"),
        ("Checks: [{Field: a}]", "", "Message is missing"),
        ("Links: {Thermostat: [a]}", "", "['a'] is no link"),
        ("BaseObjects: [{Fan:OnOff: {Fields: {pressure_rise: '{fan_delta}'}}}]", "fan_delta", "is no field"),
        ("BaseObjects: [{When: {supply_fan_placment: x}, Objects: []}]", "supply_fan_placment", "did you mean"),
        ("BaseObjects: [{Fan:OnOff: {Fields: {pressure_rise: {Coil: key}}}}]", "Fan:OnOff", "refers to Coil"),
        ("BaseObjects: [{Fan:OnOff: {Connectors: {Steam: {Side: a}}}}]", "Fan:OnOff", "connected to Steam"),
        ("BaseObjects: [{Fan:OnOff: {Fields: {pressure_rise: '= a **'}}}]", "Fan:OnOff", "is not a formula"),
        ("BuildPath: {Actions: [{Location: Behind, ObjectReference: a}]}", "", "Before, After or a number"),
        ("BuildPath: {Actions: [{ActionType: Add, Location: 0}]}", "", "Insert, Remove or Replace"),
        ("BuildPath: {Actions: [{Location: After}]}", "", "needs an ObjectReference"),
        ("Checks: [{Message: a, Severity: bad}]", "", "error or warning"),
        ("BaseObjects: 5", "", "where objects are expected"),
        ("BaseObjects: [{Fan:OnOff: {Listed: {Of: a, Fields: {}}}}]", "Fan:OnOff", "Into"),
    ],
)
def test_a_fault_is_named_with_file_and_place(tmp_path: Path, text: str, where: str, what: str) -> None:
    found = faults(tmp_path, text)
    assert any(what in fault for fault in found), found
    assert all(f"faulty.yaml: {ZONE}" in fault for fault in found)
    assert any(where in fault for fault in found)


def test_what_could_not_be_read_is_not_missed_by_others(tmp_path: Path) -> None:
    coil = "{Coil:Heating:Electric: {Fields: {air_inlet_node_name: {Fan: key}}}}"
    (fault,) = faults(tmp_path, f"BaseObjects: [{{Fan:OnOff: {{Ass: Fan}}}}, {coil}]")
    assert "Ass: not known here" in fault


@pytest.mark.parametrize("word", ["BaseObjects", "Checks"])
def test_a_part_that_uses_itself_without_end_is_a_fault(tmp_path: Path, word: str) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        {word}: [{{Use: Round}}]
    Parts:
      Round: [{{Use: [Round]}}]
    """
    with pytest.raises(ConfigError, match="Use Round: the part uses itself without end"):
        tree_of(tmp_path, tree=text)[ZONE]


def test_all_faults_of_a_template_are_named_at_once_and_other_templates_work(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        BaseObjects:
          - Fan:OnOff: {{Fields: {{a: 1, b: 2}}}}
          - Fan:OffOn: {{}}
      {LOOP}:
        Loops: {{HotWater: HW}}
    """
    tree = tree_of(tmp_path, tree=text)
    with pytest.raises(ConfigError) as error:
        tree[ZONE]
    assert len(error.value.problems) == 3
    assert tree[LOOP].loops == {"HotWater": "HW"}


def test_what_was_read_is_kept_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "tree"
    folder.mkdir()
    file = folder / "one.yaml"
    file.write_text(
        f"OptionTree: {{'{ZONE}': {{BaseObjects: [{{Fan:OnOff: {{Fields: {{a: 1}}}}}}]}}}}", encoding="utf-8"
    )
    with pytest.raises(ConfigError):
        Tree.of_folder(folder)[ZONE]
    monkeypatch.setattr(tree_files, "_parse", None)  # reading YAML again would fail
    with pytest.raises(ConfigError, match="has no field a"):
        Tree.of_folder(folder)[ZONE]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file.write_text(f"OptionTree: {{'{ZONE}': {{BaseObjects: [{{Fan:OnOff: {{}}}}]}}}}", encoding="utf-8")
    assert [spec.type for spec in Tree.of_folder(folder)[ZONE].objects()] == ["Fan:OnOff"]


def test_a_spoilt_copy_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "one.yaml").write_text(f"OptionTree: {{'{LOOP}': {{Loops: {{HotWater: HW}}}}}}", encoding="utf-8")
    Tree.of_folder(folder)
    (kept,) = cache_dir().glob("tree-*.json")
    for spoilt in ("", "[]", json.dumps({"data": 1})):
        kept.write_text(spoilt, encoding="utf-8")
        assert list(Tree.of_folder(folder)) == [LOOP]


def test_only_the_last_copies_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number in range(tree_files.KEPT + 3):
        tree_files.keep_tree(str(number), {"OptionTree": {}, "Parts": {}}, {})
    assert len(list(cache_dir().glob("*"))) == tree_files.KEPT


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "one.yaml").write_text(f"OptionTree: {{'{LOOP}': {{}}}}", encoding="utf-8")
    assert list(Tree.of_folder(tmp_path)) == [LOOP]


def test_parameters_that_are_not_given_are_a_fault(tmp_path: Path) -> None:
    assert fields_of(tmp_path, "Fields: {end_use_subcategory: a}") == {"end_use_subcategory": "a"}
    text = f"""
    OptionTree: {{'{ZONE}': {{BaseObjects: [{{Use: Fan}}]}}}}
    Parts: {{Fan: {{Objects: [{{Fan:OnOff: {{Fields: {{name: <name>}}}}}}]}}}}
    """
    with pytest.raises(ConfigError, match="parameter that With does not give"):
        tree_of(tmp_path, tree=text)[ZONE]
