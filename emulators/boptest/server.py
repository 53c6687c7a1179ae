"""Serves embedded plants as a BOPTEST server, with faults on request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from emulators.boptest import service as service_api
from emulators.boptest.dialects import legacy as legacy_api
from emulators.boptest.dialects.express import KEEP_ALIVE_S
from emulators.boptest.dialects.legacy import LegacyApp
from emulators.boptest.extension import Beside, Extension, longest
from emulators.boptest.faults import BoptestFaults
from emulators.boptest.hub import Hub, Limits, PlantFactory
from emulators.boptest.service import ServiceApp
from emulators.http.serving import ServedSite, ServerThread
from utils.errors import ConfigError, Problem

log = logging.getLogger(__name__)


class BoptestServer:
    """A BOPTEST-compatible server on a socket of its own. A context manager: entering it, it answers.

    ``plants`` maps names of test cases to what makes a new plant for every test. With ``legacy`` it speaks the
    single-case API of v0.6.0, for exactly one plant. ``faults`` may be changed at any time. ``tell`` takes lines for
    whoever runs the server, on any thread: that a test waits for a worker, that one has ended by itself. What is
    ``beside`` the building belongs to its states.
    """

    def __init__(
        self,
        plants: Mapping[str, PlantFactory],
        *,
        legacy: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        tell: Callable[[str], object] = log.info,
        beside: Beside | None = None,
    ) -> None:
        self.faults = BoptestFaults()
        self._host = host
        limits = limits or Limits()
        if legacy:
            limits = _of_one_case(plants, limits)
        answer = legacy_api.answer_call if legacy else service_api.answer_call
        extension = Extension(answer, beside, branches=not legacy)
        self._hub = Hub(plants, limits, extension.answer, none_after_end=not legacy, loading=self._load, tell=tell)
        app: LegacyApp | ServiceApp = ServiceApp(self._hub, limits, self.faults, extension)
        if legacy:
            app = LegacyApp(self._hub, self.faults, extension)
        site = ServedSite(app.respond, host, port, keep_alive_s=KEEP_ALIVE_S, longest_body=longest)
        self._server = ServerThread([site], "boptest-server")

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._server.ports[0]

    @property
    def url(self) -> str:
        """The base of all paths, without a slash at its end."""
        return f"http://{self._host}:{self.port}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Interrupt what is being simulated, let go of what is held, and join every thread. Safe to call twice."""
        self._hub.cancel()
        self.faults.clear()
        self._hub.join()
        self._server.stop()

    def _load(self) -> None:
        self.faults.take("load").during()


def _of_one_case(plants: Mapping[str, PlantFactory], limits: Limits) -> Limits:
    """A legacy server has one test, which never ends by itself."""
    if len(plants) != 1:
        raise ConfigError([Problem("plants", f"a legacy server has one test case, not {len(plants)}")])
    return replace(limits, idle_timeout_s=None)
