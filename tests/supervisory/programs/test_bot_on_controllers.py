"""The override release bot in the ordinary runtime, on emulated controllers: what it releases, and what it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulators.ecy.server import EcyServer
from supervisory.runtime.runtime import RuntimeSummary
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from supervisory.undo_file import UndoFile
from tests.ledger.guardian import light_guardian
from tests.supervisory.gate_rig import AHU, NAMES, PASSWORD, STATIC, SUPPLY, USER, VAV, as_new, controllers
from utils.state_folder import StateFolder

BOT = "override_release_bot"
RULES = {"release": [{"priorities": [8]}], "keep": [{"objects": [f"* {NAMES[SUPPLY]}"], "reason": "set for good"}]}


@pytest.fixture(autouse=True)
def _light_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", light_guardian.COMMAND)


@pytest.fixture(scope="module")
def serving() -> Iterator[EcyServer]:
    with controllers() as server:
        yield server


@pytest.fixture
def server(serving: EcyServer) -> EcyServer:
    as_new(serving)
    serving.controller(AHU).objects.command(NAMES[STATIC], 180.0, 8)
    serving.controller(VAV).objects.command(NAMES[STATIC], 190.0, 9)
    serving.controller(VAV).objects.command(NAMES[SUPPLY], 18.0, 8)
    return serving


def run(server: EcyServer, folder: Path, **parameters: object) -> RuntimeSummary:
    """One step of the bot, at any hour."""
    config = {
        "transport": "ecy",
        "interface": "127.0.0.1:0",
        "enabled_at_start": True,
        "devices": {"ahu": server.addresses[AHU], "vav": server.addresses[VAV]},
        "programs": {BOT: {"parameters": {"rules": RULES, "from_h": 0, "to_h": 24, **parameters}}},
    }
    file = folder / "site.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    plan = plan_run([BOT], file, folder)
    account = {"ECY2_LOGIN_USERNAME": USER, "ECY2_LOGIN_PWORD": PASSWORD}
    return Supervision(
        plan, settings_for(plan.config, None, account, folder), StateFolder(folder / "state"), steps=1
    ).execute()


def slots(server: EcyServer) -> list[float | None]:
    """What the three overrides hold."""
    places = ((AHU, STATIC, 8), (VAV, STATIC, 9), (VAV, SUPPLY, 8))
    return [server.controller(name).objects.get(ref).slots[priority - 1] for name, ref, priority in places]


@pytest.mark.slow
def test_the_bot_releases_what_a_rule_names_keeps_the_rest_and_writes_it_down(
    server: EcyServer, tmp_path: Path
) -> None:
    summary = run(server, tmp_path, dry_run=False)
    assert summary.failures == {}
    assert slots(server) == [None, 190.0, 18.0]
    [undo] = (tmp_path / "state").rglob("*undo*")
    assert [(str(slot.ref), slot.priority, slot.value) for slot in UndoFile(undo).slots()] == [(str(STATIC), 8, 180.0)]


@pytest.mark.slow
def test_the_bot_releases_nothing_until_it_is_told_to(server: EcyServer, tmp_path: Path) -> None:
    summary = run(server, tmp_path)
    assert summary.failures == {}
    assert slots(server) == [180.0, 190.0, 18.0]
    assert not list((tmp_path / "state").rglob("*undo*"))
