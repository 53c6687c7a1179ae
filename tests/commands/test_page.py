"""The live page from the command line: where it is, and what keeps it from being there."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.bridge.rig import rig
from tests.command_line import configured, run, start, variables
from utils.errors import ConfigError
from utils.settings import PageSettings, SettingsSource


@contextmanager
def taken_port() -> Iterator[int]:
    """A port of this computer on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def address_in(process: subprocess.Popen[str]) -> str:
    """Where the page is, as it is printed."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(r"Page: (\S+)", line):
            return found[1]
    raise AssertionError("no address was printed")


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
@pytest.mark.slow
def test_a_demo_has_a_page_on_the_next_free_port_and_says_where() -> None:
    with taken_port() as port, start("demo", "--page", str(port), "--time-scale", "60") as process:
        address = address_in(process)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#token=\S{20,}", address)
        assert f":{port}/" not in address
        assert "Air handler" in requests.get(address.partition("#")[0], timeout=30).text
        assert process.stdout is not None
        for line in process.stdout:
            if "controllers online" in line:
                process.send_signal(signal.SIGINT)
                break
        assert "53 released" in process.stdout.read()
    assert process.returncode == 0


@pytest.mark.slow
def test_a_demo_does_without_a_page_where_nobody_wants_one() -> None:
    for option in ("--no-page", "--quiet"):
        code, output = run("demo", option, "--steps", "2")
        assert code == 0
        assert "Page:" not in output


@pytest.mark.slow
def test_a_port_in_use_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    with rig(tmp_path) as both, taken_port() as port:
        code, output = run(*configured(both), "--yes", "--page", str(port), **variables(both))
        assert code == 2
        assert f"--page: port {port} is in use, perhaps by the page of another run" in output
        assert "no controller has been touched" in output
        assert not list((both.folder / "state").rglob("*.jsonl"))


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"PAGE_ADDRESS": "192.168.1.20"}, "needs PAGE_PASSWORD as well"),
        ({"PAGE_ADDRESS": "0.0.0.0", "PAGE_PASSWORD": "short"}, "at least 8"),  # noqa: S104
        ({"PAGE_ADDRESS": "booth", "PAGE_PASSWORD": "long enough"}, "is no IP address"),
    ],
)
def test_a_page_that_others_reach_needs_an_address_and_a_password(
    tmp_path: Path, told: dict[str, str], what: str
) -> None:
    with pytest.raises(ConfigError, match=what):
        SettingsSource.read(None, told, tmp_path).part(PageSettings)


@pytest.mark.parametrize(
    ("told", "address", "token"),
    [
        ({}, "127.0.0.1", None),
        ({"PAGE_PASSWORD": "long enough"}, "127.0.0.1", "long enough"),
        ({"PAGE_ADDRESS": "::1"}, "::1", None),
        ({"PAGE_ADDRESS": "192.168.1.20", "PAGE_PASSWORD": "long enough"}, "192.168.1.20", "long enough"),
    ],
)
def test_a_page_is_on_this_computer_only_unless_both_are_given(
    tmp_path: Path, told: dict[str, str], address: str, token: str | None
) -> None:
    settings = SettingsSource.read(None, told, tmp_path).part(PageSettings)
    assert (settings.page_address, settings.token) == (address, token)
    assert settings.secrets == ((token,) if token else ())
    assert "long enough" not in repr(settings)
