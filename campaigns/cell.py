"""A cell of a campaign as values: what it is, what is handed to whoever runs it, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

EMBEDDED = "embedded"
CONTROLLERS = "controllers"
"""What cells queue for that use real ones, on this computer."""

Price = Literal["constant", "dynamic", "highly_dynamic"]


class CellParameters(BaseModel):
    """What a cell says, key by key. Times in days and s, all else in SI units."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    building: str = Field(EMBEDDED, description="`embedded`, or the URL of a BOPTEST server.")
    test_case: str | None = Field(None, description="The server's test case, where it has several.")
    day: int | str | None = Field(
        None, description="The day that it begins on: 07-06, 2023-07-06, with a time of day behind it; or 0 to 364."
    )
    period: str | None = Field(None, description="One of BOPTEST's periods, in the place of a day.")
    days: float | None = Field(
        None, gt=0.0, le=365.0, description="How long it is. 1 when absent; with a period the whole of it."
    )
    warmup_days: float | None = Field(
        None,
        ge=0.0,
        le=365.0,
        description="What is simulated before. 0 when absent, as the embedded building starts settled; 7 on a server.",
    )
    step_s: float | None = Field(
        None, gt=0.0, description="Seconds of an advance. 900 when absent; programs and controllers have their own."
    )
    price: Price = Field("constant", description="Of electricity: constant, dynamic or highly_dynamic.")
    plant: dict[str, float] = Field(
        {}, description="Parameters of the embedded building that differ, such as envelope.window_w_m2k."
    )
    weather: str | None = Field(
        None, description="The embedded building's weather: an EnergyPlus weather file, relative to this file."
    )
    prices: str | None = Field(
        None, description="Prices of highly_dynamic: a CSV with one for each hour of the year, relative to this file."
    )
    as_boptest: bool = Field(
        False, description="true starts cold and with the oversized valve, as BOPTEST's building; warm up for 7 days."
    )
    hold: dict[str, float] = Field(
        {}, description="Inputs of the building that are held all the time, without _u: hvac_oveAhu_TSupSet."
    )
    supervise: str | None = Field(
        None, description="The config of supervisory programs with the simulation, relative to this file."
    )
    programs: list[str] = Field([], description="Which of its programs run; all when absent.")
    parameters: dict[str, dict[str, Any]] = Field(
        {}, description="Parameters of programs that differ from the config's, by program."
    )
    controllers: str | None = Field(
        None, description="A folder of equipment configs: real controllers run the building, one cell after another."
    )
    policy: str | None = Field(
        None, description="A policy over the learning environment, file.py:NAME, relative to this file (see below)."
    )
    spaces: str | None = Field(
        None,
        description="What a policy sees and does, a file of spaces; what ships when absent.",
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Of everything random, programs' random included.")

    @field_validator("day", mode="before")
    @classmethod
    def _is_a_day(cls, day: object) -> object:
        if day is not None and (isinstance(day, bool) or not isinstance(day, int | str)):
            raise ValueError(f"{day!r} is no day; write 07-06, 2023-07-06, '07-06 05:30', or a number of the year")
        return day

    @property
    def is_embedded(self) -> bool:
        """Whether the building is the one in this process."""
        return self.building == EMBEDDED

    @property
    def resource(self) -> str | None:
        """What only so many cells may use at a time: controllers, or a server."""
        if self.controllers is not None:
            return CONTROLLERS
        return None if self.is_embedded else self.building


@dataclass(frozen=True, slots=True)
class Hashes:
    """What a cell was made of beyond its parameters; empty where there is none."""

    config: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``number`` counts from 1, in the order of the file; ``digest`` is of all that decides its results."""

    number: int
    parameters: CellParameters
    hashes: Hashes
    digest: str


@dataclass(frozen=True, slots=True)
class Task:
    """A cell for whoever runs it, in whichever process: plain values, paths absolute.

    ``recording`` is the folder for its recording; None keeps none.
    """

    number: int
    parameters: CellParameters
    hashes: Hashes
    folder: str
    env: str
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class CellResult:
    """What came of a cell. ``kpis`` by name; ``building`` and ``versions`` say what computed them.

    ``recording`` is relative to the campaign's folder. ``wall_s`` is what the cell took, and ``began_s`` when.
    """

    number: int
    kpis: Mapping[str, float | None]
    building: str
    versions: Mapping[str, str]
    worker: str
    began_s: float
    wall_s: float
    recording: str = ""
    alarms: tuple[str, ...] = field(default=())
