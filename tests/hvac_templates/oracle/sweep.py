"""Many variants through the judge, against the signed list of deviations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.hvac_templates.oracle.judge import FAULTS, Judgement, judge
from tests.hvac_templates.oracle.variants import Variant

DEVIATIONS = Path(__file__).with_name("deviations.json")
ANY = "*"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A difference from ExpandObjects that is meant, why, and who says so. Type, field and value may be ``*``."""

    kind: str
    field: str
    value: str
    verdict: str
    reason: str
    signed: str

    def explains(self, variant: Variant, verdict: str) -> bool:
        """Whether this variant's verdict is the one that was meant."""
        pairs = ((self.kind, variant.kind), (self.field, variant.field), (self.value, str(variant.value)))
        return verdict == self.verdict and all(mine in (ANY, theirs) for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Swept:
    """One variant with its judgement, and the reason of the deviation that explains it, if one does."""

    variant: Variant
    judgement: Judgement
    explained: str

    @property
    def unexplained(self) -> bool:
        """Whether somebody has to look at it."""
        return self.judgement.verdict in FAULTS and not self.explained


def deviations() -> tuple[Deviation, ...]:
    """The signed list."""
    return tuple(Deviation(**entry) for entry in json.loads(DEVIATIONS.read_text(encoding="utf-8")))


def sweep(variants: Sequence[Variant], *, jobs: int = 1, always_run: bool = True) -> Iterator[Swept]:
    """Judge all variants, ``jobs`` at a time, in their order."""
    known = deviations()
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="sweep") as pool:
        yield from pool.map(lambda one: _swept(one, known, always_run=always_run), variants)


def _swept(variant: Variant, known: Iterable[Deviation], *, always_run: bool) -> Swept:
    variant, judgement = _judged(variant, always_run=always_run)
    reasons = (one.reason for one in known if one.explains(variant, judgement.verdict))
    return Swept(variant, judgement, next(reasons, ""))


def _judged(variant: Variant, *, always_run: bool) -> tuple[Variant, Judgement]:
    """The judgement on a variant, or where it cannot be run, on the first way to put it that can."""
    first = judge(variant.model(), always_run=always_run)
    if first.verdict == "neither":
        for other in variant.alternatives():
            judgement = judge(other.model(), always_run=always_run)
            if judgement.verdict != "neither":
                return other, judgement
    return variant, first


def table(swept: Iterable[Swept]) -> str:
    """How many variants had which verdict."""
    rows = Counter((one.judgement.verdict, bool(one.explained)) for one in swept)
    return "\n".join(
        f"{count:5d}  {verdict}{' (signed)' if explained else ''}" for (verdict, explained), count in rows.most_common()
    )


def as_json(swept: Iterable[Swept]) -> str:
    """Everything, for other programs."""
    entries = [
        {**asdict(one.variant), **asdict(one.judgement), "explained": one.explained, "unexplained": one.unexplained}
        for one in swept
    ]
    return json.dumps(entries, indent=1)
