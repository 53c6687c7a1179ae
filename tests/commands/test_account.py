"""Who needs the account of the settings: controllers over REST; where all are on BACnet, nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from equipment.config import beside_configs
from tests import bench
from tests.bridge.looking import assert_untouched
from tests.bridge.rig import VAV_POINTS, Rig, rig
from tests.command_line import Call, variables
from utils.errors import ConfigError
from utils.settings import Settings, SettingsSource

USER, WORD = "ECY2_LOGIN_USERNAME", "ECY2_LOGIN_PWORD"
PLACEHOLDERS = {USER: "{USERNAME}", WORD: "{PASSWORD}"}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, over_bacnet=True) as running:
        yield running


def options(subject: Rig, *more: bench.Config) -> list[str]:
    folder = bench.write_configs(subject.folder, *subject.configs(), *more)
    return ["--configs", str(folder), "--env", str(subject.folder / "absent.env")]


def without_account(subject: Rig, **changed: str) -> dict[str, str]:
    told = variables(subject, **changed)
    return {name: value for name, value in told.items() if name in changed or name not in (USER, WORD)}


VERBS = (("--steps", "1", "--yes"), ("check",), ("points",), ("map",))


def test_where_all_are_on_bacnet_no_verb_asks_for_it(call: Call, both: Rig) -> None:
    for verb in VERBS:
        code, output = call(*verb, *options(both), **without_account(both))
        assert (code, "ECY2_LOGIN" in output) == (0, False), output
    code, output = call("release", "--env", str(both.folder / "absent.env"), **without_account(both))
    assert (code, "ECY2_LOGIN" in output) == (0, False)


def test_what_stands_there_as_in_the_example_is_in_nobodys_way(call: Call, both: Rig) -> None:
    code, output = call("check", *options(both), **without_account(both, **PLACEHOLDERS))
    assert (code, "placeholder" in output) == (0, False)


def test_one_over_rest_among_them_needs_it_and_that_is_said_before_anything_is_done(call: Call, both: Rig) -> None:
    over_rest = bench.equipment("Other", both.controllers.addresses["VAV"], VAV_POINTS)
    for verb in VERBS:
        code, output = call(*verb, *options(both, over_rest), **without_account(both))
        assert (code, f"the environment lacks {USER}, {WORD}" in output) == (2, True), output
    assert_untouched(both)


def test_a_controller_over_rest_that_is_named_on_the_line_needs_it(call: Call, both: Rig) -> None:
    address = both.controllers.addresses["VAV"]
    for verb in (("points", "--device", address), ("map", "--device", f"X={address}")):
        code, output = call(*verb, *options(both), **without_account(both))
        assert (code, WORD in output) == (2, True)


class TestConfigs:
    def known(self, folder: Path, *configs: bench.Config) -> SettingsSource:
        told = {name: value for name, value in bench.VARIABLES.items() if name not in (USER, WORD)}
        return beside_configs(SettingsSource(told, folder), bench.write_configs(folder, *configs))

    def over_bacnet(self, name: str = "VAV") -> dict[str, object]:
        return bench.equipment(name, "127.0.0.1:47990", VAV_POINTS, protocol="bacnet")

    def test_one_that_is_switched_off_does_not_count(self, tmp_path: Path) -> None:
        off = bench.equipment("AHU", "10.0.0.1", VAV_POINTS, enabled=False)
        settings = self.known(tmp_path, self.over_bacnet(), off).part(Settings)
        assert (settings.username, settings.password, settings.secrets) == (None, None, ())

    def test_one_that_cannot_be_read_counts_by_what_it_says(self, tmp_path: Path) -> None:
        broken = {**self.over_bacnet(), "equipment_nam": "x"}
        assert not self.known(tmp_path, broken).wants_account

    def test_where_nothing_is_known_of_them_it_is_asked_for(self, tmp_path: Path) -> None:
        (tmp_path / "configs").mkdir()
        (tmp_path / "configs" / "VAV.json").write_text("no JSON", encoding="utf-8")
        assert self.known(tmp_path).wants_account
        with pytest.raises(ConfigError) as caught:
            self.known(tmp_path).part(Settings)
        assert {problem.where.rpartition(" ")[2] for problem in caught.value.problems} == {USER, WORD}

    def test_several_equipments_of_one_file_count_each(self, tmp_path: Path) -> None:
        config = {**self.over_bacnet("VAV_${N}"), "device_ip": "127.0.0.1:4799${N}"}
        file = bench.write_configs(tmp_path) / "all.json"
        file.write_text(json.dumps({"for_each": [{"N": "1"}, {"N": "2"}], **config}), encoding="utf-8")
        assert not self.known(tmp_path).wants_account

    def test_a_placeholder_is_refused_where_the_account_is_used(self, tmp_path: Path) -> None:
        left = replace(self.known(tmp_path, self.over_bacnet()), wants_account=True).with_variables(PLACEHOLDERS)
        with pytest.raises(ConfigError, match="still has the placeholder"):
            left.part(Settings)
