"""The controller of a module's own ``server``, left as it was found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulators.ecy.controller import EmulatedController
from emulators.ecy.server import EcyServer


@pytest.fixture
def controller(server: EcyServer) -> Iterator[EmulatedController]:
    controller = server.controller("AHU")
    yield controller
    controller.faults.clear()
    controller.objects.restart(keep_out_of_service=False, keep_slots=False)
