"""A site that nobody has written down: devices are known from the moment a program names them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clients.bacnet.stack import BACnetStack
from clients.device_client import DeviceClient
from emulators.ecy.server import EcyServer
from supervisory.runtime.anywhere import opened_anywhere
from supervisory.setup.config import SupervisoryConfig
from tests.supervisory.gate_rig import AHU, VAV, as_new, client_of, controllers, open_rig
from utils.errors import ObjectError
from utils.state_folder import StateError


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with controllers() as serving:
        yield serving


def test_a_controller_is_opened_with_the_first_write_and_gives_back_like_any_other(server: EcyServer) -> None:
    as_new(server)
    names = {server.addresses[name]: name for name in (AHU, VAV)}
    opened: list[str] = []

    def opens(device: str) -> DeviceClient:
        opened.append(names[device])
        return client_of(server, names[device])

    with open_rig(server, opens) as rig:
        assert rig.write(rig.command(100.0)) == [""]
        assert rig.write(rig.command(110.0), rig.command(120.0, at=VAV)) == ["", ""]
        assert opened == [AHU, VAV]
        assert (rig.slot(), rig.slot(at=VAV)) == (110.0, 120.0)
        rig.gate.end("enough")
        assert (rig.slot(), rig.slot(at=VAV)) == (None, None)


def test_nothing_is_written_where_the_way_to_a_controller_cannot_be_kept(server: EcyServer) -> None:
    as_new(server)

    def opens(device: str) -> DeviceClient:
        raise StateError("the disk is full")

    with open_rig(server, opens) as rig:
        assert rig.write(rig.command(100.0)) == ["the disk is full"]
        assert rig.slot() is None


def test_one_device_is_one_however_it_is_spelled_and_what_is_no_address_is_told() -> None:
    config = SupervisoryConfig.model_validate(
        {"transport": "bacnet", "interface": "127.0.0.1/24:0", "timeout_s": 0.2}  # nobody answers
    )
    with BACnetStack("127.0.0.1/24:0") as stack, opened_anywhere(config, stack) as site:
        assert site.devices.named("10.0.0.1") is site.devices.named("10.0.0.1:47808")
        assert site.devices.named("5:12").key == "bacnet://5:12"
        with pytest.raises(ObjectError, match=r"write 192\.168\.0\.122"):
            site.devices.named("ahu")
        assert site.plant().clock.time_s >= 0.0
