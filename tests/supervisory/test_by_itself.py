"""What a program's own command line, or the options that it was made with, say of the run."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

import pytest

from supervisory import EasyASO
from supervisory.by_itself import plan_by_itself
from supervisory.easy_arguments import arguments_for, parsed
from utils.errors import ConfigError


class Bot(EasyASO):
    """Made with an argument of its own."""

    def __init__(self, args: Namespace | None = None, boxes: Sequence[str] = ()) -> None:
        super().__init__(args)
        self.boxes = boxes

    async def on_step(self) -> None: ...


class Other(Bot):
    """Another one of the same file."""


def test_the_command_line_names_our_device() -> None:
    options = parsed(["--name", "easy", "--instance", "7", "--address", "10.0.0.5/24:47809", "--vendoridentifier", "1"])
    plan = plan_by_itself([Bot(options)], options)
    assert (plan.config.name, plan.config.instance, plan.config.interface) == ("easy", 7, "10.0.0.5/24:47809")
    assert plan.config.starts_enabled
    assert plan.is_open


def test_options_of_another_parser_are_taken_as_far_as_they_go() -> None:
    options = Namespace(name="Excelsior", instance=999, address="10.0.0.5/24", ttl=30)
    config = plan_by_itself([Bot(options)], options).config
    assert (config.name, config.instance) == ("Excelsior", 999)
    assert not Bot(options).no_bacnet_server


def test_options_that_cannot_be_are_named() -> None:
    options = Namespace(name="easy", instance=5_000_000, address="10.0.0.5/24")
    with pytest.raises(ConfigError, match="--instance: "):
        plan_by_itself([Bot(options)], options)


def test_the_command_line_is_that_of_the_file_that_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bot.py", "--name", "easy"])
    assert arguments_for("__main__").name == "easy"
    assert Bot().args.name is None


def test_a_program_is_called_like_its_file_and_several_like_their_classes() -> None:
    options = parsed(["--address", "10.0.0.5/24"])
    assert [one.name for one in plan_by_itself([Bot()], options).programs] == ["test_by_itself"]
    together = plan_by_itself([Bot(), Other(), Bot()], options)
    assert [one.name for one in together.programs] == ["Bot", "Other", "Bot-3"]


def test_every_life_is_made_with_the_arguments_of_the_first() -> None:
    [plan] = plan_by_itself([Bot(boxes=["5:1"])], parsed(["--address", "10.0.0.5/24"])).programs
    first, second = plan.made(), plan.made()
    assert first is not second
    assert [vars(one)["boxes"] for one in (first, second)] == [["5:1"], ["5:1"]]


def test_what_is_assigned_before_it_runs_holds_for_every_life() -> None:
    bot = Bot(boxes=["5:1"])
    bot.boxes = ["5:2"]
    vars(bot)["limit"] = 5
    [plan] = plan_by_itself([bot], parsed(["--address", "10.0.0.5/24"])).programs
    for life in (plan.made(), plan.made()):
        assert (vars(life)["boxes"], vars(life)["limit"]) == (["5:2"], 5)
        assert vars(life)["stop_event"] is not bot.stop_event


def test_a_program_with_nothing_to_do_is_refused() -> None:
    with pytest.raises(ConfigError, match="has neither on_start nor on_step"):
        plan_by_itself([EasyASO()], parsed(["--address", "10.0.0.5/24"]))
