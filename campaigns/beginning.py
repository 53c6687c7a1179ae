"""A campaign that begins, and one that goes on: the same cells over the same building, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from campaigns.cell import Cell
from campaigns.reading import CampaignPlan, plan_campaign
from campaigns.store import DONE, SUFFIX, CampaignStore
from emulators.door import EmbeddedTest
from utils.clocks import HOST, Clocks
from utils.errors import ConfigError, Problem
from utils.home import CALLED


def store_of(file: Path) -> Path:
    """The file of a campaign: the one that is named, or the one beside the file that it is of."""
    return file if file.suffix == SUFFIX else file.with_suffix(SUFFIX)


def begun(file: Path, store: Path, clocks: Clocks = HOST) -> CampaignStore:
    """Begin the campaign of a file. Raises :class:`ConfigError`, also where it has begun already."""
    plan = plan_campaign(file)
    if not store.absolute().parent.is_dir():
        raise ConfigError([Problem(str(store), "its folder does not exist; make it first")])
    if store.exists():
        _make_way(store)
    facts = {
        "file": str(plan.file),
        "title": plan.title,
        "record": plan.settings.record,
        "server_tests": plan.settings.server_tests,
        "began_s": clocks.wall(),
        "building": EmbeddedTest().identity,
    }
    return CampaignStore.create(store, facts, plan.cells)


def resumed(store: Path, source: Path | None) -> CampaignStore:
    """Open a campaign to go on with; ``source`` is the file that it is of, where it is not where it was.

    Raises :class:`ConfigError` where that was changed since it began: old results and new ones would not be of one
    campaign.
    """
    found = CampaignStore(store)
    facts = found.facts
    problems = [*_building_problems(facts, store)]
    file = source or Path(str(facts["file"]))
    if source is not None or file.exists():
        problems += _changes(plan_campaign(file), [row.cell for row in found.rows()])
    if problems:
        found.close()
        raise ConfigError(problems)
    return found


def _make_way(store: Path) -> None:
    """One in which no cell has begun yet can be begun anew. Raises :class:`ConfigError` for all others."""
    found = CampaignStore(store)
    try:
        rows = found.rows()
        if any(row.attempts for row in rows):
            done = sum(row.state == DONE for row in rows)
            what = f"has {done} of {len(rows)} cells done already; go on with: {CALLED} campaign resume {store}"
            raise ConfigError([Problem(store.name, f"{what}; or keep another with --store")])
        with found.held():
            store.unlink()
    finally:
        found.close()


def _building_problems(facts: dict[str, object], store: Path) -> Iterable[Problem]:
    now = EmbeddedTest().identity
    if facts["building"] != now:
        what = f"began with another building ({facts['building']}; this is {now}): its cells could not be compared"
        yield Problem(store.name, f"{what}; go on with the version that it began with, or begin anew with --store")


def _changes(plan: CampaignPlan, begun_with: Sequence[Cell]) -> list[Problem]:
    where, advice = plan.file.name, "put it back, or begin another campaign with --store"
    if len(plan.cells) != len(begun_with):
        what = f"was changed since the campaign began: it had {len(begun_with)} cells and has {len(plan.cells)}"
        return [Problem(where, f"{what}; {advice}")]
    changed = [pair for pair in zip(begun_with, plan.cells, strict=True) if pair[0].digest != pair[1].digest]
    if not changed:
        return []
    before, now = changed[0]
    what = f"was changed since the campaign began ({len(changed)} of its cells, the first is {before.number}: "
    return [Problem(where, f"{what}{_difference(before, now)}); {advice}")]


def _difference(before: Cell, now: Cell) -> str:
    old, new = before.parameters.model_dump(), now.parameters.model_dump()
    told = [f"{key} was {old[key]!r} and is {new[key]!r}" for key in old if old[key] != new[key]]
    if told:
        return ", ".join(told)
    if before.hashes == now.hashes:
        return "its weather or prices have other numbers"
    which = "config" if before.hashes.config != now.hashes.config else "program"
    return f"the {which} that supervise names has another text"
