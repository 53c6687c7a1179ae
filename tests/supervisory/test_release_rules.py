"""The rule file: what it releases, what it keeps, and what it may not name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from supervisory.release_rules import ReleaseRules, load_rules
from supervisory.site_access import OccupiedSlot
from utils.errors import ConfigError
from utils.values import ObjectRef, ObjectType

SETPOINT = OccupiedSlot("127.0.0.1:47809", ObjectRef(ObjectType.ANALOG_VALUE, 7), "EffCoolSp", 8, 21.0)


def rules(*release: dict[str, object], keep: tuple[dict[str, object], ...] = ()) -> ReleaseRules:
    return ReleaseRules.model_validate({"release": release, "keep": keep})


def at_priority(priority: int) -> OccupiedSlot:
    return OccupiedSlot(SETPOINT.device, SETPOINT.ref, SETPOINT.name, priority, SETPOINT.value)


def test_without_rules_nothing_is_released() -> None:
    verdict = ReleaseRules().judge(SETPOINT)
    assert not verdict.release
    assert verdict.reason == "no rule names it"


def test_a_rule_releases_the_priorities_that_it_names_and_no_others() -> None:
    by_hand = rules({"priorities": [8, 10]})
    assert [by_hand.judge(at_priority(priority)).release for priority in (7, 8, 9, 10)] == [False, True, False, True]


@pytest.mark.parametrize("pattern", ["AnalogValue EffCoolSp", "AnalogValue *Sp", "analog-value,7", "analog-value,*"])
def test_an_object_is_named_by_its_name_or_its_number(pattern: str) -> None:
    assert rules({"priorities": [8], "objects": [pattern]}).judge(SETPOINT).release


@pytest.mark.parametrize("pattern", ["AnalogValue effcoolsp", "BinaryValue *", "analog-value,77", "EffCoolSp"])
def test_another_object_is_not_meant(pattern: str) -> None:
    assert not rules({"priorities": [8], "objects": [pattern]}).judge(SETPOINT).release


def test_a_controller_is_named_by_a_pattern() -> None:
    assert rules({"priorities": [8], "devices": ["127.0.0.1:*"]}).judge(SETPOINT).release
    assert not rules({"priorities": [8], "devices": ["10.*"]}).judge(SETPOINT).release


def test_what_is_kept_stays_whatever_releases_it() -> None:
    both = rules({"priorities": [8]}, keep=({"objects": ["* EffCool*"], "reason": "server room"},))
    verdict = both.judge(SETPOINT)
    assert not verdict.release
    assert verdict.reason == "server room"


def test_keeping_may_be_limited_to_priorities() -> None:
    both = rules({"priorities": [8, 9]}, keep=({"priorities": [9]},))
    assert both.judge(SETPOINT).release
    assert both.judge(at_priority(9)).reason == "kept by rule 1"


def test_a_rule_with_an_age_waits_for_it_and_never_guesses() -> None:
    aged = rules({"priorities": [8], "older_than_h": 12, "reason": "forgotten"})
    assert [aged.judge(SETPOINT, age_h).release for age_h in (None, 11.9, 12.0)] == [False, False, True]
    assert aged.judge(SETPOINT).reason == "not known to be older than 12 h"
    assert aged.judge(SETPOINT, 13.0).reason == "forgotten"


def test_a_later_rule_may_release_what_an_earlier_one_finds_too_young() -> None:
    either = rules({"priorities": [8], "older_than_h": 12}, {"priorities": [8], "objects": ["* Eff*"]})
    assert either.judge(SETPOINT, 1.0).release


@pytest.mark.parametrize("priority", [1, 2, 5, 6])
def test_what_keeps_life_and_equipment_safe_cannot_be_named(priority: int) -> None:
    with pytest.raises(ValueError, match="never released by rule"):
        rules({"priorities": [8, priority]})
    assert not rules({"priorities": [8]}).judge(at_priority(priority)).release


def test_a_rule_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"release": [{"priorities": [8]}]}), encoding="utf-8")
    assert load_rules(file).judge(SETPOINT).release


def test_every_mistake_in_a_rule_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    wrong: dict[str, list[dict[str, object]]] = {
        "release": [{}, {"priorities": [17]}, {"priorities": [8], "object": ["*"]}],
        "keep": [{"devices": []}],
    }
    wrong["release"].append({"priorities": []})
    file.write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_rules(file)
    places = {problem.where.removeprefix("rules.json: ") for problem in caught.value.problems}
    assert places == {
        "release[0].priorities",
        "release[1].priorities[0]",
        "release[2].object",
        "release[3].priorities",
        "keep[0].devices",
    }
    assert "is not a known key, did you mean 'objects'?" in str(caught.value)


def test_an_absent_rule_file_is_a_clear_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"rules\.json: cannot be read: "):
        load_rules(tmp_path / "rules.json")


def test_a_rule_file_that_is_no_json_is_a_clear_message(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text("release: all", encoding="utf-8")
    with pytest.raises(ConfigError, match="is not JSON"):
        load_rules(file)
