"""Controllers of whose certificate there is no record: met without credentials, and shown to the user first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeAlias

from clients.ecy_device_client import ECYDeviceClient
from utils.errors import DeviceError, DeviceRefused


class AccountWithheld(DeviceRefused):
    """Nobody has agreed to show the account to this controller, so nothing more is known of it."""


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """What a controller has shown of itself before it was told anything."""

    device: str
    fingerprint: str


MayShow: TypeAlias = Callable[[Sequence[NewCertificate]], bool]
"""Whether the account may be shown to the owners of these certificates."""


def always(certificates: Sequence[NewCertificate]) -> bool:
    """As the user has said beforehand."""
    return True


def never(certificates: Sequence[NewCertificate]) -> bool:
    """There is nobody to be asked."""
    return False


def introduce(clients: Iterable[ECYDeviceClient], pool: Executor, may_show: MayShow) -> dict[str, DeviceError]:
    """Meet the controllers that have no pin, all at once, and ask for all of them together.

    Returns, by address, why one must not be signed in to. Those that are judged in another way are left out.
    """
    meetings = [(client, pool.submit(client.meet)) for client in clients if client.is_new]
    reasons: dict[str, DeviceError] = {}
    met: list[NewCertificate] = []
    for client, meeting in meetings:
        try:
            meeting.result()
        except DeviceError as error:
            reasons[client.device] = error
        else:
            met.append(NewCertificate(client.device, client.fingerprint or "not shown"))
    if met and not may_show(met):
        reasons |= {certificate.device: _withheld(certificate) for certificate in met}
    return reasons


def _withheld(certificate: NewCertificate) -> AccountWithheld:
    return AccountWithheld(
        certificate.device,
        f"there is no record of its certificate (SHA-256 {certificate.fingerprint}), so the account was not shown to "
        "it and nothing more was looked at; compare that with what the controller's own page shows, then use --yes",
    )
