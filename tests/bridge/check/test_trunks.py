"""What `check` reckons of trunks: the shortest step, and whether it is too long for the pace or for a time-out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bridge.check.trunks import Load, trunk_findings
from bridge.check.views import PointView
from bridge.findings import Finding, Severity
from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from emulators.ecy.bacnet_profile import BacnetProfile, TrunkPlace
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.makes import ON_A_TRUNK
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests import bench
from tests.bridge.check.looking import check
from tests.bridge.check.views import point_view
from tests.bridge.rig import PASSWORD, rig
from utils.values import ObjectRef, ObjectType, Target, Write, WriteKind

BOTH = (ObjectType.ANALOG_VALUE, ObjectType.ANALOG_OUTPUT)


def points(address: str, *kinds: ObjectType) -> list[PointView]:
    """Twenty points of each kind."""
    return [
        point_view(
            {"bop_point": f"a{number}_y", "ecy_point": f"{kind}{number}", "object_type": kind.value},
            target=Target(address, kind, f"{kind}{number}"),
        )
        for kind in kinds
        for number in range(20)
    ]


def findings(
    folder: Path,
    on: Mapping[str, Sequence[PointView]],
    timeouts_s: Mapping[str, float] | None = None,
    **variables: str,
) -> list[Finding]:
    return list(trunk_findings(on, timeouts_s or {}, bench.settings(folder, **variables)))


def test_what_is_reckoned_is_what_the_line_is_busy_for() -> None:
    profile = Profile(bacnet=BacnetProfile(trunk=TrunkPlace(), max_apdu=480, segmentation=False))
    objects = [
        ObjectSpec(kind, f"{kind}{n}", "percent", instance=n)
        for kind in ("AnalogValue", "AnalogOutput")
        for n in range(1, 21)
    ]
    spec = ControllerSpec("BOX", objects=objects, instance=12, profile=profile)
    outputs = [ObjectRef(ObjectType.ANALOG_OUTPUT, n) for n in range(1, 21)]
    with (
        EcyServer([spec], username="bench", password=PASSWORD, bacnet_port=0) as server,
        BACnetStack("127.0.0.1/24:0", foreign=server.bacnet_broadcast_address, is_hidden=True) as ours,
    ):
        client, busy = BACnetDeviceClient(ours, "2:12"), []
        for value in (1.0, 2.0):  # the first finds out what it can do
            before_s = server.bacnet.segment(2).line.busy_s
            writes = [Write(ObjectRef(ObjectType.ANALOG_VALUE, n), WriteKind.COMMAND, value, 14) for n in range(1, 21)]
            assert not any(result.error for result in client.exchange(writes, outputs).writes)
            busy.append(server.bacnet.segment(2).line.busy_s - before_s)
    assert Load(20 * 18, 20).seconds == pytest.approx(busy[1], rel=0.05)
    assert 0.25 < busy[1] < 0.35


def test_each_trunk_is_told_with_the_shortest_step_that_it_allows(tmp_path: Path) -> None:
    on = {
        f"bacnet://{network}:{station}": points(f"bacnet://{network}:{station}", *BOTH)
        for network, station in ((2, 11), (2, 12), (2, 13), (7, 4))
    }
    on["bacnet://10.0.0.7"] = points("bacnet://10.0.0.7", ObjectType.ANALOG_VALUE)
    on["10.0.0.8"] = points("10.0.0.8", ObjectType.ANALOG_VALUE)
    told = findings(tmp_path, on, BOP_STEP_TIME="5", BOP_TIME_SCALE="1")
    assert [(one.severity, one.where) for one in told] == [
        (Severity.NOTE, "network 2"),
        (Severity.NOTE, "network 7"),
    ]
    one_s = Load(20 * 18, 20).seconds
    assert f"its 3 controller(s) take some {3 * one_s:.2f} s of a step together" in told[0].what
    assert told[1].what.endswith("no step can be shorter")


@pytest.mark.parametrize(
    ("step", "scale", "severity"),
    [
        ("1", "1", Severity.NOTE),
        ("1", "10", Severity.WARNING),
        ("5", "60", Severity.WARNING),
        ("1", "0", Severity.NOTE),
    ],
)
def test_a_pace_that_is_too_quick_is_warned_of_with_a_step_that_is_not(
    tmp_path: Path, step: str, scale: str, severity: Severity
) -> None:
    on = {"bacnet://2:12": points("bacnet://2:12", *BOTH)}
    [told] = findings(tmp_path, on, BOP_STEP_TIME=step, BOP_TIME_SCALE=scale)
    assert told.severity is severity
    if severity is Severity.WARNING:
        longer = float(told.what.partition("set BOP_STEP_TIME to ")[2].split()[0])
        [told] = findings(tmp_path, on, BOP_STEP_TIME=f"{longer:g}", BOP_TIME_SCALE=scale)
        assert told.severity is Severity.NOTE


def test_a_time_out_that_is_shorter_than_the_queue_is_warned_of(tmp_path: Path) -> None:
    on = {f"bacnet://2:{n}": points(f"bacnet://2:{n}", *BOTH) for n in range(1, 5)}
    told = findings(tmp_path, on, {"bacnet://2:1": 10.0, "bacnet://2:2": 1.0}, BOP_STEP_TIME="30")
    assert [one.severity for one in told] == [Severity.NOTE, Severity.WARNING]
    assert "longer than the timeout_s of 2:2, which" in told[1].what


def test_a_trunk_of_which_nothing_is_used_is_nothing_to_tell(tmp_path: Path) -> None:
    assert findings(tmp_path, {"bacnet://2:12": []}) == []


@pytest.mark.slow
def test_check_tells_it(tmp_path: Path) -> None:
    with rig(tmp_path, profile=ON_A_TRUNK, over_bacnet=True) as subject:
        told = [one for one in check(subject).findings if one.where == "network 2"]
        assert [one.severity for one in told] == [Severity.NOTE]
        assert "its 2 controller(s) take some 0." in told[0].what
