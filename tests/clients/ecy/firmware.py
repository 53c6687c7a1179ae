"""Firmware as it may be."""

from __future__ import annotations

from typing import Any

from emulators.ecy.faults.fault import Fault
from emulators.http.messages import Request, Response

SWITCHES: dict[str, list[Any]] = {
    "leaf_form": ["$value", "value", "bare"],
    "binary_form": ["Active", "active", "boolean"],
    "batch_order": ["sequential", "stop-at-first-error", "parallel"],
    "batch_status": ["number", "text", "absent"],
    "batch_limit": [None, 7, 1],
    "error_form": ["object", "text", "plain"],
    "set_value_at": ["commandable", "analog-values", "none"],
    "post_reply": ["empty-object", "no-content", "echo"],
    "date_time_form": ["local", "offset", "utc"],
    "object_type_form": ["AnalogValue", "analogValue", "analog-value"],
    "units_form": ["degrees-celsius", "degrees celsius", "degreesCelsius"],
    "batch_items": ["plain", "headers"],
    "batch_limit_status": [413, 400],
    "multiple_form": ["text", "json"],
    "priority_array_form": ["dict", "list"],
    "status_flags_form": ["dict", "names", "bits", "none"],
    "index_access": [True, False],
    "relinquish_by_set_value": [True, False],
    "missing_status": [404, 400],
    "empty_collections": ["present", "omitted"],
    "unknown_select": ["omitted", "refused"],
    "unauthorized_body": ["json", "html"],
    "cookie_name": ["ECLYPSERESTSESSIONID", "sid"],
    "accepted_zones": [None, frozenset({"America/Denver", "America/New_York"})],
    "nan_form": ["null", "NaN"],
}


class WithoutNtpInTime(Fault):
    """Leaves NTP out of the time, and answers its own resource as told."""

    def __init__(self, apart: Response | None) -> None:
        self._apart = apart

    async def on_request(self, request: Request) -> Response | None:
        if request.path.endswith("/time"):
            return Response(200, b'{"time-zone": "UTC", "date-time": "2023-07-06T10:00:00"}')
        return self._apart
