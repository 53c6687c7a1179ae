"""What is remembered of switches, and for whom: the files by themselves."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from supervisory.switch.files import RememberedSwitch
from supervisory.switch.memory import SwitchMemory, SwitchPlace
from utils.state_folder import StateError

EVERYTHING, RESET, SHED = "optimization-enabled", "reset-enabled", "shed-enabled"
NUMBER = 599001
OFFICE = SwitchPlace("bacnet", IPv4Network("192.168.0.0/24"), NUMBER)
DEMO = SwitchPlace("bacnet", IPv4Network("127.0.0.1/32"), NUMBER)
MONDAY, TUESDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
FIRST_VERSIONS = """{
 "optimization-enabled": {
  "instance": 1,
  "slots": {
   "9": true
  }
 },
 "reset-enabled": {
  "instance": 2,
  "slots": {
   "8": false
  }
 },
 "shed-enabled": {
  "instance": 3,
  "slots": {}
 }
}"""
"""As the first version has written it, to the letter."""


def recalled(folder: Path, place: SwitchPlace | None = OFFICE, *programs: str) -> dict[str, RememberedSwitch]:
    return SwitchMemory(folder, place).recall(EVERYTHING, programs or (RESET, SHED))


def switched(folder: Path, place: SwitchPlace | None, now: datetime = MONDAY, /, **slots: dict[int, bool]) -> None:
    """People have switched ``everything``, or a program's."""
    memory = SwitchMemory(folder, place, lambda: now)
    memory.recall(EVERYTHING, [RESET, SHED])
    memory.keep({EVERYTHING: {}, RESET: {}, SHED: {}} | {name.replace("_", "-"): one for name, one in slots.items()})


def first_versions_file(folder: Path, content: str = FIRST_VERSIONS) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{NUMBER}.json"
    file.write_text(content, encoding="utf-8")
    os.utime(file, (MONDAY.timestamp(), MONDAY.timestamp()))
    return file


def test_a_command_is_known_again_with_its_time(tmp_path: Path) -> None:
    switched(tmp_path, OFFICE, optimization_enabled={9: True}, reset_enabled={8: False})
    kept = recalled(tmp_path)
    assert kept[EVERYTHING].slots == {9: True}
    assert kept[RESET].slots == {8: False}
    assert kept[RESET].commands[8].since == MONDAY


def test_a_command_that_stands_keeps_its_time_and_a_new_one_has_its_own(tmp_path: Path) -> None:
    switched(tmp_path, OFFICE, MONDAY, optimization_enabled={8: False, 9: True})
    switched(tmp_path, OFFICE, TUESDAY, optimization_enabled={8: False, 9: False})
    commands = recalled(tmp_path)[EVERYTHING].commands
    assert (commands[8].since, commands[9].since) == (MONDAY, TUESDAY)


@pytest.mark.parametrize(
    "elsewhere",
    [
        SwitchPlace("ecy", OFFICE.network, NUMBER),
        SwitchPlace("bacnet", IPv4Network("192.168.1.0/24"), NUMBER),
        SwitchPlace("bacnet", OFFICE.network, NUMBER + 1),
        DEMO,
    ],
    ids=str,
)
def test_what_is_switched_off_at_one_place_is_not_at_another(tmp_path: Path, elsewhere: SwitchPlace) -> None:
    switched(tmp_path, OFFICE, optimization_enabled={8: False})
    assert recalled(tmp_path, elsewhere)[EVERYTHING].slots == {}
    assert recalled(tmp_path, OFFICE)[EVERYTHING].slots == {8: False}


def test_a_simulation_remembers_nothing(tmp_path: Path) -> None:
    switched(tmp_path, None, optimization_enabled={8: False})
    assert recalled(tmp_path, None)[EVERYTHING].slots == {}
    assert not list(tmp_path.iterdir())


