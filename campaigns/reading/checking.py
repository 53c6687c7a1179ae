"""What keeps a cell from being run, found before any is: days, points, plant parameters, programs, folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from campaigns.cell import EMBEDDED, CellParameters, Hashes
from campaigns.running.controllers import equipment_hashes
from campaigns.running.programs_config import hashes_of, planned
from campaigns.running.simulations import office_files
from campaigns.running.times import PERIOD_DAYS, start_of
from emulators.door import PERIODS, EmbeddedTest, OfficeFiles, PointMeta, office_with, parameter_problems
from equipment.config import load_equipment_files
from utils.errors import ConfigError, Problem
from utils.home import install
from utils.names import did_you_mean
from utils.unit_conversion import UnitConverter

_NEEDS_SUPERVISE = "belongs to programs; say with supervise which config they have"


@dataclass(slots=True)
class Checking:
    """Checks cells of one campaign; what many have in common is looked at once."""

    folder: Path
    _programs: dict[str, tuple[Hashes, tuple[str, ...]]] = field(default_factory=dict)
    _offices: dict[OfficeFiles, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    _folders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _policies: dict[str, tuple[Hashes, tuple[Problem, ...]]] = field(default_factory=dict)

    def problems_of(self, cell: CellParameters) -> Iterator[Problem]:
        """Keys and what is wrong with them."""
        yield from _when(cell)
        yield from _building(cell)
        if cell.is_embedded:
            yield from (Problem("building", told) for told in self._office(cell))
        yield from _acting(cell)
        if cell.supervise is not None:
            yield from (Problem("supervise", told) for told in self._looked_at(cell)[1])
        if cell.policy is not None:
            yield from self._policy(cell)[1]
        if cell.controllers is not None:
            yield from (Problem("controllers", told) for told in self._equipments(cell.controllers))

    def hashes_of(self, cell: CellParameters) -> Hashes:
        """What its results depend on beside its parameters."""
        if cell.controllers is not None:
            return equipment_hashes(self.folder / cell.controllers)
        if cell.policy is not None:
            return self._policy(cell)[0]
        return self._looked_at(cell)[0] if cell.supervise is not None else Hashes()

    def office_of(self, cell: CellParameters) -> str:
        """The identity of its embedded building, in which its weather and prices are; nothing for a server's."""
        return self._office_at(cell)[0] if cell.is_embedded else ""

    def _office(self, cell: CellParameters) -> tuple[str, ...]:
        return self._office_at(cell)[1]

    def _office_at(self, cell: CellParameters) -> tuple[str, tuple[str, ...]]:
        files = office_files(cell, self.folder)
        if files not in self._offices:
            try:
                self._offices[files] = EmbeddedTest(office_with(files, {})).identity, ()
            except ConfigError as error:
                self._offices[files] = "", tuple(str(problem) for problem in error.problems)
        return self._offices[files]

    def _equipments(self, name: str) -> tuple[str, ...]:
        """What is wrong with the configs of a folder."""
        folder = self.folder / name
        if name not in self._folders:
            try:
                load_equipment_files(folder, "SI", UnitConverter())
                self._folders[name] = ()
            except ConfigError as error:
                self._folders[name] = tuple(str(problem) for problem in error.problems)
        return self._folders[name] if folder.is_dir() else (f"{folder} is no folder",)

    def _policy(self, cell: CellParameters) -> tuple[Hashes, tuple[Problem, ...]]:
        if find_spec("gymnasium") is None:
            return Hashes(), (Problem("policy", f"needs Gymnasium, which is not installed: {install('learning')}"),)
        from campaigns.running.policies import look_at_policy

        key = json.dumps([cell.policy, cell.spaces, cell.days])
        if key not in self._policies:
            try:
                self._policies[key] = look_at_policy(cell, self.folder), ()
            except ConfigError as error:
                self._policies[key] = Hashes(), tuple(error.problems)
        return self._policies[key]

    def _looked_at(self, cell: CellParameters) -> tuple[Hashes, tuple[str, ...]]:
        key = json.dumps([cell.supervise, cell.programs, cell.parameters], sort_keys=True)
        if key not in self._programs:
            try:
                with planned(cell, self.folder) as plan:
                    self._programs[key] = hashes_of(plan, cell, self.folder), ()
            except ConfigError as error:
                self._programs[key] = Hashes(), tuple(str(problem) for problem in error.problems)
        return self._programs[key]


