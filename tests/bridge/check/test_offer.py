"""What both peers have on offer, over real sockets."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bridge.check.console import print_offer, print_offer_json
from bridge.check.offer import ControllerObject, Inventory, Offer
from clients.http.tls import TlsPolicy
from emulators.ecy.faults.calls import DropConnection
from equipment.equipment_manager import EquipmentManager
from tests import bench
from tests.bridge.looking import assert_untouched
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig
from utils.errors import SimulationAborted
from utils.state_folder import StateFolder


@pytest.fixture
def both(shared: Rig, tmp_path: Path) -> Iterator[Rig]:
    yield replace(shared, folder=tmp_path)
    shared.controllers.controller("VAV").faults.clear()


def inventory(subject: Rig, *configs: bench.Config, device: str | None = None) -> Inventory:
    settings = subject.settings()
    state = StateFolder(settings.state_dir)
    manager = EquipmentManager(
        bench.write_configs(subject.folder, *configs), settings, TlsPolicy.parse("pin", state.pins, "pins")
    )
    return Inventory(settings, manager, state, devices=[device] if device else None)


def configs(subject: Rig) -> tuple[bench.Config, ...]:
    addresses = subject.controllers.addresses
    return (
        bench.equipment("AHU", addresses["AHU"], AHU_POINTS),
        bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
    )


def test_the_simulations_points_have_units_limits_and_descriptions(both: Rig) -> None:
    offer = inventory(both, *configs(both)).look()
    points = {point.name: point for point in (*offer.measurements, *offer.inputs)}
    setpoint, supply = points["hvac_oveAhu_TSupSet_u"], points["hvac_reaAhu_TSup_y"]
    assert (setpoint.unit, setpoint.minimum, setpoint.maximum) == ("K", 285.15, 313.15)
    assert setpoint in offer.inputs
    assert supply in offer.measurements
    assert "temperature" in supply.description
    assert (offer.testcase, offer.exit_code) == ("multizone_office_simple_air", 0)


def test_the_controllers_objects_are_listed_with_what_a_config_needs(both: Rig) -> None:
    vav = inventory(both, *configs(both)).look().controllers[1]
    assert vav.objects == (
        ControllerObject("AnalogInput", 1, "SpaceTemp", "degrees-celsius", "degC", -40.0),
        ControllerObject("AnalogOutput", 1, "Damper", "percent", "percent", 30.0),
    )


def test_nothing_is_written_and_the_test_is_stopped(both: Rig) -> None:
    inventory(both, *configs(both)).look()
    assert_untouched(both)
    assert not list((both.folder / ".state" / "tests").glob("*.json"))


def test_a_controller_that_does_not_answer_does_not_hide_the_others(both: Rig) -> None:
    both.controllers.controller("VAV").faults.add(DropConnection(None))
    ahu, vav = (offer := inventory(both, *configs(both)).look()).controllers
    assert ahu.objects
    assert vav.failure is not None
    assert offer.exit_code == 1


def test_one_controller_can_be_named_without_any_config(both: Rig) -> None:
    offer = inventory(both, device=both.controllers.addresses["VAV"]).look()
    assert [item.name for item in offer.controllers[0].objects] == ["SpaceTemp", "Damper"]
    assert offer.inputs
    assert "has no equipment config" in offer.unused_configs[0]


def test_half_a_config_does_not_keep_the_simulation_from_being_listed(both: Rig) -> None:
    offer = inventory(both, {"equipment_name": "AHU"}).look()
    assert offer.inputs
    assert any("device_ip" in problem for problem in offer.unused_configs)


def test_on_request_it_ends(both: Rig) -> None:
    subject = inventory(both, *configs(both))
    subject.request_stop()
    with pytest.raises(SimulationAborted, match="nothing was written"):
        subject.look()


def test_a_filter_leaves_what_mentions_it_in_either_peer(both: Rig) -> None:
    offer = inventory(both, *configs(both)).look().filtered("DAMPER")
    assert all("damper" in f"{point.name} {point.description}".lower() for point in offer.inputs)
    assert offer.inputs
    assert [item.name for one in offer.controllers for item in one.objects] == ["Damper"]
    assert offer.exit_code == 0


class TestPrinted:
    @pytest.fixture(scope="class")
    @classmethod
    def offer(cls, shared: Rig) -> Offer:
        return inventory(shared, *configs(shared)).look()

    def printed(self, console: Console) -> str:
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def test_a_person_gets_tables(self, offer: Offer) -> None:
        console = Console(file=io.StringIO(), width=160, soft_wrap=True)
        print_offer(console, replace(offer, failure="no answer", unused_configs=("A.json: is not JSON",)))
        lines = self.printed(console).splitlines()
        [row] = [line for line in lines if "hvac_oveAhu_TSupSet_u" in line]
        assert row.split()[:4] == ["hvac_oveAhu_TSupSet_u", "K", "285.15", "313.15"]
        [row] = [line for line in lines if "SpaceTemp" in line]
        assert row.split() == ["AnalogInput", "1", "SpaceTemp", "degC", "-40"]
        assert lines[-2:] == ["configs not used: A.json: is not JSON", f"{offer.server}: no answer"]

    def test_names_of_peers_are_shown_as_they_are_in_one_line(self, offer: Offer) -> None:
        foreign, clean = "[/x] Zone\x1b[2J\r\n\u202egnp", "[/x] Zone[2J gnp"
        item = replace(offer.controllers[0].objects[0], name=foreign, unit=None, units=foreign)
        point = replace(offer.inputs[0], name=foreign, description=foreign, unit=foreign)
        controllers = (replace(offer.controllers[0], objects=(item,), failure=foreign),)
        console = Console(file=io.StringIO(), width=400, soft_wrap=True)
        print_offer(
            console, replace(offer, measurements=(), inputs=(point,), controllers=controllers, testcase=foreign)
        )
        lines = self.printed(console).splitlines()
        assert all(line.isprintable() for line in lines)
        assert sum(line.count(clean) for line in lines) == 7

    def test_a_script_gets_one_document(self, offer: Offer) -> None:
        console = Console(file=io.StringIO(), width=60)
        print_offer_json(console, offer)
        document = json.loads(self.printed(console))
        page = (Path(__file__).parents[3] / "docs" / "check.md").read_text(encoding="utf-8")
        assert [key for key in document if f"`{key}`" not in page] == []
        assert document["controllers"][1]["objects"][0]["name"] == "SpaceTemp"
