"""What a recording of the bridge says of the run beside its steps, as JSON; ``docs/recording.md`` lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from bridge.link import ControllerLink
from bridge.session import Session
from equipment.equipment_manager import Equipment
from ledger import Receipt
from recording.what_runs import settings_told, versions
from utils.clocks import ModelSeconds
from utils.settings import SimulationSettings
from utils.values import PointMetadata


def of_start(session: Session, kind: str, time_s: ModelSeconds, local_time: datetime | None) -> dict[str, object]:
    """What is known when an episode begins at a model time (s)."""
    settings = session.settings
    return {
        "kind": kind,
        "versions": versions(),
        "settings": settings_told(settings),
        "unit_system": settings.unit_system,
        "configs": _configs(session.equipments),
        "test_case": {
            "name": session.client.testcase,
            "url": settings.base_url,
            "version": session.client.server_version,
        },
        "episode": _episode(settings, time_s, local_time),
        "metadata": {name: _described(meta) for name, meta in session.metadata.items()},
    }


def of_controllers(links: Iterable[ControllerLink]) -> dict[str, object]:
    """Each controller as it was found, by its address."""
    return {link.device: _controller(link) for link in links}


def of_receipts(receipts: Iterable[Receipt]) -> list[dict[str, str]]:
    """What was given back."""
    return [{**asdict(receipt), "outcome": receipt.outcome.value} for receipt in receipts]


def _configs(equipments: Iterable[Equipment]) -> dict[str, str]:
    """The text of each file; one that has gone meanwhile is lacking."""
    found = {}
    for equipment in equipments:
        try:
            found[equipment.file.name] = equipment.file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError):
            continue
    return found


def _episode(settings: SimulationSettings, time_s: ModelSeconds, local_time: datetime | None) -> dict[str, object]:
    return {
        "start_time_s": time_s,
        "warmup_s": settings.warmup_period_s,
        "step_s": settings.step_time_s,
        "first_year": None if local_time is None else local_time.year,
        "time_scale": settings.time_scale,
        "period": settings.time_period,
        "price": settings.electricity_price,
    }


def _described(meta: PointMetadata) -> Mapping[str, object]:
    return asdict(meta)


def _controller(link: ControllerLink) -> dict[str, object]:
    plate = asdict(link.nameplate)
    looked_at = [(claim.name, state) for claim, state in link.in_use.looked_at]
    slots = {
        name: {str(slot): value for slot, value in enumerate(state.priority_array, 1) if value is not None}
        for name, state in looked_at
        if state.priority_array is not None
    }
    return {
        "equipment": [loaded.config.equipment_name for loaded in link.controller.loaded],
        **plate,
        "clock_offset_s": link.clock.found_ahead_s if link.clock is not None else None,
        "slots_found": {name: found for name, found in slots.items() if found},
        "application_changed": {
            point.ecy_point: point.config.in_place_of
            for point in link.controller.points
            if point.config.in_place_of is not None
        },
        "forced_found": {name: state.present_value.value for name, state in looked_at if state.out_of_service},
    }
