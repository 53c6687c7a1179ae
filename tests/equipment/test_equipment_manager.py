"""The manager: configs in, clients and points out, clocks set; against emulated controllers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.translation import Translation
from clients.http.tls import PassingPins, TlsMode
from clients.making import TlsPolicy
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from equipment.equipment_manager import EquipmentManager
from tests import bench
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, PASSWORD, VAV_OBJECTS, VAV_POINTS
from utils.clocks import MonotonicSeconds
from utils.errors import ConfigError, DeviceRefused
from utils.values import ObjectType, PointValue, Target, WriteKind

VALUES = {
    "hvac_reaAhu_TSup_y": 287.15,
    "weaSta_reaWeaTDryBul_y": 300.15,
    "hvac_reaAhu_PFanSup_y": 900.0,
    "hvac_reaZonSou_TZon_y": 296.15,
}
NOON_UNIX_S = datetime(2023, 7, 6, 12, tzinfo=ZoneInfo("US/Mountain")).timestamp()


def served(*profiles: Profile) -> EcyServer:
    """An air handler's and a VAV box's controller."""
    ahu, vav = profiles or (Profile(), Profile())
    specs = [
        ControllerSpec("AHU", objects=AHU_OBJECTS, profile=ahu),
        ControllerSpec("VAV", objects=VAV_OBJECTS, instance=2, profile=vav),
    ]
    return EcyServer(specs, username="bench", password=PASSWORD, scan=ExchangeScan(5.0))


@pytest.fixture
def controllers() -> Iterator[EcyServer]:
    with served() as server:
        yield server


def loaded(folder: Path, server: EcyServer, **variables: str) -> EquipmentManager:
    """The manager of both controllers."""
    addresses = server.addresses
    return bench.manager(
        folder,
        bench.settings(folder, **variables),
        bench.equipment("AHU", addresses["AHU"], AHU_POINTS),
        bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
    )


def test_every_config_becomes_an_equipment_with_its_client_and_its_points(
    tmp_path: Path, controllers: EcyServer
) -> None:
    manager = loaded(tmp_path, controllers)
    assert list(manager.equipment) == ["AHU", "VAV"]
    assert [point.ecy_point for point in manager.equipment["VAV"].points] == ["SpaceTemp", "Damper"]
    assert [client.device for client in manager.get_all_ecy_clients()] == list(controllers.addresses.values())
    assert {address: len(points) for address, points in manager.get_ecy_client_points_mapping().items()} == {
        controllers.addresses["AHU"]: len(AHU_POINTS),
        controllers.addresses["VAV"]: len(VAV_POINTS),
    }
    manager.close()


def test_a_wrong_unit_system_is_one_problem_and_not_its_effects(tmp_path: Path, controllers: EcyServer) -> None:
    manager = loaded(tmp_path, controllers, UNIT_SYSTEM="US")
    with pytest.raises(ConfigError) as caught:
        manager.controllers[0].bind()
    assert str(caught.value) == (
        "AHU.json: its objects are in SI units, but environment: UNIT_SYSTEM: is US; "
        'change that, or write "unit_system": "SI" into the file'
    )
    manager.close()


def test_loading_contacts_nobody(tmp_path: Path, controllers: EcyServer) -> None:
    loaded(tmp_path, controllers).close()
    assert [controllers.controller(name).counters.requests.total() for name in ("AHU", "VAV")] == [0, 0]


def test_equipments_on_one_address_share_a_client(tmp_path: Path, controllers: EcyServer) -> None:
    address = controllers.addresses["AHU"]
    one, other = bench.equipment("One", address, AHU_POINTS[:2]), bench.equipment("Other", address, AHU_POINTS[2:])
    manager = bench.manager(tmp_path, bench.settings(tmp_path), one, other)
    assert len(manager.equipment) == 2
    assert len(manager.get_all_ecy_clients()) == 1
    assert len(manager.get_ecy_client_points_mapping()[address]) == len(AHU_POINTS)
    manager.close()


def shown_by(manager: EquipmentManager, values: Mapping[str, float]) -> Mapping[Target, PointValue]:
    return Translation(manager.equipment.values(), {}).targets(values)


def test_the_unit_system_of_the_settings_decides_what_controllers_get(tmp_path: Path, controllers: EcyServer) -> None:
    target = Target(controllers.addresses["VAV"], ObjectType.ANALOG_INPUT, "SpaceTemp")
    shown = {}
    for system in ("SI", "US"):
        manager = loaded(tmp_path, controllers, UNIT_SYSTEM=system)
        shown[system] = shown_by(manager, VALUES)[target]
        manager.close()
    assert shown == {"SI": pytest.approx(23.0), "US": pytest.approx(73.4)}


def test_a_value_that_is_none_is_left_out(tmp_path: Path, controllers: EcyServer) -> None:
    manager = loaded(tmp_path, controllers)
    values = shown_by(manager, {**VALUES, "hvac_reaZonSou_TZon_y": math.nan})
    assert sorted(target.name for target in values) == ["DischAirTemp", "FanStatus", "OutdoorAirTemp"]
    manager.close()


def test_pending_is_what_each_controller_has_not_confirmed(tmp_path: Path, controllers: EcyServer) -> None:
    manager = loaded(tmp_path, controllers)
    for controller in manager.controllers:
        controller.bind()
        controller.plan.update(shown_by(manager, VALUES))
    pending = manager.get_pending_points_by_ecy_client(MonotonicSeconds(0.0))
    assert [len(writes) for writes in pending.values()] == [5, 2]
    assert {write.kind for writes in pending.values() for write in writes} == set(WriteKind) - {WriteKind.RELIABILITY}
    for controller, (client, writes) in zip(manager.controllers, pending.items(), strict=True):
        results = client.write_values_from_endpoints(writes)
        controller.plan.confirm(results, MonotonicSeconds(0.0))
    assert set(map(tuple, manager.get_pending_points_by_ecy_client(MonotonicSeconds(1.0)).values())) == {()}
    space_temp = controllers.controller("VAV").objects.named("SpaceTemp")
    assert space_temp.out_of_service
    assert space_temp.present_value == pytest.approx(23.0)
    manager.close()


def test_a_changed_value_is_pending_again(tmp_path: Path, controllers: EcyServer) -> None:
    manager = loaded(tmp_path, controllers)
    _, vav = manager.controllers
    vav.bind()
    for kelvin in (296.15, 297.15):
        vav.plan.update(shown_by(manager, {"hvac_reaZonSou_TZon_y": kelvin}))
        _, writes = manager.get_pending_points_by_ecy_client(MonotonicSeconds(0.0)).values()
        vav.plan.confirm(vav.client.write_values_from_endpoints(writes), MonotonicSeconds(0.0))
    assert [write.kind for write in writes] == [WriteKind.PRESENT_VALUE]
    assert writes[0].value == pytest.approx(24.0)
    manager.close()


def test_every_controllers_zone_and_clock_are_set_with_ntp_off(tmp_path: Path, controllers: EcyServer) -> None:
    manager = loaded(tmp_path, controllers)
    manager.synchronize_time_and_timezone(NOON_UNIX_S, "US/Mountain")
    for name in ("AHU", "VAV"):
        clock = controllers.controller(name).clock
        assert (clock.zone, clock.ntp_enabled) == ("US/Mountain", False)
        assert abs((clock.now() - datetime(2023, 7, 6, 12)).total_seconds()) < 30
    manager.close()


def test_a_clock_that_cannot_be_set_does_not_keep_the_others_from_being_set(tmp_path: Path) -> None:
    with served(Profile(accepted_zones=frozenset({"UTC"})), Profile()) as controllers:
        manager = loaded(tmp_path, controllers)
        with pytest.raises(DeviceRefused, match=controllers.addresses["AHU"]):
            manager.synchronize_time_and_timezone(NOON_UNIX_S, "US/Mountain")
        assert controllers.controller("VAV").clock.zone == "US/Mountain"
        manager.close()


def test_a_controller_may_have_an_account_of_its_own(tmp_path: Path, controllers: EcyServer) -> None:
    settings = bench.settings(tmp_path, ECY2_LOGIN_PWORD="another", AHU_USER="bench", AHU_PWORD=PASSWORD)
    own = {"username_env": "AHU_USER", "password_env": "AHU_PWORD"}
    manager = bench.manager(
        tmp_path,
        settings,
        bench.equipment("AHU", controllers.addresses["AHU"], AHU_POINTS, **own),
        bench.equipment("VAV", controllers.addresses["VAV"], VAV_POINTS),
    )
    ahu, vav = manager.get_all_ecy_clients()
    ahu.connect()
    with pytest.raises(DeviceRefused, match="user name or password"):
        vav.connect()
    assert manager.secrets == (PASSWORD,)
    manager.close()


def test_a_variable_that_is_not_set_is_told_before_anything_is_contacted(tmp_path: Path) -> None:
    config = bench.equipment("AHU", "10.0.0.1", AHU_POINTS, password_env="AHU_PWORD")
    with pytest.raises(ConfigError, match="password_env: names the variable AHU_PWORD, which is not set"):
        bench.manager(tmp_path, bench.settings(tmp_path), config)


def test_one_equipment_is_loaded_alone_and_an_unknown_name_is_told(tmp_path: Path) -> None:
    ahu, vav = bench.equipment("AHU", "10.0.0.1", AHU_POINTS), bench.equipment("VAV", "10.0.0.2", VAV_POINTS)
    folder = bench.write_configs(tmp_path, ahu, vav)

    def only(*names: str) -> EquipmentManager:
        made = EquipmentManager(folder, bench.settings(tmp_path), TlsPolicy(TlsMode.PIN, pins=PassingPins()))
        made.load_equipments(names)
        return made

    assert [[*only("VAV").equipment], [*only().equipment]] == [["VAV"], ["AHU", "VAV"]]
    assert len(only("VAV").controllers) == 1
    with pytest.raises(ConfigError, match="VAW: there is no such equipment, did you mean 'VAV'"):
        only("VAW", "AHU")


def test_an_equipment_that_is_named_and_switched_off_is_told_where(tmp_path: Path) -> None:
    ahu = bench.equipment("AHU", "10.0.0.1", AHU_POINTS)
    folder = bench.write_configs(tmp_path, ahu, bench.equipment("RTU", "10.0.0.2", VAV_POINTS, enabled=False))
    made = EquipmentManager(folder, bench.settings(tmp_path), TlsPolicy(TlsMode.PIN, pins=PassingPins()))
    with pytest.raises(ConfigError) as caught:
        made.load_equipments(["RTU", "RTV"])
    off, absent = map(str, caught.value.problems)
    assert off == 'RTU: is switched off; remove the line "enabled": false from RTU.json (line 1)'
    assert absent == "RTV: there is no such equipment, did you mean 'RTU'?"


def test_units_that_are_not_the_objects_are_kept_apart_where_that_is_asked(
    tmp_path: Path, controllers: EcyServer
) -> None:
    settings = bench.settings(tmp_path, UNIT_SYSTEM="US")
    manager = bench.manager(
        tmp_path,
        settings,
        bench.equipment("AHU", controllers.addresses["AHU"], AHU_POINTS),
        bench.equipment("VAV", controllers.addresses["VAV"], VAV_POINTS),
    )
    ahu = manager.equipment["AHU"].controller
    ahu.client.connect()
    with pytest.raises(ConfigError):
        ahu.bind()
    ahu.tolerate_units()
    ahu.bind()
    assert {target.name for target in ahu.other_units} == {"DischAirTemp", "OutdoorAirTemp"}
    assert all("degF but the object is in degrees-celsius" in why for why in ahu.other_units.values())
    assert len(ahu.bound) == len(AHU_POINTS)
    manager.close()
