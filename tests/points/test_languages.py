"""Lists in French and in German, and words that a meaning does not account for."""

from __future__ import annotations

import pytest

from points.meanings import Language, language_of, left_over, parts_of, said_by, unaccented

FRENCH = ["TempAlim", "TempRetour", "VoletAirNeuf", "ValveChauf", "Débit", "VitVentAlim"]
GERMAN = ["Zulufttemperatur", "Außenluftklappe", "Kühlventil", "Raumtemperatur Sollwert", "Störung Pumpe"]


def test_a_list_is_in_the_language_that_leaves_least_of_it_unknown() -> None:
    assert language_of(FRENCH) is Language.FRENCH
    assert language_of(GERMAN) is Language.GERMAN
    assert language_of(["SupplyAirTemp", "RetTemp", "ExtFanStatus", "Xyz"]) is Language.ENGLISH


def test_a_word_or_two_do_not_make_a_list_another_languages() -> None:
    assert language_of(["DA-TAux", "ZN-T"]) is Language.ENGLISH


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("TempAlim", Language.FRENCH, "supply air duct temperature"),
        ("Température extérieure", Language.FRENCH, "outdoor air weather temperature"),
        ("Retour marche ventilateur soufflage", Language.FRENCH, "supply air fan status"),
        ("PCTempAmb", Language.FRENCH, "zone air zone temperature set-point"),
        ("Außenluftklappe", Language.GERMAN, "outdoor air damper position"),
        ("Rücklauftemperatur Erhitzer", Language.GERMAN, "hot water leaving coil temperature"),
        ("Sollwert Zulufttemperatur", Language.GERMAN, "supply air duct temperature set-point"),
    ],
)
def test_names_are_understood_in_their_language(text: str, language: Language, told: str) -> None:
    assert parts_of(said_by(text, language)).words == told


def test_accents_are_left_out() -> None:
    assert unaccented("Kühlventil Größe Débit") == "Kuhlventil Grosse Debit"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SupplyAirTemp", set()),
        ("SpaceTempOutdoor", {"outdoor"}),
        ("ChwCoilSupplyTemp", set()),
        ("AirflowHeating", {"heating"}),
        ("ReheatValveCmd", set()),
        ("MixedAirTempStatus", {"status"}),
        ("SupplyAirTempPosition", {"position"}),
    ],
)
def test_words_that_a_meaning_does_not_account_for_are_left_over(name: str, words: set[str]) -> None:
    said = said_by(name)
    assert left_over(said, parts_of(said)) == words
