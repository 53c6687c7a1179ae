"""Keeps terminals from following a simulated building: outputs out of service, and the warning where they are not."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable

from rich.text import Text

from equipment.controller import Controller
from equipment.equipment_manager import Equipment
from utils.errors import DeviceRefused, ObjectError
from utils.settings import Settings
from utils.values import Role, Write, WriteKind, WriteResult

log = logging.getLogger(__name__)

_PATIENCE_S = 6.0
"""Reads may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""
_LOOK_EVERY_S = 0.5


class Isolation:
    """Keeps the outputs of one controller out of service: set and verified at take, asserted again every refresh."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._assert_at_s = math.inf
        self._told = False

    def establish(self, now_s: float) -> None:
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

    def due(self, now_s: float) -> list[Write]:
        """What to write now, before anything else: a controller that has rebooted may have forgotten it."""
        if now_s < self._assert_at_s:
            return []
        self._assert_at_s = now_s + self._controller.refresh_time_s
        return self._assertions()

    def confirm(self, results: Iterable[WriteResult], now_s: float) -> None:
        """Assert again at the next opportunity when something that was out of service no longer seems to be."""
        kinds = {result.write.kind for result in results if result.error is not None}
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
            threading.Event().wait(_LOOK_EVERY_S)

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


def wired_equipments(equipments: Iterable[Equipment], settings: Settings) -> tuple[str, ...]:
    """The equipments whose terminals may drive something real, for all that the settings and configs say."""
    if settings.bench == "isolated":
        return ()
    return tuple(
        equipment.name
        for equipment in equipments
        if not equipment.isolate_outputs and any(point.role is Role.READ for point in equipment.points)
    )


def warn_of_real_outputs(equipments: Iterable[Equipment], settings: Settings) -> None:
    """Say which terminals will follow the simulation: in the log, and in bold on a terminal."""
    names = wired_equipments(equipments, settings)
    if names:
        log.warning(
            "REAL OUTPUTS: the terminals of %s will follow a simulated building. Make sure that nothing is wired to "
            "them and set ECY_BENCH=isolated, or have them isolated with isolate_outputs in the configs",
            ", ".join(names),
            extra={"highlighter": _bold},
        )


def _bold(text: Text) -> Text:
    text.stylize("bold red")
    return text
