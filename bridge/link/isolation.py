"""Keeps terminals from following a simulated building: outputs out of service."""

from __future__ import annotations

import logging
import math
import time

from bridge.link.duty import Duty
from equipment.controller import Controller
from utils.clocks import MonotonicSeconds
from utils.errors import DeviceRefused, ObjectError
from utils.values import Exchange, Write, WriteKind

log = logging.getLogger(__name__)

_PATIENCE_S = 6.0
"""Reads may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""
_LOOK_EVERY_S = 0.5


class Isolation(Duty):
    """Keeps the outputs of one controller out of service: set and verified at take, asserted again every refresh."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._assert_at_s = math.inf
        self._told = False

    def establish(self, now_s: MonotonicSeconds) -> None:
        """Take the outputs out of service and make sure of it, before the program sees anything simulated.

        Raises :class:`DeviceRefused` where an output stays in service: such a controller must not be driven.
        """
        if not self._controller.isolated:
            return
        self._tell_exposed()
        for result in self._controller.client.write_values_from_endpoints(self._assertions()):
            if isinstance(result.error, ObjectError):
                raise self._refusal(str(result.write.ref), result.error.what)
            if result.error is not None:
                raise result.error
        self._await_effect()
        self._assert_at_s = now_s + self._controller.refresh_time_s

    def writes(self, now_s: MonotonicSeconds) -> list[Write]:
        """That outputs are out of service, at every refresh: a controller that has rebooted may have forgotten it."""
        return self._assertions() if now_s >= self._assert_at_s else []

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Assert again at the next opportunity when something that was out of service no longer seems to be."""
        isolated = {output.ref for output in self._controller.isolated}
        if any(result.write.ref in isolated for result in exchange.writes):
            self._assert_at_s = now_s + self._controller.refresh_time_s
        kinds = {result.write.kind for result in exchange.writes if result.error is not None}
        if kinds & {WriteKind.OUT_OF_SERVICE, WriteKind.PRESENT_VALUE}:
            self._assert_at_s = now_s

    def _assertions(self) -> list[Write]:
        return [Write(output.ref, WriteKind.OUT_OF_SERVICE, True) for output in self._controller.isolated]

    def _await_effect(self) -> None:
        outputs = self._controller.isolated
        deadline_s = time.monotonic() + _PATIENCE_S
        while True:
            states = self._controller.client.survey([output.ref for output in outputs])
            exposed = [output.point.ecy_point for output in outputs if not states[output.ref].out_of_service]
            if not exposed:
                return
            if time.monotonic() > deadline_s:
                raise self._refusal(", ".join(exposed), "it does not show as out of service")
            time.sleep(_LOOK_EVERY_S)

    def _refusal(self, what: str, why: str) -> DeviceRefused:
        return DeviceRefused(
            self._controller.address,
            f"{what} cannot be isolated: {why}. If nothing is wired to it, take isolate_outputs out of the config "
            f"and set ECY_BENCH=isolated",
        )

    def _tell_exposed(self) -> None:
        exposed = self._controller.exposed
        if exposed and not self._told:
            log.warning("%s has outputs that stay in service: %s", self._controller.address, ", ".join(exposed))
        self._told = True
