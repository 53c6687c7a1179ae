from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from emulators.plants.epw import FIELDS, convert, read_epw
from emulators.plants.multizone_office import OfficeFiles, OfficeParameters, read_variant
from emulators.plants.prices import our_own_hourly
from tests.emulators.plants.multizone_office.parts import machine_run
from utils.errors import ConfigError

HOUR = 3600.0
PLACE = "LOCATION,Town,ST,USA,TMY3,1,60.17,24.95,2.0,20.0"
USUAL = {
    "dry_bulb_c": "-5.0",
    "relative_humidity_percent": "80",
    "wind_direction_deg": "90",
    "ceiling_height_m": "1500",
}


def epw(path: Path, place: str = PLACE, hours: int = 8760, wrong: Mapping[int, tuple[str, str]] | None = None) -> Path:
    """A year of the same hour; ``wrong`` has another value for a field, by the hour."""
    record = ["0"] * 35
    for name, field in FIELDS.items():
        record[field.index] = USUAL.get(name, "5")
    lines = [place, *["..."] * 7]
    for hour in range(hours):
        fields = list(record)
        if wrong and hour in wrong:
            name, value = wrong[hour]
            fields[FIELDS[name].index] = value
        lines.append(",".join(fields))
    path.write_text("\n".join(lines), encoding="latin-1")
    return path


def parameters(path: Path, told: object) -> Path:
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def told_of(files: OfficeFiles) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_variant(files)
    return [str(problem) for problem in caught.value.problems]


def test_the_building_stands_where_the_weather_file_says(tmp_path: Path) -> None:
    plant = read_variant(OfficeFiles(weather=epw(tmp_path / "town.epw")))()
    told = plant.forecast(["TDryBul", "lat"], [0.0])
    assert told["TDryBul"][0] == pytest.approx(268.15)
    assert told["lat"][0] == pytest.approx(1.0502, abs=1e-4)
    assert plant.advance(600.0, {})["weaSta_reaWeaTDryBul_y"] == pytest.approx(268.15)


