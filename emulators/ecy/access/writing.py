"""Writes to objects by a front end: counted, recorded in order, and open to faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from emulators.ecy.access.counters import Counters
from emulators.ecy.faults.fault import Faults
from emulators.ecy.objects import objects
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import UNKNOWN_PROPERTY, WRITE_ACCESS_DENIED, Refusal
from emulators.ecy.wire.properties import PRESENT_VALUE, PROPERTIES, WRITE_ONLY_NAMES
from emulators.ecy.wire.values import Json
from utils.values import ObjectRef


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """One write as it was asked for. ``refused`` is the code of the refusal, or empty."""

    name: str
    property_name: str
    value: Json
    priority: int | None = None
    refused: str = ""


class ObjectWriter:
    """Writes properties on behalf of a client. ``wrote`` is told after each write that was accepted."""

    def __init__(
        self,
        database: ObjectDatabase,
        profile: Profile,
        counters: Counters,
        faults: Faults,
        wrote: Callable[[], None],
        journal: list[WriteRecord] | None,
    ) -> None:
        self._database = database
        self._profile = profile
        self._counters = counters
        self._faults = faults
        self._wrote = wrote
        self._journal = journal

    def post(self, ref: ObjectRef, members: Mapping[str, Json]) -> None:
        """Write members in the order in which they were sent, all of them or none (§7.5). Raises Refusal."""
        name = self._database.get(ref).name
        records = [WriteRecord(name, member, value) for member, value in members.items()]
        self._commit(ref, records, lambda target: reduce(self._written, members.items(), target))

    def change(
        self,
        ref: ObjectRef,
        property_name: str,
        value: Callable[[], Json],
        change: Callable[[BacnetObject], BacnetObject],
    ) -> None:
        """Write one property as ``change`` of the object does; ``value`` tells it for the record. Raises Refusal."""
        told = None if self._journal is None else value()
        self._commit(ref, [WriteRecord(self._database.get(ref).name, property_name, told)], change)

    def command(self, ref: ObjectRef, value: float | None, priority: int) -> None:
        """Write or give back a slot of the priority array (§7.6). Raises Refusal."""
        record = WriteRecord(self._database.get(ref).name, PRESENT_VALUE, value, priority)
        self._commit(ref, [record], lambda target: objects.commanded(target, value, priority))

    def force(self, ref: ObjectRef, value: float | None) -> None:
        """Write the present-value of an input that is out of service. Raises Refusal; nothing can be given back."""
        record = WriteRecord(self._database.get(ref).name, PRESENT_VALUE, value)
        if value is None:
            raise Refusal(WRITE_ACCESS_DENIED, f"{ref} has no priority array")
        self._commit(ref, [record], lambda target: objects.forced(target, value))

    def _written(self, target: BacnetObject, member: tuple[str, Json]) -> BacnetObject:
        name, value = member
        row = PROPERTIES[target.ref.object_type].get(WRITE_ONLY_NAMES.get(name, name))
        if row is None:
            raise Refusal(UNKNOWN_PROPERTY, name)
        return row.write(target, value, self._profile)

    def _commit(
        self, ref: ObjectRef, records: list[WriteRecord], change: Callable[[BacnetObject], BacnetObject]
    ) -> None:
        try:
            self._faults.on_write(self._database.get(ref))
            self._database.update(ref, lambda target: self._stored(target, change))
        except Refusal as refusal:
            self._record(records, refusal.reason.code)
            raise
        for record in records:
            self._counters.writes[record.name] += 1
        self._record(records, "")
        self._wrote()

    def _stored(self, target: BacnetObject, change: Callable[[BacnetObject], BacnetObject]) -> BacnetObject:
        """``change`` of the object, which stores meanwhile as the faults say."""
        storage = self._faults.storage_of(target)
        if storage is None:
            return change(target)
        return replace(change(replace(target, storage=storage)), storage=target.storage)

    def _record(self, records: list[WriteRecord], refused: str) -> None:
        if self._journal is None:
            return
        for record in records:
            self._journal.append(WriteRecord(record.name, record.property_name, record.value, record.priority, refused))
