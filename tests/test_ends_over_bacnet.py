"""Commands that look at BACnet controllers end by themselves: our own port keeps no process alive."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests import bench
from tests.bridge.rig import Rig, rig
from tests.command_line import Call
from utils.errors import ConfigError


def options(subject: Rig) -> list[str]:
    """Settings and configs as files."""
    configs = bench.write_configs(subject.folder, *subject.configs())
    variables = {**bench.VARIABLES, "BOP_SERVER_URL": subject.building.url}
    env = subject.folder / ".env"
    env.write_text("\n".join(f'{name}="{value}"' for name, value in variables.items()), encoding="utf-8")
    return ["--env", str(env), "--configs", str(configs)]


@pytest.fixture(autouse=True)
def nothing_of_ours_is_open_afterwards() -> Iterator[None]:
    """The loop of our own BACnet port; the emulators' own has another name, and other tests may have theirs."""
    before = set(threading.enumerate())
    yield
    left = [one.name for one in threading.enumerate() if one not in before and one.name.startswith("bacnet")]
    assert left == []


@pytest.mark.parametrize("command", [("check",), ("points",), ("map", "--out")])
def test_nothing_of_ours_is_open_when_a_look_is_over(call: Call, tmp_path: Path, command: Sequence[str]) -> None:
    with rig(tmp_path, over_bacnet=True) as subject:
        verb, *rest = command
        draft = [*rest, str(tmp_path / "drafts")] if rest else []
        _, output = call(verb, *options(subject), *draft)
        assert ("VAV" if verb == "check" else "SpaceTemp") in output


def test_points_of_one_bacnet_controller_are_asked_with_its_protocol_before_the_address(
    call: Call, tmp_path: Path
) -> None:
    with rig(tmp_path, over_bacnet=True) as subject:
        address = subject.controllers.bacnet_addresses["VAV"]
        code, output = call("points", "--device", f"bacnet://{address}", *options(subject))
        assert (code, "SpaceTemp" in output, "DischAirTemp" in output) == (0, True, False), output
        code, output = call("points", "--device", "bacnet://10.0.0.x", *options(subject))
    assert (code, "'10.0.0.x' is no BACnet address" in output) == (2, True)


def test_nor_when_a_start_is_refused(tmp_path: Path) -> None:
    good = bench.equipment("A", "127.0.0.1:47001", [bench.output("a", "Damper")], protocol="bacnet")
    bad = bench.equipment("B", "127.0.0.1:47002", [bench.output("b", "Valve")], protocol="bacnet", interface="1.2.3.4")
    with pytest.raises(ConfigError):
        bench.manager(tmp_path, bench.settings(tmp_path), good, bad)
