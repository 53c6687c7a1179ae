"""Setting a controller's time, zone and NTP (ecy-rest-api §14.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from emulators.ecy.clock import ControllerClock
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import INVALID_DATA_TYPE, INVALID_REQUEST, UNKNOWN_PROPERTY, VALUE_OUT_OF_RANGE, Refusal
from emulators.ecy.wire.values import Json

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", re.ASCII)


def set_time(clock: ControllerClock, members: Mapping[str, Json], profile: Profile) -> None:
    """Take ``time-zone``, ``date-time`` (local to that zone, without offset and fraction), or both. Raises Refusal."""
    _only_known(members, {"time-zone", "date-time"})
    zone = _zone(members["time-zone"], profile) if "time-zone" in members else None
    local = _date_time(members["date-time"]) if "date-time" in members else None
    clock.set(local, zone, under_ntp=profile.time_under_ntp)


def set_ntp(clock: ControllerClock, members: Mapping[str, Json]) -> None:
    """Take ``enabled``. Raises Refusal."""
    _only_known(members, {"enabled"})
    enabled = members["enabled"]
    if not isinstance(enabled, bool):
        raise Refusal(INVALID_DATA_TYPE, f"enabled is {enabled!r}")
    clock.enable_ntp(enabled)


def _only_known(members: Mapping[str, Json], known: set[str]) -> None:
    if not members:
        raise Refusal(INVALID_REQUEST, "nothing to set")
    unknown = set(members) - known
    if unknown:
        raise Refusal(UNKNOWN_PROPERTY, ", ".join(sorted(unknown)))


def _zone(value: Json, profile: Profile) -> str:
    if not isinstance(value, str):
        raise Refusal(INVALID_DATA_TYPE, f"time-zone is {value!r}")
    if profile.accepted_zones is not None and value not in profile.accepted_zones:
        raise Refusal(VALUE_OUT_OF_RANGE, f"time zone {value}")
    return value


def _date_time(value: Json) -> datetime:
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise Refusal(INVALID_DATA_TYPE, f"date-time {value!r} is not YYYY-MM-DDTHH:MM:SS")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise Refusal(VALUE_OUT_OF_RANGE, f"date-time {value}") from error
