"""Which office is emulated: the usual one, BOPTEST's, or a user's own weather, parameters and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emulators.plants.epw import read_epw
from emulators.plants.multizone_office.bench.people import USUAL_SEED
from emulators.plants.multizone_office.building import built
from emulators.plants.multizone_office.files.parameter_file import read_parameters
from emulators.plants.multizone_office.parameters import OfficeParameters, as_boptest
from emulators.plants.multizone_office.plant import MultizoneOffice
from emulators.plants.prices import HourlyPrices, read_hourly
from emulators.plants.weather import WeatherYear
from utils.errors import ConfigError, Problem, Problems


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """What a user gives of the building. None stands for what ships."""

    weather: Path | None = None
    parameters: Path | None = None
    prices: Path | None = None
    as_boptest: bool = False
    people_seed: int | None = None

    @property
    def options(self) -> list[str]:
        """The same as options of ``emulate``."""
        files = {"--weather": self.weather, "--parameters": self.parameters, "--prices": self.prices}
        named = [word for option, path in files.items() if path for word in (option, str(path.resolve()))]
        seed = [] if self.people_seed is None else ["--people-seed", str(self.people_seed)]
        return [*named, *(["--as-boptest"] if self.as_boptest else []), *seed]

    def as_fact(self) -> dict[str, object]:
        """The same as a recording tells it: files by their whole path."""
        files = {"weather": self.weather, "parameters": self.parameters, "prices": self.prices}
        named: dict[str, object] = {name: str(path.resolve()) for name, path in files.items() if path}
        return {**named, "as_boptest": self.as_boptest, "people_seed": self.people_seed}

    @classmethod
    def of_fact(cls, told: Mapping[str, object]) -> OfficeFiles:
        """What a recording tells; what it does not tell is what ships."""
        weather, parameters, prices = (
            Path(path) if isinstance(path := told.get(name), str) else None
            for name in ("weather", "parameters", "prices")
        )
        seed = told.get("people_seed")
        return cls(weather, parameters, prices, told.get("as_boptest") is True, seed if isinstance(seed, int) else None)


@dataclass(frozen=True, slots=True)
class OfficeVariant:
    """What makes one office after the other, all alike. The people of ``people_seed`` are in the bench's case only."""

    parameters: OfficeParameters | None = None
    year: WeatherYear | None = None
    hourly: HourlyPrices | None = None
    people_seed: int = USUAL_SEED

    def __call__(self) -> MultizoneOffice:
        """A new office."""
        return MultizoneOffice(self.parameters, year=self.year, hourly=self.hourly)


def read_variant(files: OfficeFiles) -> OfficeVariant:
    """The office of these files. Raises ConfigError with all that is wrong with all of them."""
    usual = as_boptest() if files.as_boptest else OfficeParameters()
    parameters, year, hourly = usual, None, None
    problems = Problems()
    with problems.collecting():
        year = read_epw(files.weather) if files.weather else None
    with problems.collecting():
        parameters = read_parameters(files.parameters, usual) if files.parameters else usual
        refuse_no_building(parameters, str(files.parameters))
    with problems.collecting():
        hourly = read_hourly(files.prices) if files.prices else None
    problems.refuse()
    seed = USUAL_SEED if files.people_seed is None else files.people_seed
    return OfficeVariant(parameters, year, hourly, seed)


def refuse_no_building(parameters: OfficeParameters, where: str) -> None:
    """Raises ConfigError where parameters that are sound each for itself cannot be together."""
    try:
        built(parameters)
    except (ArithmeticError, ValueError) as error:
        what = f"what differs there makes no building ({error}); keep nearer to the usual numbers"
        raise ConfigError([Problem(where, what)]) from error
