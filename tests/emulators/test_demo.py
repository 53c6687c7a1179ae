"""The demo's peers with BACnet/IP: what is asked of the emulators, and what is told of their answers."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from emulators.demo import DemoPlan, demo_peers

EMULATOR = """
import pathlib
import sys
words = sys.argv
pathlib.Path(__file__).with_name("words").write_text(" ".join(words))
print("BOPTEST http://127.0.0.1:5000")
print("ECY AHU https://127.0.0.1:8443")
if "--bacnet" in words:
    port = words[words.index("--bacnet") + 1]
    print(f"BACnet AHU 127.0.0.1:{port} device 1")
    print("BACnet BBMD 127.0.0.1:47821")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """One config, beside a command line whose emulators only say that they are there, and note how they were called."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "AHU.json").write_text(json.dumps({"equipment_name": "AHU", "device_ip": ""}), encoding="utf-8")
    (tmp_path / "main.py").write_text(EMULATOR, encoding="utf-8")
    (tmp_path / "demo").mkdir()
    return folder


def program(folder: Path) -> list[str]:
    return [sys.executable, str(folder / "main.py")]


@pytest.mark.parametrize(
    ("port", "told"),
    [(None, ()), (47820, ("BACnet AHU 127.0.0.1:47820 device 1", "BACnet BBMD 127.0.0.1:47821"))],
)
def test_the_demo_speaks_bacnet_only_when_asked(
    shipped: Path, tmp_path: Path, port: int | None, told: tuple[str, ...]
) -> None:
    with demo_peers(program(tmp_path), shipped, tmp_path / "demo", DemoPlan(bacnet_port=port)) as peers:
        assert peers.bacnet == told
        assert json.loads((peers.configs / "AHU.json").read_text(encoding="utf-8"))["device_ip"] == "127.0.0.1:8443"


def test_the_demo_begins_when_it_was_asked_to_and_both_sides_speak_the_same_units(
    shipped: Path, tmp_path: Path
) -> None:
    plan = DemoPlan(start=datetime(2023, 1, 10, 5, 30), unit_system="US")
    with demo_peers(program(tmp_path), shipped, tmp_path / "demo", plan) as peers:
        assert peers.variables["BOP_START_TIME"] == "2023-01-10 05:30:00"
        assert peers.variables["UNIT_SYSTEM"] == "US"
        assert "--unit-system US" in (tmp_path / "words").read_text(encoding="utf-8")


def test_a_period_of_the_building_says_itself_when_it_begins(shipped: Path, tmp_path: Path) -> None:
    with demo_peers(program(tmp_path), shipped, tmp_path / "demo", DemoPlan(period="peak_heat_day")) as peers:
        assert peers.variables["BOP_TIME_PERIOD"] == "peak_heat_day"
        assert "BOP_START_TIME" not in peers.variables
