"""The override audit: every occupied slot of a device; releasing what a rule file names; putting it back.

Both change something only with ``--yes``. What is released is written to an undo file before it is sent.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from clients.bacnet import device_key, is_bacnet, object_identifier
from clients.bacnet_device_client import BACnetDeviceClient
from supervisory.explorer.owners import OwnRecords, folded, forgotten_first
from supervisory.explorer.report import DONE, FAILED, Report, shown
from supervisory.explorer.session import Explorer, add_objects, device
from supervisory.explorer.verifying import patiently
from supervisory.release_rules import Verdict, load_rules
from supervisory.site_access import Audit, OccupiedSlot
from supervisory.site_survey import DeviceSite
from supervisory.undo_file import UndoFile
from utils.bacnet import bare_address, slot_of
from utils.errors import ConfigError, DeviceError, Problem
from utils.values import PointValue, Write, WriteKind, same_as_stored

UNDO_FILE = Path("bacnet-undo.jsonl")
_HEADINGS = ("device", "object", "name", "priority", "value")
_NOT_BACK = "NOT put back"
_DRY = "dry run: nothing was written; --yes does it"


def add_audit(parser: ArgumentParser) -> None:
    """Arguments of ``audit``."""
    parser.add_argument("devices", type=device, nargs="*", metavar="device", help="their instances or addresses")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--release", type=int, metavar="PRIORITY", help="release what --rule names at this priority")
    what.add_argument("--undo", type=Path, metavar="FILE", help="put back what an undo file has noted")
    what.add_argument("--all", action="store_true", help="show what is expected, too: our own slots, applications'")
    told = "show these slots only, repeatable; an operator's are at 8"
    parser.add_argument("--priority", type=int, action="append", dest="priorities", metavar="PRIORITY", help=told)
    parser.add_argument("--rule", type=Path, metavar="FILE", help="rule file (JSON), for --release")
    parser.add_argument("--undo-file", type=Path, default=UNDO_FILE, metavar="FILE", help=f"default {UNDO_FILE}")
    parser.add_argument("--yes", action="store_true", help="do it; without this nothing is written")
    add_objects(parser)


def audit(session: Explorer, options: Namespace) -> Report:
    """Look, release or put back. Raises ConfigError for options that do not go together."""
    _refuse_bad_options(options)
    if options.undo is not None:
        return _put_back(session, options)
    site = _site(session, options)
    found = site.occupied_slots()
    if options.release is not None:
        notes = tuple(_unread(found))
        return _release(site, options, found.slots, notes, FAILED if found.unread else DONE)
    return _told(session, options, found)


def _told(session: Explorer, options: Namespace, found: Audit) -> Report:
    """What was found, by owner and priority; what is as it should be is folded, unless it was asked for."""
    records = OwnRecords.of(session.journals)
    owners = {slot: records.owner(slot) for slot in found.slots}
    slots = [slot for slot in forgotten_first(owners) if not options.priorities or slot.priority in options.priorities]
    to_show, others = (slots, "") if options.all or options.priorities else folded(owners, slots)
    document = {
        "slots": [{**_document(slot), "owner": owners[slot]} for slot in slots],
        "unread": {device: list(reasons) for device, reasons in found.unread.items()},
    }
    rows = [(*_cells(slot), owners[slot]) for slot in to_show]
    notes = (
        *_unread(found),
        *_all_clear(session, options, found, to_show, others),
        *filter(None, (others, records.problem)),
    )
    code = FAILED if found.unread else DONE
    where, spare = _where(options.devices)
    return Report(f"{len(rows)} occupied slot(s){where}", (*_HEADINGS, "owner"), rows, document, notes, code, spare)


def _where(devices: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The only device is in the title; so a narrow table does without it, and only then without names."""
    return (f" of {devices[0]}", ("device", "name")) if len(devices) == 1 else ("", ("name",))


def _unread(found: Audit) -> list[str]:
    return [f"{device}: not audited: {reason}" for device, reasons in found.unread.items() for reason in reasons]


def _all_clear(
    session: Explorer, options: Namespace, found: Audit, shown: Sequence[OccupiedSlot], others: str
) -> list[str]:
    """Only a full look may say that there is nothing."""
    if shown:
        return []
    what = "no other slot" if others else "no slot"
    where = f" at priority {' or '.join(map(str, options.priorities))}" if options.priorities else ""
    return [f"{what} is occupied{where}{' in what could be looked into' if found.unread or session.unread() else ''}"]


def _refuse_bad_options(options: Namespace) -> None:
    problems = []
    if options.undo is None and not options.devices:
        problems.append(Problem("audit", "name at least one device"))
    if options.by_hand and len(options.devices) != 1:
        problems.append(Problem("audit", "--object names objects of one device: name one"))
    if (options.release is None) != (options.rule is None):
        problems.append(Problem("audit", "--release and --rule belong together: a priority, and what may be released"))
    if problems:
        raise ConfigError(problems)


def _site(session: Explorer, options: Namespace) -> DeviceSite:
    to_write = options.release is not None
    keys = [device_key(session.locate(name, to_write=to_write)) for name in options.devices]
    return DeviceSite(
        keys,
        lambda key: BACnetDeviceClient(session.stack, key, timeout_s=session.timeout_s),
        UndoFile(options.undo_file),
        ours=lambda _: False,
        allowed=lambda: not session.ended.is_set(),
    )


