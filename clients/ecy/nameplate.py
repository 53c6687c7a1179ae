"""What a controller says that it is: its device object, and the program that it runs (ecy-rest-api §7.2, §15)."""

from __future__ import annotations

from clients.device_client import Nameplate
from clients.ecy.session import EcySession
from clients.ecy.wire import API, OBJECTS, items_of, member, unwrap
from clients.http.funnel import Json
from utils.errors import ObjectError
from utils.text import one_line

_PROGRAMS = f"{API}/services/gfx/programs"
_SURE = ("object-name", "model-name")
_LIKELY = ("firmware-revision", "application-software-version", "database-revision", "serial-number")
"""BACnet's properties of a device. Of REST they are inferred."""
_LONGEST = 200


def read_nameplate(session: EcySession) -> Nameplate:
    """As far as it tells. Raises :class:`utils.errors.DeviceError` where it does not answer."""
    device, program = _device(session), _program(session)
    version = _text(device, "application-software-version")
    uploaded = " ".join(filter(None, (_text(program, "binary-hash"), _text(program, "upload-date"))))
    return Nameplate(
        name=_text(device, "object-name"),
        model=_text(device, "model-name"),
        firmware=_text(device, "firmware-revision"),
        application=_text(program, "name"),
        application_version=uploaded or version,
        database_revision=_text(device, "database-revision"),
        serial=_text(device, "serial-number"),
    )


def _device(session: EcySession) -> Json:
    """The device object; firmware that refuses one name of a selection is asked for less."""
    for names in ((*_SURE, *_LIKELY), _SURE):
        found = _get_or_none(session, f"{OBJECTS}/devices?$select=*($select={','.join(names)})")
        if items := items_of(found):
            return next(iter(items))[1]
    return None


def _program(session: EcySession) -> Json:
    """The application. Where there are several, the first is it."""
    return next((program for _, program in items_of(_get_or_none(session, _PROGRAMS))), None)


def _get_or_none(session: EcySession, path: str) -> Json:
    try:
        return session.get(path)
    except ObjectError:
        return None


def _text(item: Json, name: str) -> str:
    value = unwrap(member(item, name))
    return one_line(str(value), _LONGEST) if isinstance(value, str | int) and not isinstance(value, bool) else ""