def test_a_changed_mask_keeps_what_is_off_and_doubts_what_is_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    switched(tmp_path, OFFICE, optimization_enabled={8: True}, shed_enabled={5: False, 8: True})
    without_a_mask = SwitchPlace("bacnet", IPv4Network("192.168.0.5/32"), NUMBER)
    kept = recalled(tmp_path, without_a_mask)
    assert (kept[EVERYTHING].slots, kept[SHED].slots) == ({}, {5: False})
    assert "what is off in it is off, what is on does not count" in caplog.text


def test_what_is_switched_at_a_place_itself_counts_before_what_may_be_about_it(tmp_path: Path) -> None:
    first_versions_file(tmp_path)
    switched(tmp_path, OFFICE, optimization_enabled={8: True})
    kept = recalled(tmp_path)
    assert (kept[EVERYTHING].slots, kept[RESET].slots) == ({8: True}, {})


class TestFirstVersionsFile:
    @pytest.mark.parametrize("transport", ["bacnet", "ecy"])
    def test_what_was_switched_off_is_off_at_a_real_site_since_the_files_time(
        self, tmp_path: Path, transport: str
    ) -> None:
        first_versions_file(tmp_path)
        kept = recalled(tmp_path, SwitchPlace(transport, OFFICE.network, NUMBER), SHED, RESET)
        assert kept[RESET].slots == {8: False}
        assert kept[RESET].commands[8].since == MONDAY
        assert (kept[RESET].instance, kept[SHED].instance) == (2, 3)

    def test_what_was_switched_on_is_doubted(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        file = first_versions_file(tmp_path)
        assert recalled(tmp_path)[EVERYTHING].slots == {}
        assert f"{file} may be about another network" in caplog.text

    @pytest.mark.parametrize("place", [DEMO, None], ids=["on this computer", "simulation"])
    def test_it_does_not_concern_this_computer_alone_nor_a_simulation(
        self, tmp_path: Path, place: SwitchPlace | None
    ) -> None:
        first_versions_file(tmp_path)
        assert recalled(tmp_path, place)[RESET].slots == {}

    def test_it_is_left_as_it_is(self, tmp_path: Path) -> None:
        file = first_versions_file(tmp_path)
        switched(tmp_path, OFFICE, optimization_enabled={8: True})
        assert file.read_text(encoding="utf-8") == FIRST_VERSIONS


NOT_UNDERSTOOD = {
    "cut": "{",
    "no priority": '{"format": 2, "switches": {"optimization-enabled": {"instance": 1, "commands": {"99": {}}}}}',
    "a later format": '{"format": 3, "switches": {}, "sites": ["north"]}',
    "a time without a zone": json.dumps(
        {
            "format": 2,
            "switches": {EVERYTHING: {"instance": 1, "commands": {"8": {"on": True, "since": "2026-03-02T09:30:00"}}}},
        }
    ),
    "two of a number": json.dumps(
        {"format": 2, "switches": {name: {"instance": 1, "commands": {}} for name in (EVERYTHING, RESET)}}
    ),
    "no table": "[]",
    "no end": "[" * 100_000,
}


@pytest.mark.parametrize("content", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
@pytest.mark.parametrize("name", [OFFICE.file_name, f"{NUMBER}.json", "bacnet-192.168.0.5_32-599001.json"])
def test_what_is_not_understood_is_off_named_and_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, content: str
) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    memory = SwitchMemory(tmp_path, OFFICE)
    assert not any(one.is_known for one in memory.recall(EVERYTHING, [RESET, SHED]).values())
    assert str(file) in caplog.text
    with pytest.raises(StateError, match="is not understood and left as it is"):
        memory.keep({EVERYTHING: {8: True}, RESET: {}, SHED: {}})
    assert file.read_text(encoding="utf-8") == content
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_files_of_others_are_not_looked_into(tmp_path: Path) -> None:
    for name in ("bacnet-192.168.1.0_24-599001.json", "bacnet-nowhere_99-599001.json", "notes.json", "599002.json"):
        (tmp_path / name).write_text("{", encoding="utf-8")
    assert recalled(tmp_path)[EVERYTHING].is_known
