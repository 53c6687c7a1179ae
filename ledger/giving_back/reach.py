"""The way to a controller that is given back: found once per attempt, and its account spared."""

from __future__ import annotations

from collections.abc import Callable

from clients.device_client import DeviceClient
from ledger.giving_back.patience import Patience
from utils.errors import AccountRefused, BridgeError

_SPENT = "its account was refused twice; a third attempt might lock it"


class Reach:
    """One controller's client, made when it is first needed and connected before it is used."""

    def __init__(self, device: str, make: Callable[[], DeviceClient], patience: Patience) -> None:
        self._device = device
        self._make = make
        self._patience = patience
        self._client: DeviceClient | None = None
        self._is_there = False
        self._absence: BridgeError | None = None

    def begin(self) -> None:
        """A new attempt: whoever was absent is looked for again."""
        self._is_there, self._absence = False, None

    def client(self) -> DeviceClient:
        """The client, when the controller answers. Raises :class:`BridgeError`, in one attempt always the same."""
        if self._absence is not None:
            raise self._absence.with_traceback(None)
        try:
            client = self._client or self._made()
            if not self._is_there:
                client.connect()
        except BridgeError as error:
            self._absence = error
            raise
        self._is_there = True
        return client

    def failed(self, error: BridgeError) -> None:
        """Something went wrong: whether anybody is there is asked before anything else, but no account tried anew."""
        self._is_there = isinstance(error, AccountRefused)

    def sign_in_afresh(self) -> None:
        """The next attempt begins without the session that was refused."""
        if self._client is not None:
            self._client.forget_session()

    def _made(self) -> DeviceClient:
        """A client; not for an account that may not be tried (at once) again."""
        if self._patience.is_account_spent:
            raise AccountRefused(self._device, _SPENT)
        self._client = client = self._make()
        if client.rejection is not None and self._patience.lasts:
            raise client.rejection.with_traceback(None)
        return client
