"""What people read at a start about the switches: where they are, what is off since when, and how to switch it on."""

from __future__ import annotations

from collections.abc import Mapping

from supervisory.switch.files import RememberedSwitch
from utils.home import CALLED

_OPERATOR = 8


def told_at_start(
    address: str, device: int, everything: str, switches: Mapping[str, RememberedSwitch], *, starts_on: bool
) -> list[str]:
    """A line about the switch for everything, and one about each program's that is off.

    ``starts_on`` is how the switch for everything stands when nobody has commanded it.
    """
    main = switches[everything]
    off = _why_off(main, default=starts_on)
    lines = [f"{_thing(main)} {everything} of device {device}, {address}"]
    if off is not None:
        lines[0] += f"; programs are off{off}. {_how_to_switch_on(address, main)}"
    for name, one in switches.items():
        why = None if name == everything else _why_off(one, default=True)
        if why is not None:
            lines.append(f"{_thing(one)} {name}{why}. {_how_to_switch_on(address, one)}")
    return lines


def _why_off(one: RememberedSwitch, *, default: bool) -> str | None:
    """None for a switch that is on."""
    if not one.is_known:
        return ": what was switched cannot be read"
    strongest = min(one.commands, default=None)
    if strongest is None:
        return None if default else ""
    told = one.commands[strongest]
    return None if told.on else f": switched off on {told.since:%Y-%m-%d %H:%M} at priority {strongest}"


def _how_to_switch_on(address: str, one: RememberedSwitch) -> str:
    """A command is only outdone at its own priority, or a stronger one."""
    priority = min(one.commands, default=_OPERATOR)
    return f"On: {CALLED} bacnet write {address} {_thing(one)} active --priority {priority}"


def _thing(one: RememberedSwitch) -> str:
    return f"binary-value,{one.instance}"
