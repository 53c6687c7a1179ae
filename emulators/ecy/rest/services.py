"""The resource tree of a controller: what stands under ``/services`` (ecy-rest-api §6, §14, §15)."""

from __future__ import annotations

from datetime import UTC

from emulators.ecy.controller import FIRMWARE, EmulatedController
from emulators.ecy.rest.tree import Branch, ObjectsNode, Tree
from emulators.ecy.wire.values import Json, type_to_json

_EMPTY_SERVICES = ("backup", "email", "iot", "modbus", "mqtt", "remote-tunneling", "security", "weather")
_PACKAGES = {"os": "Operating system", "framework": "Services", "ui": "User interface"}


def services_of(controller: EmulatedController) -> dict[str, Tree]:
    """The tree below ``/services``; what changes is computed when it is read."""
    services: dict[str, Tree] = {name: {} for name in _EMPTY_SERVICES}
    packages: dict[str, Json] = {
        name: {"version": FIRMWARE, "description": description} for name, description in _PACKAGES.items()
    }
    return services | {
        "bacnet": {"local": {"objects": _objects(controller)}, "remote": {"devices": {}}},
        "events": Branch({"bindings": lambda: dict(controller.documents.event_bindings)}),
        "gfx": {"programs": _programs(controller), "configuration": {}},
        "packages": {"packages": packages},
        "platform": {"time": _time(controller), "network": {"connected-to-internet": False, "public-ip": ""}},
    }


def _objects(controller: EmulatedController) -> ObjectsNode:
    device = _device(controller)
    devices = {str(controller.spec.instance): device}
    return ObjectsNode(controller.objects, controller.reader, controller.profile, lambda: devices)


def _device(controller: EmulatedController) -> Branch:
    spec = controller.spec
    identifier: Json = {
        "object-type": type_to_json("Device", controller.profile),
        "object-instance": spec.instance,
    }
    return Branch(
        {
            "key": lambda: str(spec.instance),
            "object-identifier": lambda: identifier,
            "object-name": lambda: spec.name,
            "model-name": lambda: spec.model,
            "description": lambda: spec.description,
            "location": lambda: spec.location,
            "firmware-revision": lambda: FIRMWARE,
            "active-cov-subscriptions": lambda: dict(controller.documents.cov_subscriptions),
        }
    )


def _programs(controller: EmulatedController) -> dict[str, Json]:
    if controller.spec.program is None:
        return {}
    name = type(controller.spec.program).__name__
    return {"1": {"key": "1", "name": name, "state": "Running", "last-error": ""}}


def _time(controller: EmulatedController) -> Branch:
    clock = controller.clock
    return Branch(
        {
            "time-zone": lambda: clock.zone,
            "date-time": lambda: _date_time(controller),
            "ntp": lambda: {
                "enabled": clock.ntp_enabled,
                "synchronized": clock.ntp_enabled,
                "system-servers": [],
                "fallback-servers": ["0.pool.ntp.org"],
            },
        }
    )


def _date_time(controller: EmulatedController) -> str:
    now = controller.clock.aware_now().replace(microsecond=0)
    texts = {
        "local": now.replace(tzinfo=None).isoformat(),
        "offset": now.isoformat(),
        "utc": now.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z",
    }
    return texts[controller.profile.date_time_form]