def _when(cell: CellParameters) -> Iterator[Problem]:
    if (cell.day is None) == (cell.period is None):
        yield Problem("day", "or period says when a cell is; write one of them")
    try:
        start_of(cell.day)
    except ValueError as error:
        yield Problem("day", str(error))
    if cell.period is not None and cell.days is not None and cell.days > PERIOD_DAYS:
        yield Problem("days", f"a period ends after {PERIOD_DAYS:g} days")
    if cell.period is not None and cell.is_embedded and cell.period not in PERIODS:
        near = did_you_mean(cell.period, PERIODS) or f"; there is {', '.join(PERIODS)}"
        yield Problem("period", f"the embedded building has no period {cell.period!r}{near}")


def _building(cell: CellParameters) -> Iterator[Problem]:
    if not cell.is_embedded and not cell.building.startswith(("http://", "https://")):
        near = (
            did_you_mean(cell.building, [EMBEDDED]) or "; it is embedded, or an address like http://192.168.1.20:5000"
        )
        yield Problem("building", f"{cell.building!r} is no building{near}")
    elif "@" in cell.building:
        yield Problem("building", "it holds an account, and is printed; BOP_API_KEY is what is sent as Authorization")
    for key in ("plant", "weather", "prices", "as_boptest"):
        if getattr(cell, key) and not cell.is_embedded:
            yield Problem(key, "only the embedded building can be changed; leave it out")
        elif getattr(cell, key) and cell.controllers is not None:
            yield Problem(key, "controllers run the building as it is; leave it out")
    if cell.is_embedded:
        if cell.test_case is not None:
            yield Problem("test_case", "belongs to a server; the embedded building has one case")
        yield from (Problem(f"plant.{name}", what) for name, what in parameter_problems(cell.plant))
        yield from _held(cell)


def _held(cell: CellParameters) -> Iterator[Problem]:
    inputs = _inputs()
    bases = [name.removesuffix("_u") for name in inputs if name.endswith("_u")]
    for base, value in cell.hold.items():
        meta, where = inputs.get(f"{base}_u"), f"hold.{base}"
        if meta is None:
            near = did_you_mean(base, bases) or f"; it has {', '.join(bases[:3])} and so on"
            yield Problem(where, f"the building has no such input{near}")
        elif meta.minimum is not None and meta.maximum is not None and not meta.minimum <= value <= meta.maximum:
            yield Problem(where, f"{value:g} is outside of {meta.minimum:g} to {meta.maximum:g} {meta.unit}")


@cache
def _inputs() -> dict[str, PointMeta]:
    return dict(EmbeddedTest().inputs)


def _acting(cell: CellParameters) -> Iterator[Problem]:
    """Who acts on the building: one of all kinds, and nothing that belongs to another."""
    for key in ("programs", "parameters"):
        if getattr(cell, key) and cell.supervise is None:
            yield Problem(key, _NEEDS_SUPERVISE)
    if cell.spaces is not None and cell.policy is None:
        yield Problem("spaces", "belongs to a policy; say with policy which it is")
    kinds = [key for key in ("hold", "supervise", "controllers", "policy") if getattr(cell, key)]
    if len(kinds) > 1:
        yield Problem(kinds[1], f"and {kinds[0]} cannot act on a building together; keep one")
    if cell.supervise is not None and cell.step_s is not None:
        yield Problem("step_s", "the config of the programs says the step; leave it out")
    if cell.policy is not None and cell.step_s is not None:
        yield Problem("step_s", "the spaces of the policy say the step; leave it out")
