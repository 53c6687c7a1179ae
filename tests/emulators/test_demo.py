"""The demo's peers with BACnet/IP: what is asked of the emulators, and what is told of their answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulators.demo import demo_peers

EMULATOR = """
import sys
words = sys.argv
print("BOPTEST http://127.0.0.1:5000" if "--no-ecy" in words else "ECY AHU https://127.0.0.1:8443")
if "--bacnet" in words:
    port = words[words.index("--bacnet") + 1]
    print(f"BACnet AHU 127.0.0.1:{port} device 1")
    print("BACnet BBMD 127.0.0.1:47821")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("port", "told"),
    [(None, ()), (47820, ("BACnet AHU 127.0.0.1:47820 device 1", "BACnet BBMD 127.0.0.1:47821"))],
)
def test_the_demo_speaks_bacnet_only_when_asked(tmp_path: Path, port: int | None, told: tuple[str, ...]) -> None:
    shipped, folder = tmp_path / "shipped", tmp_path / "demo"
    shipped.mkdir()
    folder.mkdir()
    (shipped / "AHU.json").write_text(json.dumps({"equipment_name": "AHU", "device_ip": ""}), encoding="utf-8")
    (tmp_path / "main.py").write_text(EMULATOR, encoding="utf-8")
    with demo_peers(tmp_path / "main.py", shipped, folder, time_scale=0, legacy=False, bacnet_port=port) as peers:
        assert peers.bacnet == told
        assert json.loads((peers.configs / "AHU.json").read_text(encoding="utf-8"))["device_ip"] == "127.0.0.1:8443"