def _release(
    site: DeviceSite, options: Namespace, slots: Sequence[OccupiedSlot], notes: tuple[str, ...], code: int
) -> Report:
    rules = load_rules(options.rule)
    verdicts = {slot: rules.judge(slot) for slot in slots if slot.priority == options.release}
    chosen = [slot for slot, verdict in verdicts.items() if verdict.release]
    done = {release.slot: release for release in site.release(chosen)} if options.yes else {}
    outcomes = {}
    for slot, verdict in verdicts.items():
        release = done.get(slot)
        outcomes[slot] = _outcome(verdict) if release is None else _said(release.released, release.note)
    if any(not release.released for release in done.values()):
        code = FAILED
    if not options.yes:
        notes = (*notes, _DRY)
    elif chosen:
        notes = (*notes, f"to put it back: audit --undo {options.undo_file} --yes")
    title = f"{len(chosen)} of {len(verdicts)} occupied slot(s) at priority {options.release}"
    return _outcome_report(title, outcomes, notes if verdicts else (*notes, f"{title}: nothing to release"), code)


def _outcome(verdict: Verdict) -> str:
    return f"{'would be released' if verdict.release else 'stays'}: {verdict.reason}"


def _said(released: bool, note: str) -> str:
    return f"{'released' if released else 'NOT released'}{f': {note}' if note else ''}"


def _put_back(session: Explorer, options: Namespace) -> Report:
    """Write what was released back to the slots that are still free."""
    slots = UndoFile(options.undo).slots()
    wanted = {device_key(session.locate(name, to_write=True)) for name in options.devices}
    outcomes: dict[OccupiedSlot, str] = {}
    for key in dict.fromkeys(slot.device for slot in slots if not wanted or slot.device in wanted):
        mine = [slot for slot in slots if slot.device == key]
        if not is_bacnet(key):
            outcomes |= dict.fromkeys(mine, f"{_NOT_BACK}: {key} is no BACnet address")
            continue
        with closing(BACnetDeviceClient(session.stack, key, timeout_s=session.timeout_s)) as client:
            try:
                outcomes |= _put_back_all(session, client, mine, really=options.yes)
            except DeviceError as error:
                outcomes |= dict.fromkeys(mine, f"{_NOT_BACK}: {error.what}")
    code = FAILED if any(outcome.startswith(_NOT_BACK) for outcome in outcomes.values()) else DONE
    notes = () if options.yes else (_DRY,)
    return _outcome_report(f"{len(outcomes)} slot(s) of {options.undo}", outcomes, notes, code)


def _put_back_all(
    session: Explorer, client: BACnetDeviceClient, slots: Sequence[OccupiedSlot], *, really: bool
) -> dict[OccupiedSlot, str]:
    client.connect()
    return {slot: _put_back_one(session, client, slot, really=really) for slot in slots}


def _put_back_one(session: Explorer, client: BACnetDeviceClient, slot: OccupiedSlot, *, really: bool) -> str:
    state = client.survey([slot.ref])[slot.ref]
    if state.priority_array is None or state.name != slot.name:
        return f"{_NOT_BACK}: there is no such object with slots"
    held = state.priority_array[slot.priority - 1]
    if held is not None:
        return "holds it already" if same_as_stored(held, slot.value) else f"left alone: it holds {shown(held)} now"
    if not really:
        return "would be put back"
    (result,) = client.write_values_from_endpoints([Write(slot.ref, WriteKind.COMMAND, slot.value, slot.priority)])
    if result.error is not None:
        return f"{_NOT_BACK}: {result.error.what}"
    held = patiently(session, lambda: _held(client, slot), lambda found: _is_back(found, slot))
    if _is_back(held, slot):
        return "put back"
    return f"{_NOT_BACK}: the device has acknowledged it, and holds {'null' if held is None else shown(held)}"


def _held(client: BACnetDeviceClient, slot: OccupiedSlot) -> PointValue | None:
    slots = client.survey([slot.ref])[slot.ref].priority_array
    return slot_of(slots, slot.priority)


def _is_back(held: PointValue | None, slot: OccupiedSlot) -> bool:
    return held is not None and same_as_stored(held, slot.value)


def _outcome_report(title: str, outcomes: dict[OccupiedSlot, str], notes: tuple[str, ...], code: int) -> Report:
    rows = [(*_cells(slot), outcome) for slot, outcome in outcomes.items()]
    document = {"slots": [{**_document(slot), "outcome": outcome} for slot, outcome in outcomes.items()]}
    return Report(title, (*_HEADINGS, "outcome"), rows, document, notes, code, spare=("name",))


def _cells(slot: OccupiedSlot) -> tuple[object, ...]:
    """As people read them: an address without what it is written with elsewhere."""
    return bare_address(slot.device), str(object_identifier(slot.ref)), slot.name, slot.priority, slot.value


def _document(slot: OccupiedSlot) -> dict[str, object]:
    return {**dict(zip(_HEADINGS, _cells(slot), strict=True)), "device": slot.device}
