"""Names that smell of safety."""

from __future__ import annotations

import pytest

from bridge.check.safety import safety_findings, smell_of
from bridge.findings import Severity
from tests import bench
from tests.bridge.check.views import point_view

SMELLS = [
    ("FreezeStat", "freeze protection"),
    ("FREEZESTAT", "freeze protection"),
    ("AHU1_Frz-Sts", "freeze protection"),
    ("DALowLimit", "freeze protection"),
    ("Low Temp Cutout", "freeze protection"),
    ("FrostProt", "freeze protection"),
    ("LLT", "freeze protection"),
    ("SaSmokeDet", "smoke"),
    ("SMK_DET", "smoke"),
    ("DuctDetector", "smoke"),
    ("FireAlarm", "fire"),
    ("FSD1Status", "fire"),
    ("HighStatic", "high static"),
    ("HiStatPress", "high static"),
    ("HISTATIC", "high static"),
    ("Hi-Duct-Static", "high static"),
    ("StaticPressHi", "high static"),
    ("HSP2", "high static"),
    ("HighTempLimit", "high limit"),
    ("MotorOverTemp", "high limit"),
    ("EmergencyStop", "emergency"),
    ("E-Stop", "emergency"),
    ("RefrigLeak", "a leak"),
    ("CO Alarm", "a leak"),
    ("FanOverload", "a safety chain"),
    ("SafetyChain", "a safety chain"),
    ("ShutDownCmd", "a safety chain"),
]
HARMLESS = [
    *("DischAirTemp", "OutdoorAirTemp", "FanStatus", "DuctStaticPress", "SpaceTemp", "CoolingPump", "CO2Level"),
    *("HighSetpoint", "FaDamper", "ReturnAirFlow", "Firmware", "MixedAirTemp", "HeatingValve", "OccupancyCmd"),
]


@pytest.mark.parametrize(("name", "kind"), SMELLS)
def test_a_name_that_speaks_of_protection_is_recognised(name: str, kind: str) -> None:
    assert smell_of(name) == kind


@pytest.mark.parametrize("name", HARMLESS)
def test_an_ordinary_name_is_not(name: str) -> None:
    assert smell_of(name) is None


def test_forcing_protection_is_warned_about() -> None:
    config = {"bop_point": "fan_y", "ecy_point": "HighStatic", "object_type": "BinaryInput"}
    [finding] = safety_findings(point_view(config))
    assert (finding.severity, finding.where) == (Severity.WARNING, "AHU.json: HighStatic")
    assert "forcing it disables real protection" in finding.what


def test_an_output_is_only_read_so_its_name_does_not_matter() -> None:
    assert not list(safety_findings(point_view(bench.output("x", "SmokeDamper"))))