def test_another_weather_other_parameters_and_other_prices_make_another_building(tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("\n".join(["0.1"] * 8760), encoding="utf-8")
    named = parameters(tmp_path / "named.json", {"envelope": {"window_w_m2k": 1.1}})
    every = [
        OfficeFiles(),
        OfficeFiles(as_boptest=True),
        OfficeFiles(weather=epw(tmp_path / "town.epw")),
        OfficeFiles(parameters=named),
        OfficeFiles(prices=prices),
    ]
    assert len({read_variant(files)().identity for files in every}) == len(every)


def test_all_that_is_wrong_with_a_weather_file_is_told_at_once(tmp_path: Path) -> None:
    bad = {3: ("dry_bulb_c", "99.9"), 4: ("dry_bulb_c", "cold"), 7: ("global_horizontal_w_m2", "9999")}
    path = epw(tmp_path / "bad.epw", PLACE.replace("60.17", "north"), 8784, bad)
    told = told_of(OfficeFiles(weather=path))
    assert told == [
        f"{path}, line 1: its latitude is 'north'; write a number from -90 to 90",
        f"{path}: has 8784 hourly records, not 8760; leave out 29 February",
        f"{path}, line 12: dry_bulb_c is '99.9', and so in 1 more lines; write a number from -70 to 70",
        f"{path}, line 16: global_horizontal_w_m2 is '9999'; write a number from 0 to 9998",
    ]


@pytest.mark.parametrize("text", ["", "something else\n", "LOCATION\n"])
def test_what_is_no_weather_file_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "no.epw"
    path.write_text(text, encoding="utf-8")
    assert all(str(path) in problem for problem in told_of(OfficeFiles(weather=path)))
    assert "cannot be read" in told_of(OfficeFiles(weather=tmp_path / "absent.epw"))[0]


def test_the_weather_that_ships_is_read_again_from_its_own_kind_of_file(tmp_path: Path) -> None:
    path = epw(tmp_path / "town.epw")
    convert(path, tmp_path / "town.csv.gz")
    rows = list(csv.reader(gzip.decompress((tmp_path / "town.csv.gz").read_bytes()).decode().splitlines()))
    assert rows[0] == PLACE.split(",")[1:]
    assert rows[1] == list(FIELDS)
    assert len(rows) == 2 + 8760
    assert read_epw(path).at(HOUR).dry_bulb_c == -5.0


def test_parameters_differ_just_where_the_file_says(tmp_path: Path) -> None:
    told = {"envelope": {"window_w_m2k": 1.1}, "heat_pump": {"machine": {"capacity_w": 80e3}}, "start": "as_boptest"}
    read = read_variant(OfficeFiles(parameters=parameters(tmp_path / "mine.json", told))).parameters
    usual = OfficeParameters()
    assert read is not None
    assert read.envelope.window_w_m2k == 1.1
    assert read.envelope.slab_w_m2k == usual.envelope.slab_w_m2k
    assert machine_run(read.heat_pump.machine, 1e6, 45.0, 0.0)[0] == 80e3
    assert (read.start, read.chiller) == ("as_boptest", usual.chiller)


def test_a_fault_is_a_parameter_like_others_and_a_bias_may_have_either_sign(tmp_path: Path) -> None:
    told = {"faults": {"cooling_valve_leakage": 0.03, "supply_air_bias_k": -2, "outdoor_damper_opens_to": 0}}
    read = read_variant(OfficeFiles(parameters=parameters(tmp_path / "mine.json", told))).parameters
    assert read is not None
    wrong = {
        name: value for name, value in asdict(read.faults).items() if value != getattr(OfficeParameters().faults, name)
    }
    assert wrong == told["faults"]


def test_all_that_is_wrong_with_parameters_is_told_at_once_beside_other_files(tmp_path: Path) -> None:
    told = {
        "envelop": {},
        "envelope": {"window_w_m2k": 0, "emissivity": 1.5, "slab_w_m2k": "5", "wall": 1},
        "fan": 3,
        "chiller": {"machine": {"capacity_curve": [1, 2]}},
        "faults": {"heating_valve_leakage": -0.1, "outdoor_damper_opens_to": 30, "outdoor_air_bias_k": -400},
        "start": "warm",
    }
    path = parameters(tmp_path / "bad.json", told)
    problems = told_of(OfficeFiles(parameters=path, prices=tmp_path / "absent.csv"))
    wanted = [
        f"{path}: has no 'envelop', did you mean 'envelope'?",
        f"{path} envelope.window_w_m2k: is 0; write a number above 0",
        f"{path} envelope.emissivity: is 1.5; it is a share; write a number up to 1",
        f'{path} envelope.slab_w_m2k: is "5"; write a number',
        f"{path} fan: is 3; write names and values in braces",
        f"{path} chiller.machine.capacity_curve: is [1, 2]; write 6 numbers in brackets",
        f"{path} faults.heating_valve_leakage: is -0.1; write a number from 0 on",
        f"{path} faults.outdoor_damper_opens_to: is 30; it is a share; write a number up to 1",
        f"{path} faults.outdoor_air_bias_k: is -400; write a number from -50 to 50",
        f'{path} start: is "warm"; it is one of settled, as_boptest',
    ]
    assert all(any(sentence in problem for problem in problems) for sentence in wanted)
    assert any("has no 'wall'" in problem for problem in problems)
    assert any("absent.csv" in problem for problem in problems)


def test_a_parameter_that_is_written_twice_is_refused_and_the_last_one_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "twice.json"
    path.write_text('{"faults": {"supply_air_bias_k": 1, "supply_air_bias_k": 2}, "fan": {}, "fan": {}}', "utf-8")
    assert told_of(OfficeFiles(parameters=path)) == [
        f"{path}: has 'supply_air_bias_k' twice in the same braces; keep one",
        f"{path}: has 'fan' twice in the same braces; keep one",
    ]


def test_the_usual_number_of_each_parameter_is_taken(tmp_path: Path) -> None:
    told = asdict(OfficeParameters())
    read = read_variant(OfficeFiles(parameters=parameters(tmp_path / "usual.json", told))).parameters
    assert read == OfficeParameters()


def test_parameters_that_make_no_building_together_are_told_and_nothing_is_started(tmp_path: Path) -> None:
    path = parameters(tmp_path / "far.json", {"reheat": {"rise_k": 2000}})
    (problem,) = told_of(OfficeFiles(parameters=path))
    assert problem.startswith(f"{path}: what differs there makes no building (math domain error)")


def test_hourly_prices_are_a_users_own(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    lines = [f"{hour * 3600},{0.01 * (hour % 24):.2f}" for hour in range(8760)]
    path.write_text("\n".join(["time,price", *lines]), encoding="utf-8")
    plant = read_variant(OfficeFiles(prices=path))()
    assert list(plant.forecast(["PriceElectricPowerHighlyDynamic"], [0.0, 7.5 * HOUR]).values()) == [[0.0, 0.07]]


def test_all_that_is_wrong_with_prices_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    lines = ["0.1"] * 8760
    lines[4], lines[8], lines[9] = "dear", "0,0.1", "1,2,3"
    path.write_text("\n".join(lines), encoding="utf-8")
    told = told_of(OfficeFiles(prices=path))
    assert [problem.split(": ")[0] for problem in told] == [f"{path}, line {line}" for line in (5, 9, 10)]
    path.write_text("0.1\n0.2\n", encoding="utf-8")
    assert "has 2 prices; a year has 8760" in told_of(OfficeFiles(prices=path))[0]


def test_our_own_hourly_prices_have_the_level_and_spread_of_a_market() -> None:
    values = our_own_hourly().values
    mean = sum(values) / len(values)
    assert mean == pytest.approx(0.065, abs=0.003)
    assert 0.045 < min(values) < 0.055
    assert 0.1 < max(values) < 0.2
    nights, evenings = values[3::24], values[18::24]
    assert sum(nights) < 0.9 * sum(evenings)
