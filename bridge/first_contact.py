"""Controllers that this host has not driven before: what they show of themselves before they are told anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TypeAlias

from clients.device_client import ControllerClient
from utils.errors import DeviceError


@dataclass(frozen=True, slots=True)
class FirstContact:
    """A controller that nobody here has agreed to yet."""

    device: str
    fingerprint: str | None = None
    """SHA-256 of the certificate that it has shown, where pins decide."""
    objects: tuple[str, ...] = ()
    """What a run would force, command or isolate in it."""
    is_absent: bool = False
    """Whether it does not answer: a run takes it when it does."""


Confirm: TypeAlias = Callable[[Sequence[FirstContact]], bool]
"""Whether the user agrees to all of them."""


def always(contacts: Sequence[FirstContact]) -> bool:
    """As the user has said beforehand."""
    return True


def never(contacts: Sequence[FirstContact]) -> bool:
    """There is nobody to be asked."""
    return False


def meet(clients: Sequence[ControllerClient], pool: Executor) -> dict[str, DeviceError | None]:
    """See, all at once and without credentials, who answers. Returns by address why one must not be signed in to."""
    meetings = [(client.device, pool.submit(client.meet)) for client in clients]
    return {device: _failure(meeting) for device, meeting in meetings}


def _failure(meeting: Future[None]) -> DeviceError | None:
    try:
        meeting.result()
    except DeviceError as error:
        return error
    return None
