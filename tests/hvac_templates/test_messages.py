"""What the expansion says, in its three forms: text, JSON, objects of the model."""

from __future__ import annotations

from hvac_templates.messages import Message, Result, error, has_errors, information, warning, with_messages

PTAC = "HVACTemplate:Zone:PTAC"


def test_a_message_names_template_object_and_field() -> None:
    assert str(error(PTAC, "Unit 1", "zone_name", "there is no such zone")) == (
        'error: HVACTemplate:Zone:PTAC "Unit 1" zone_name: there is no such zone'
    )


def test_a_message_about_the_whole_model_begins_with_its_text() -> None:
    assert str(warning("", "", "", "nothing to do")) == "warning: nothing to do"


def test_only_errors_refuse_a_model() -> None:
    assert has_errors([information("", "", "", "so"), error("", "", "", "no")])
    assert not has_errors([information("", "", "", "so"), warning("", "", "", "hm")])


def test_a_result_always_says_its_messages_and_gives_the_model_on_success() -> None:
    refused = Result(None, (error(PTAC, "A", "", "no"), warning("", "", "", "hm")))
    assert refused.as_dict() == {"outputPreProcessMessage": 'error: HVACTemplate:Zone:PTAC "A": no\nwarning: hm'}
    assert refused.errors == (refused.messages[0],)
    assert Result({"Zone": {"Z": {}}}).as_dict() == {"outputPreProcessMessage": "", "Zone": {"Z": {}}}


def test_messages_become_objects_that_energyplus_repeats() -> None:
    added = with_messages({}, [warning(PTAC, "A", "", "look here"), information("", "", "", "so")])
    first, second = added["Output:PreprocessorMessage"].values()
    assert first == {
        "preprocessor_name": "HVACTemplate expansion",
        "error_severity": "Warning",
        "message_line_1": 'HVACTemplate:Zone:PTAC "A": look here',
    }
    assert second["error_severity"] == "Information"


def test_messages_of_the_input_stay_and_the_given_model_is_not_changed() -> None:
    mine = {"Output:PreprocessorMessage": {"hvactemplate expansion message 1": {"message_line_1": "mine"}}}
    added = with_messages(mine, [warning("", "", "", "ours")])
    names = list(added["Output:PreprocessorMessage"])
    assert names == ["hvactemplate expansion message 1", "HVACTemplate expansion message 2"]
    assert len(mine["Output:PreprocessorMessage"]) == 1


def test_a_long_message_is_spread_over_lines_that_energyplus_does_not_cut() -> None:
    fields = next(iter(with_messages({}, [error("", "", "", "word " * 400)])["Output:PreprocessorMessage"].values()))
    lines = [value for key, value in fields.items() if key.startswith("message_line_")]
    assert len(lines) == 10
    assert max(map(len, lines)) <= 100


def test_a_model_without_messages_gets_no_message_objects() -> None:
    assert with_messages({"Zone": {}}, []) == {"Zone": {}}


def test_a_message_in_json_has_all_its_parts() -> None:
    parts = Message("error", PTAC, "A", "zone_name", "no").as_dict()
    assert parts == {"severity": "error", "template": PTAC, "name": "A", "field": "zone_name", "text": "no"}


def test_a_name_cannot_steer_the_terminal_nor_forge_a_line() -> None:
    message = error("Zone", "a\x1b[2J\nerror: forged", "", "no")
    assert str(message) == 'error: Zone "a\\x1b[2J\\nerror: forged": no'
    assert message.as_dict()["name"] == "a\x1b[2J\nerror: forged"
    assert str(error("Zone", "Büro 🏢", "", "no")) == 'error: Zone "Büro 🏢": no'
