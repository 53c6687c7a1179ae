"""The objects of one controller: one place for every front end, REST today and BACnet/IP beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from emulators.ecy.objects import objects
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.refusals import DUPLICATE_NAME, UNKNOWN_OBJECT, WRITE_ACCESS_DENIED, Reason, Refusal
from emulators.program import ObjectSpec
from utils.values import ObjectRef, ObjectType

DUPLICATE_INSTANCE = Reason("object-identifier-already-exists", "Instance already exists")


@dataclass(frozen=True, slots=True)
class Change:
    """One object before and after. ``old`` is None for a new object, ``new`` for a deleted one."""

    old: BacnetObject | None
    new: BacnetObject | None


Listener = Callable[[Change], None]
Finish = Callable[[BacnetObject], BacnetObject]
"""What makes of a new object the one that this controller has."""


def _as_it_is(target: BacnetObject) -> BacnetObject:
    return target


class ObjectDatabase:
    """Thread-safe store of :class:`BacnetObject` values, which are replaced whole.

    Names are unique in the controller, ``reserved_names`` (its own) included. Listeners are called after each change
    in the thread that made it, without the lock.
    """

    def __init__(
        self, specs: Iterable[ObjectSpec] = (), reserved_names: Iterable[str] = (), finish: Finish = _as_it_is
    ) -> None:
        self._finish = finish
        self._lock = threading.Lock()
        self._objects: dict[ObjectType, dict[int, BacnetObject]] = {kind: {} for kind in ObjectType}
        self._refs: dict[str, ObjectRef] = {}
        self._reserved = frozenset(reserved_names)
        self._protected: set[ObjectRef] = set()
        self._listeners: tuple[Listener, ...] = ()
        for spec in specs:
            self.add(spec)

    def add(self, spec: ObjectSpec) -> ObjectRef:
        """Create an object. Raises Refusal when its instance number or its name is taken."""
        kind = ObjectType(spec.object_type)
        with self._lock:
            known = self._objects[kind]
            instance = max(known, default=0) + 1 if spec.instance is None else spec.instance
            if instance in known:
                raise Refusal(DUPLICATE_INSTANCE, f"{kind} {instance}")
            self._check_name(spec.name)
            new = self._finish(objects.create(spec, instance))
            known[instance] = new
            self._refs[new.name] = new.ref
        self._notify(Change(None, new))
        return new.ref

    def delete(self, ref: ObjectRef) -> None:
        """Remove an object. Raises Refusal when it does not exist or the control program needs it."""
        with self._lock:
            old = self._existing(ref)
            if ref in self._protected:
                raise Refusal(WRITE_ACCESS_DENIED, f"{ref} belongs to the control program")
            del self._objects[ref.object_type][ref.instance]
            del self._refs[old.name]
        self._notify(Change(old, None))

    def load(self, specs: Iterable[ObjectSpec]) -> None:
        """Replace every object at once. Raises Refusal, and then all is as it was."""
        fresh = ObjectDatabase(specs, self._reserved, self._finish)
        with self._lock:
            changes = [Change(old, None) for old in self._all()] + [Change(None, new) for new in fresh._all()]
            self._objects, self._refs, self._protected = fresh._objects, fresh._refs, set()
        for change in changes:
            self._notify(change)

    def protect(self, names: Iterable[str]) -> None:
        """Keep these objects from being deleted. Raises KeyError for an unknown name."""
        with self._lock:
            self._protected.update(self._refs[name] for name in names)

    def get(self, ref: ObjectRef) -> BacnetObject:
        """The object as it is now. Raises Refusal when it does not exist."""
        with self._lock:
            return self._existing(ref)

    def find(self, name: str) -> ObjectRef:
        """The object with this name. Raises KeyError."""
        with self._lock:
            return self._refs[name]

    def named(self, name: str) -> BacnetObject:
        """The object with this name, as it is now. Raises KeyError."""
        return self.get(self.find(name))

    def names(self) -> dict[str, ObjectRef]:
        """All names and what they stand for."""
        with self._lock:
            return dict(self._refs)

    def instances(self, kind: ObjectType) -> list[int]:
        """Instance numbers of one type, sorted."""
        with self._lock:
            return sorted(self._objects[kind])

    def all(self) -> list[BacnetObject]:
        """Every object as it is now."""
        with self._lock:
            return self._all()

    def has(self, ref: ObjectRef) -> bool:
        """Whether the object exists."""
        with self._lock:
            return ref.instance in self._objects[ref.object_type]

    def update(self, ref: ObjectRef, change: Callable[[BacnetObject], BacnetObject]) -> BacnetObject:
        """Replace an object by ``change`` of it; a refusal in there leaves it as it was."""
        with self._lock:
            old = self._existing(ref)
            new = change(old)
            if new is old:
                return old
            self._rename(old.name, new)
            self._objects[ref.object_type][ref.instance] = new
        self._notify(Change(old, new))
        return new

    def command(self, name: str, value: float | None, priority: int) -> None:
        """Write to a slot as an operator's workstation would; None gives it back."""
        self.update(self.find(name), lambda target: objects.commanded(target, value, priority))

    def measure(self, name: str, hardware_value: float) -> None:
        """Change what an input's terminal measures."""
        self.update(self.find(name), lambda target: objects.measured(target, hardware_value))

    def limit(self, name: str, minimum: float | None, maximum: float | None) -> None:
        """Configure the range outside which an analog object refuses values."""
        self.update(self.find(name), lambda target: replace(target, minimum=minimum, maximum=maximum))

    def restart(self, *, keep_out_of_service: bool, keep_slots: bool) -> None:
        """What a reboot does to the objects."""
        for ref in self.names().values():
            self.update(
                ref,
                lambda target: objects.restarted(
                    target, keep_out_of_service=keep_out_of_service, keep_slots=keep_slots
                ),
            )

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener`` with every change from now on."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Stop calling ``listener``."""
        with self._lock:
            self._listeners = tuple(known for known in self._listeners if known != listener)

    def _all(self) -> list[BacnetObject]:
        return [one for known in self._objects.values() for one in known.values()]

    def _existing(self, ref: ObjectRef) -> BacnetObject:
        try:
            return self._objects[ref.object_type][ref.instance]
        except KeyError:
            raise Refusal(UNKNOWN_OBJECT, str(ref)) from None

    def _check_name(self, name: str) -> None:
        if name in self._refs or name in self._reserved:
            raise Refusal(DUPLICATE_NAME, name)

    def _rename(self, old_name: str, new: BacnetObject) -> None:
        if new.name == old_name:
            return
        self._check_name(new.name)
        del self._refs[old_name]
        self._refs[new.name] = new.ref

    def _notify(self, change: Change) -> None:
        for listener in self._listeners:
            listener(change)
