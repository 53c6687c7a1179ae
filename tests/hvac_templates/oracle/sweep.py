"""Many variants through the judge, against the signed list of deviations."""

from __future__ import annotations

import json
import random
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
    """A difference from ExpandObjects that is meant, why, and who says so. Type, field and value may be ``*``.

    ``beside`` is a second setting (``TYPE.FIELD=VALUE``), or another template, without which there is no difference.
    ``measured`` says what it comes to in an example on its own days, ours against ExpandObjects', where both run.
    """

    kind: str
    field: str
    value: str
    verdict: str
    reason: str
    signed: str
    beside: str = ""
    measured: str = ""

    def explains(self, variant: Variant, verdict: str) -> bool:
        """Whether this variant's verdict is the one that was meant."""
        meant = verdict == self.verdict and not self.beside
        return meant and self.speaks_of(variant.kind, variant.field, variant.value)

    def speaks_of(self, kind: str, field: str, value: object) -> bool:
        """Whether the deviation is about this setting; ``kind`` is without ``HVACTemplate:``."""
        pairs = ((self.kind, kind), (self.field, field), (self.value, str(value)))
        return all(mine in (ANY, theirs) for mine, theirs in pairs)


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


def sweep(variants: Sequence[Variant], *, jobs: int = 1, run_share: float = 1.0, seed: int = 1) -> Iterator[Swept]:
    """Judge all variants, ``jobs`` at a time, in their order. ``run_share`` of those that are the same in structure
    run nevertheless, drawn by the seed.
    """
    known = deviations()
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="sweep") as pool:
        yield from pool.map(lambda one: _swept(one, known, always_run=_drawn(one, run_share, seed)), variants)


def _drawn(variant: Variant, share: float, seed: int) -> bool:
    return random.Random(f"{seed} {variant.label}").random() < share  # noqa: S311 - not for secrets


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
