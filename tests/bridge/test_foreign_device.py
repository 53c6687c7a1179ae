"""A BACnet device that is BACpypes3's own as equipment: taken, driven and given back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.run import Run
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from tests import bench
from tests.clients.bacnet.server import Server, device
from tests.waiting import in_no_time
from utils.errors import ConfigError
from utils.state_folder import StateFolder
from utils.values import SimulationState

POINTS: tuple[bench.Config, ...] = (
    bench.analog_input("hvac_reaAhu_TSup_y", "SupplyTemp"),
    bench.analog_input("weaSta_reaWeaTDryBul_y", "Setpoint", object_type="AnalogValue"),
    {"bop_point": "hvac_reaAhu_PFanSup_y", "ecy_point": "FanStatus", "object_type": "BinaryInput", "threshold": 1},
    bench.output("hvac_oveAhu_yFan", "Damper"),
    bench.output("hvac_oveAhu_yPumCoo", "Pump", "BinaryOutput"),
)


@contextmanager
def running(folder: Path, server: Server, *points: bench.Config, **keys: object) -> Iterator[Run]:
    with BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as building:
        settings = bench.settings(folder, BOP_SERVER_URL=building.url)
        config = bench.equipment("AHU", server.address, points or POINTS, protocol="bacnet", timeout_s=5.0, **keys)
        manager = bench.manager(folder, settings, config)
        yield Run(settings, manager, StateFolder(settings.state_dir), steps=15, clocks=in_no_time())


def assert_as_it_was(server: Server) -> None:
    for name in ("analog-input,1", "binary-input,1"):
        assert not server.object(name).outOfService
    assert all(server.slot("analog-value,7", priority) is None for priority in range(1, 17))


_MANY = ("WritePropertyMultiple", "ReadPropertyMultiple")


@pytest.mark.parametrize("rejected", [(), _MANY[:1], _MANY])
def test_it_is_taken_driven_and_given_back(tmp_path: Path, rejected: tuple[str, ...]) -> None:
    with device() as server, running(tmp_path, server, device_instance=500) as run:
        server.faults.rejects.update(rejected)
        seen = []
        advance = run.client.advance_simulation

        def looking(inputs: Mapping[str, float]) -> SimulationState:
            seen.append((bool(server.object("analog-input,1").outOfService), server.slot("analog-value,7", 14)))
            return advance(inputs)

        run.client.advance_simulation = looking  # type: ignore[assignment, method-assign]
        summary = run.execute()
        assert run.last_values["hvac_oveAhu_yFan_activate"] == 1.0
        assert run.last_values["hvac_oveAhu_yFan_u"] == pytest.approx(0.3)
        assert not summary.not_released
        forced, commanded = seen[-1]
        assert forced
        assert commanded == pytest.approx(29.0, abs=10.0)
        assert_as_it_was(server)


def test_what_it_has_not_is_told_before_anything_is_written(tmp_path: Path) -> None:
    absent = bench.analog_input("hvac_reaAhu_TRet_y", "ReturnTemp")
    with device() as server, running(tmp_path, server, *POINTS, absent) as run:
        with pytest.raises(ConfigError, match=r"has no AnalogInput of this name"):
            run.execute()
        assert not {"WriteProperty", "WritePropertyMultiple"} & set(server.counts)


def test_a_value_that_nobody_may_write_stays_is_told_at_the_end_and_the_rest_goes_on(tmp_path: Path) -> None:
    fixed = {"bop_point": "hvac_reaAhu_dp_sup_y", "ecy_point": "Fixed", "object_type": "AnalogValue", "unit": "Pa"}
    with device() as server, running(tmp_path, server, *POINTS, fixed) as run:
        summary = run.execute()
        assert run.last_values["hvac_oveAhu_yFan_activate"] == 1.0
        assert [(one.what, one.after) for one in summary.not_released] == [
            ("AnalogValue 9 Fixed slot 14", "present-value 2.0")
        ]
        assert server.object("analog-value,9").presentValue == 2.0
        assert_as_it_was(server)
