"""What happens to a bench in a month. Each waits until all is well again, and fails when it is not in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from tests.months.controlled import ControlledSite
from tests.months.processes import END_DEADLINE_S
from tests.months.site import RESET_BUTTON, SWITCH, Site
from tests.waiting import eventually

_HEARTBEAT = "analog-value,1000"


def operator_switches_off(site: Site) -> None:
    """Everything is given back at once, and nothing is written until it is switched on again."""
    site.command(SWITCH, False)
    eventually(lambda: not site.taken(), END_DEADLINE_S)
    beat = site.told(_HEARTBEAT)
    eventually(lambda: site.told(_HEARTBEAT) != beat, END_DEADLINE_S)
    assert site.taken() == []
    site.command(SWITCH, True)
    eventually(site.leads, END_DEADLINE_S)


def operator_counts_anew(site: Site) -> None:
    """The button is taken, and comes up again."""
    site.command(RESET_BUTTON, True)
    eventually(lambda: site.told(RESET_BUTTON) is False, END_DEADLINE_S)


def controllers_restart(site: Site) -> None:
    """They are killed, and come back as new: bridge and programs take them again."""
    assert isinstance(site, ControlledSite)
    site.controllers.kill()
    eventually(lambda: site.online() == 0, END_DEADLINE_S)
    site.start_controllers()
    eventually(lambda: site.online() == len(site.names), END_DEADLINE_S)
    eventually(site.leads, END_DEADLINE_S)


def programs_are_stopped(site: Site) -> None:
    """SIGTERM: exit code 0, and nothing is left."""
    code = site.programs.end()
    assert code == 0, site.programs.printed()
    assert site.taken() == []
    _begin_again(site)


def programs_are_killed(site: Site) -> None:
    """``kill -9``: the guardian gives back, before anybody starts them again."""
    guardians = [Path(f"/proc/{child}") for child in site.programs.children]
    assert guardians
    site.programs.kill()
    eventually(lambda: not site.taken(), END_DEADLINE_S)
    eventually(lambda: not any(guardian.exists() for guardian in guardians), END_DEADLINE_S)
    _begin_again(site)


def programs_are_killed_with_their_guardian(site: Site) -> None:
    """As a container is: the next start gives back what they left."""
    site.programs.kill_with_children()
    left = site.taken()
    _begin_again(site)
    assert "left by an earlier run" in site.programs.printed() or not left


def _begin_again(site: Site) -> None:
    site.start_programs()
    eventually(lambda: site.leads() or not site.programs.lives, END_DEADLINE_S)
    assert site.programs.lives, site.programs.printed()


Event: TypeAlias = Callable[[Site], None]
GENTLE: Mapping[str, Event] = {
    "operator switches off and on": operator_switches_off,
    "operator counts anew": operator_counts_anew,
}
"""The programs live on."""
ROUGH: Mapping[str, Event] = {
    "programs are stopped (SIGTERM)": programs_are_stopped,
    "programs are killed (kill -9)": programs_are_killed,
    "programs are killed with their guardian": programs_are_killed_with_their_guardian,
}
WITH_CONTROLLERS: Mapping[str, Event] = {"controllers restart": controllers_restart}
EVENTS: Mapping[str, Event] = {**GENTLE, **WITH_CONTROLLERS, **ROUGH}
