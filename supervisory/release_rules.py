"""Which overrides of other people may be released: the rule file of the override audit and of the release bot.

Nothing is released that no rule names. What keeps life and equipment safe (priorities 1, 2 and 5) and the minimum
on and off times (6) can not be named at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from equipment.config_json import Keys, check, read_document
from supervisory.site_access import OccupiedSlot
from utils.bacnet import kebab_type

UNTOUCHABLE: Final = frozenset({1, 2, 5, 6})
"""Manual and automatic life safety, critical equipment control, minimum on/off (ASHRAE 135, table of priorities)."""

_ALL = ("*",)
_Patterns = Annotated[tuple[str, ...], Field(min_length=1)]
_Priority = Annotated[int, Field(ge=1, le=16)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    devices: _Patterns = Field(_ALL, description="Patterns of controllers' names or addresses.")
    objects: _Patterns = Field(_ALL, description='Patterns such as "AnalogValue *Sp" or "analog-value,7".')
    reason: str = Field("", description="Why; shown with every slot that the rule decides on.")

    def names(self, slot: OccupiedSlot) -> bool:
        """Whether the slot's controller and object match."""
        spellings = (f"{slot.ref.bacnet_type} {slot.name}", _bacnet_spelling(slot))
        return _any_match((slot.device,), self.devices) and _any_match(spellings, self.objects)


class KeepRule(_Rule):
    """Slots that stay, whatever else the rules say."""

    priorities: tuple[_Priority, ...] = Field((), description="Empty: all.")

    def applies(self, slot: OccupiedSlot) -> bool:
        """Whether this rule keeps the slot."""
        return (not self.priorities or slot.priority in self.priorities) and self.names(slot)


class ReleaseRule(_Rule):
    """Slots that may be released."""

    priorities: tuple[_Priority, ...] = Field(description="Usually 8, by hand.")
    older_than_h: float | None = Field(None, ge=0.0, description="Only what has stood for so many hours.")

    @field_validator("priorities")
    @classmethod
    def _touchable(cls, priorities: tuple[int, ...]) -> tuple[int, ...]:
        if not priorities:
            raise ValueError("name the priorities that may be released; by hand is 8")
        forbidden = sorted(UNTOUCHABLE.intersection(priorities))
        if forbidden:
            listed = ", ".join(map(str, forbidden))
            raise ValueError(f"{listed}: life safety, critical equipment and minimum times are never released by rule")
        return priorities

    def applies(self, slot: OccupiedSlot) -> bool:
        """Whether this rule is about the slot, its age left aside."""
        return slot.priority in self.priorities and self.names(slot)

    def is_old_enough(self, age_h: float | None) -> bool:
        """Whether the slot has stood for long enough; never with an unknown age where the rule asks for one."""
        return self.older_than_h is None or (age_h is not None and age_h >= self.older_than_h)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a slot may be released, and which rule says so."""

    release: bool
    reason: str


class ReleaseRules(BaseModel):
    """The whole rule file. Keep beats release; the first rule that fits gives the reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    release: tuple[ReleaseRule, ...] = ()
    keep: tuple[KeepRule, ...] = ()

    def judge(self, slot: OccupiedSlot, age_h: float | None = None) -> Verdict:
        """What is to be done about a slot that has been occupied for ``age_h`` hours (None: nobody knows)."""
        if slot.priority in UNTOUCHABLE:
            return Verdict(False, f"priority {slot.priority} is never released by rule")
        for number, kept in enumerate(self.keep, 1):
            if kept.applies(slot):
                return Verdict(False, kept.reason or f"kept by rule {number}")
        return self._judge_by_release_rules(slot, age_h)

    def _judge_by_release_rules(self, slot: OccupiedSlot, age_h: float | None) -> Verdict:
        too_young = None
        for number, rule in enumerate(self.release, 1):
            if not rule.applies(slot):
                continue
            if rule.is_old_enough(age_h):
                return Verdict(True, rule.reason or f"release rule {number}")
            too_young = too_young or Verdict(False, f"not known to be older than {rule.older_than_h:g} h")
        return too_young or Verdict(False, "no rule names it")


_KNOWN_KEYS: Keys = {
    (): tuple(ReleaseRules.model_fields),
    ("release",): tuple(ReleaseRule.model_fields),
    ("keep",): tuple(KeepRule.model_fields),
}


def load_rules(path: Path) -> ReleaseRules:
    """Read a rule file (JSON). Raises :class:`ConfigError` with everything that is wrong in it."""
    return check(read_document(path), ReleaseRules, _KNOWN_KEYS)


def _any_match(texts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) for text in texts for pattern in patterns)


def _bacnet_spelling(slot: OccupiedSlot) -> str:
    return f"{kebab_type(slot.ref.bacnet_type)},{slot.ref.instance}"
