"""Names cut into words, and what they say part by part."""

from __future__ import annotations

import pytest

from points.meanings import Medium, Spot, parts_of, said_by


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DischAirTemp", "supply temperature"),
        ("SA-T", "supply temperature"),
        ("DATSP", "supply temperature setpoint"),
        ("zonetemp", "zone temperature"),
        ("Zone_Air_Cooling_Temperature_Setpoint", "zone cooling temperature setpoint"),
        ("TZonCooSet", "zone cooling temperature setpoint"),
        ("ySupFanSpe", "supply fan speed command"),
        ("SpaceCO2", "zone co2"),
        ("heatPumpLvgWaterTemp", "heatpump leaving water temperature"),
    ],
)
def test_a_name_is_cut_wherever_its_style_cuts_it(name: str, words: str) -> None:
    said = said_by(name)
    assert said.words == set(words.split())
    assert not said.unknown


def test_what_no_table_has_is_told_as_unknown_and_places_as_places() -> None:
    said = said_by("VAV_12_South_Lobby_Temp")
    assert said.words == {"terminal", "temperature"}
    assert said.unknown == {"lobby"}
    assert said.places == ("12", "south")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CHW-V", "chilled water valve position"),
        ("OccHeatingSetpoint", "occupied heating set-point"),
        ("ClgOut", "chilled water valve position command"),
        ("ChillerLvgTemp", "chilled water plant supply temperature"),
        ("HeatingCoilEnteringWaterTemp", "hot water entering coil temperature"),
        ("Economizer", "outdoor air damper position"),
        ("Xyz", "?"),
    ],
)
def test_the_parts_that_are_told_are_told_in_the_words_of_the_field(name: str, told: str) -> None:
    assert parts_of(said_by(name)).words.replace("economizer ", "") == told


def test_what_is_missing_is_filled_and_what_contradicts_is_noticed() -> None:
    name, description = parts_of(said_by("Temp 3")), parts_of(said_by("Return air temperature sensor"))
    whole = name.filled_by(description)
    assert (whole.medium, whole.place) == (Medium.RETURN_AIR, Spot.DUCT)
    assert not name.contradicts(description)
    assert parts_of(said_by("SupplyAirTemp")).contradicts(description)
