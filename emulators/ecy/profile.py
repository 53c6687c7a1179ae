"""How an emulated controller behaves where the references leave more than one plausible answer.

Each field is one unknown of ecy-rest-api §17; its docstring starts with the row. The defaults are the ones proposed
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.objects.storage import StorageQuirk


@dataclass(frozen=True, slots=True)
class Profile:
    """Switches of one controller. Durations are in seconds of wall time."""

    firmware: Literal["2.x", "1.x"] = "2.x"
    """Which API answers: v2, or only the version and identity pages of v1 (§1)."""

    cookie_name: str = "ECLYPSERESTSESSIONID"
    """Row 1: name of the session cookie."""
    session_idle_s: float = 1800.0
    """Row 2: a session that is not used for so long is gone."""
    session_cap: int | None = None
    """Row 3: how many sessions may be open; None is unlimited."""
    session_cap_action: Literal["refuse", "evict-oldest"] = "refuse"
    """Row 3: a sign-in above the cap gets 503, or the session that was opened first goes."""
    lockout_failures: int | None = None
    """Row 4: so many rejected sign-ins in a row lock everybody out; None never does."""
    lockout_s: float = 300.0
    """Row 4: how long a lock-out lasts."""
    unauthorized_body: Literal["json", "html"] = "json"
    """Row 5: body of a 401."""
    api_role: bool = True
    """Row 5: whether the account has a role that may use the API."""
    missing_role_status: Literal[401, 403] = 403
    """Row 5: answer to a good password without such a role."""

    leaf_form: Literal["$value", "value", "bare"] = "$value"
    """Row 6: how a GET on a leaf wraps the value."""
    binary_form: Literal["Active", "active", "boolean"] = "Active"
    """Row 7: binary values in the tree and in leaves."""
    multiple_form: Literal["text", "json"] = "text"
    """Row 8: values in the results of read-property-multiple."""
    nan_form: Literal["null", "NaN"] = "null"
    """Row 8: a number that is none, as JSON null or as text."""
    priority_array_form: Literal["dict", "list"] = "dict"
    """Row 9: shape of ``priority-array``."""
    status_flags_form: Literal["dict", "names", "bits", "none"] = "dict"
    """Row 9, for another property: shape of ``status-flags``, or that no object has them."""
    index_access: bool = True
    """Row 9: whether a path such as ``priority-array/14`` tells one slot. Of a list none does."""
    priority_arrays: bool = True
    """Row 9: whether there is a ``priority-array`` to be read, over REST and BACnet."""
    relinquish_by_set_value: bool = True
    """Row 10: whether ``set-value-at`` takes a null; if not, only write-property-multiple relinquishes."""
    set_value_at: Literal["commandable", "analog-values", "none"] = "commandable"
    """Row 11: which objects offer ``set-value-at``."""
    default_priority: int = 16
    """Row 12: slot of a present-value written without a priority."""
    post_reply: Literal["empty-object", "no-content", "echo"] = "empty-object"
    """Row 13: answer to a successful POST or DELETE."""

    batch_items: Literal["plain", "headers"] = "plain"
    """Row 14: with ``headers``, items carry that member too and an empty body is left out."""
    batch_status: Literal["number", "text", "absent"] = "number"
    """Row 14: the status of an item."""
    batch_limit: int | None = None
    """Row 15: how many sub-requests a batch may have; None is unlimited."""
    payload_limit_bytes: int | None = None
    """Row 15: how large a request body may be; None is unlimited."""
    batch_limit_status: Literal[413, 400] = 413
    """Row 15: answer above either limit."""
    batch_order: Literal["sequential", "stop-at-first-error", "parallel"] = "sequential"
    """Row 17: after an error the rest may stay unanswered; parallel has no order (the last one runs first)."""

    error_form: Literal["object", "text", "plain"] = "object"
    """Row 19: ``{"error":{"code","message"}}``, ``{"error":"text"}``, or plain text."""
    missing_status: Literal[404, 400] = 404
    """Row 20: status for an object or property that does not exist."""
    empty_collections: Literal["present", "omitted"] = "present"
    """Row 21: object types without objects, in discovery."""
    unknown_select: Literal["omitted", "refused"] = "omitted"
    """Row 21: an unknown name in ``$select`` is left out, or the request gets 400."""
    unfiltered_objects: Literal["full", "references"] = "full"
    """Row 22: a GET of ``objects`` without ``$select``."""
    object_type_form: Literal["AnalogValue", "analogValue", "analog-value"] = "AnalogValue"
    """Row 24: spelling inside ``object-identifier``."""
    duplicate_instance_text: str = "Instance already exists"
    """§5.2: older firmware says ``Instance Number already exists``."""

    time_under_ntp: Literal["refused", "overwritten"] = "refused"
    """Row 26: a time that is set while NTP is enabled."""
    accepted_zones: frozenset[str] | None = None
    """Row 27: None is every IANA name, aliases included."""
    own_zones: Mapping[str, float] = field(default_factory=dict)
    """Row 27: zones that only this controller knows, in hours ahead of UTC; what it accepts goes for them too."""
    date_time_form: Literal["local", "offset", "utc"] = "local"
    """Row 28: how ``date-time`` is read: naive local, local with its offset, or UTC with ``Z``."""
    stale_reads_s: float = 0.0
    """Row 29: reads see the objects as they were so long ago."""
    out_of_service_survives_reboot: bool = True
    """Row 30."""
    slots_survive_reboot: bool = True
    """§12: whether commands in the priority arrays survive a reboot."""

    clock_survives_reboot: bool = True
    """Row 36: whether zone and NTP setting survive a reboot, or are as they were at the start."""

    v1_urls: Literal["json", "html", "redirect"] = "json"
    """Row 33: a 2.x controller's answer on v1 URLs: 404 with JSON, 404 with HTML, or a redirect to v2."""
    plain_http: Literal["closed", "redirect", "served"] = "closed"
    """Row 34: whether a second port without TLS answers, and how."""
    units_form: Literal["degrees-celsius", "degrees celsius", "degreesCelsius"] = "degrees-celsius"
    """Row 35: spelling of units."""
    reboot_s: float = 60.0
    """Row 36: how long connections fail after a reboot; sessions are always lost."""
    strict_content_type: bool = False
    """§3: whether a body that is not announced as JSON gets 415."""

    sensors: Literal["wired", "open-loop"] = "wired"
    """Whether terminals have sensors; without, inputs show open-loop for their Reliability."""
    reliability_writable: bool = True
    """Whether an input that is out of service takes a Reliability over BACnet."""
    trusts_faulty_inputs: bool = True
    """Whether the program goes on with inputs in fault; one that does not leaves its outputs as they are."""

    program_priority: int = 16
    """§12: slot in which the control program writes."""

    storage: Mapping[str, StorageQuirk] = field(default_factory=dict)
    """How analog objects store what they are sent, by their BACnet unit; exactly, where it says nothing."""

    bacnet: BacnetProfile = field(default_factory=BacnetProfile)
    """What BACnet/IP does, where it is served."""
