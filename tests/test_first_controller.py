"""The page "My first controller" as somebody types it, against the emulators that it starts."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from clients.ecy_device_client import ECYDeviceClient
from emulators.process import emulator_process
from tests.command_line import MAIN, ROOT, environment
from tests.pages import text_of
from tests.waiting import eventually
from utils.values import ObjectType

PAGE = text_of(ROOT / "docs" / "first-controller.md")
BLOCK = r"\n```\w*\n(.*?)```"
STARTED = re.findall(rf"<!-- the test starts this -->{BLOCK}", PAGE, re.DOTALL)
FILES = re.findall(rf"<!-- the test writes this to (\S+) -->{BLOCK}", PAGE, re.DOTALL)
COMMANDS = re.findall(rf"<!-- the test runs this(?: with (.+?))? -->{BLOCK}", PAGE, re.DOTALL)
SHOWN = re.findall(r"\n\n```\n(.*?)```", PAGE, re.DOTALL)
ASKS = ("points", "check", "--env")
SERVERS = 9


@contextmanager
def emulated() -> Iterator[Mapping[str, str]]:
    """What the page says, on free ports: the addresses of the page, and where they are here."""
    [command] = STARTED
    free = ["--boptest-port", "0", "--ecy-port", "0", "--until-stdin-closes"]
    with emulator_process([*MAIN, *shlex.split(command)[2:], *free], SERVERS) as lines:
        addresses = {line.split()[-2]: line.split()[-1].partition("://")[2] for line in lines}
        wait_for_its_program(addresses["VAV_South"])
        yield {"127.0.0.1:5000": addresses["BOPTEST"], "127.0.0.1:8449": addresses["VAV_South"]}


def wait_for_its_program(address: str) -> None:
    """One on a desk has been running for long: its program has commanded the damper."""
    with ECYDeviceClient(address, "bench", "bench") as controller:
        damper = partial(controller.get_property_value, "DamperCmd", ObjectType.ANALOG_OUTPUT, "present-value")
        controller.get_existing_endpoints()
        eventually(lambda: damper() == 50)


def typed(command: str, more: str, folder: Path, places: Mapping[str, str]) -> str:
    """A command of the page, with a yes to what it asks; what it prints."""
    words = [*shlex.split(placed_at(command, places))[2:], *shlex.split(more)]
    asks = words[0] in ASKS
    variables = {"BOP_CONNECT_TIMEOUT": "60", "ECY_COUPLE_TIME": "0", "BOP_TIME_SCALE": "0"}
    done = subprocess.run(  # noqa: S603
        [*MAIN, *words, *(["--yes"] if asks else [])],
        cwd=folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def placed_at(text: str, places: Mapping[str, str]) -> str:
    for of_the_page, here in places.items():
        text = text.replace(of_the_page, here)
    return text


@pytest.mark.slow
def test_every_line_of_the_page_works_and_shows_what_the_page_says(tmp_path: Path) -> None:
    with emulated() as places:
        for name, text in FILES:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(placed_at(text, places), encoding="utf-8")
        printed = [typed(command, more, tmp_path, places) for more, command in COMMANDS]
    told = "\n".join(printed)
    assert "a run would start; nothing was written" in told
    assert printed[-1] == "nothing to release\n"
    lines = {" ".join(line.split()) for line in told.splitlines()}
    assert [line for block in SHOWN for line in block.splitlines() if " ".join(line.split()) not in lines] == []


def test_the_page_has_every_part_of_the_way() -> None:
    verbs = [command.split()[2] for _, command in COMMANDS]
    assert verbs == ["points", "points", "units", "check", "--env", "release"]
    assert [name for name, _ in FILES] == ["site/.env", "site/configs/VAV_South.json"]
