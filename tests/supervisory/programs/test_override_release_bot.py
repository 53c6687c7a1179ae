"""The override release bot: what it remembers, when it may act, and how much in a night."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import pytest

from supervisory.programs.override_release_bot import BotSettings, OverrideReleaseBot
from supervisory.site_access import Audit, OccupiedSlot, SlotRelease, site_of
from tests.supervisory.programs.fakes import FakeContext
from utils.values import ObjectRef, ObjectType, OtherValue

BY_HAND = {"release": [{"priorities": [8], "older_than_h": 12, "reason": "forgotten"}]}


class FakeSite:
    """Slots in a list."""

    def __init__(self, *slots: OccupiedSlot) -> None:
        self.slots = list(slots)
        self.unread: dict[str, list[str]] = {}
        self.audits = 0
        self.refuses: set[OccupiedSlot] = set()

    def occupied_slots(self) -> Audit:
        self.audits += 1
        return Audit(tuple(slot for slot in self.slots if slot.device not in self.unread), dict(self.unread))

    def release(self, slots: Sequence[OccupiedSlot]) -> tuple[SlotRelease, ...]:
        for slot in slots:
            if slot not in self.refuses:
                self.slots.remove(slot)
        return tuple(SlotRelease(slot, slot not in self.refuses, "refused" * (slot in self.refuses)) for slot in slots)


class SiteFake(FakeContext):
    """A context with a site."""

    def __init__(self, site: FakeSite, start: datetime) -> None:
        super().__init__(OverrideReleaseBot, start)
        self.site = site


def slot(instance: int = 1, value: float = 21.0, device: str = "ahu", priority: int = 8) -> OccupiedSlot:
    return OccupiedSlot(device, ObjectRef(ObjectType.ANALOG_VALUE, instance), f"Sp{instance}", priority, value)


def start(
    site: FakeSite, at: datetime = datetime(2025, 7, 7, 8, 0), **settings: object
) -> tuple[OverrideReleaseBot, SiteFake]:
    bot = OverrideReleaseBot(BotSettings.model_validate({"rules": BY_HAND, "dry_run": False, **settings}))
    ctx = SiteFake(site, at)
    bot.on_start(ctx)
    return bot, ctx


def hours(bot: OverrideReleaseBot, ctx: SiteFake, count: float) -> None:
    ctx.run(bot, minutes=60.0 * count)


def test_an_override_of_the_morning_is_released_in_the_night_after() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    hours(bot, ctx, 16.9)
    assert site.slots == [slot()]
    hours(bot, ctx, 0.5)
    assert site.slots == []
    assert ctx.alarms == ["forgotten overrides: ahu AnalogValue Sp1 at 8 (forgotten)"]


def test_an_override_of_the_evening_is_too_young_for_this_night() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site, datetime(2025, 7, 7, 20, 0))
    hours(bot, ctx, 12)
    assert site.slots == [slot()]
    hours(bot, ctx, 20)
    assert site.slots == []


def test_an_override_with_a_new_value_is_young_again() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    hours(bot, ctx, 12)
    site.slots = [slot(value=22.0)]
    hours(bot, ctx, 8)
    assert site.slots == [slot(value=22.0)]


def test_an_override_that_was_gone_for_a_while_is_young_again() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    hours(bot, ctx, 12)
    site.slots = []
    hours(bot, ctx, 2)
    site.slots = [slot()]
    hours(bot, ctx, 5)
    assert site.slots == [slot()]


@pytest.mark.parametrize("value", [OtherValue("closed", "CharacterString", "7500"), float("nan")])
def test_what_is_no_number_grows_old_like_any_other_value(value: float) -> None:
    site = FakeSite(slot(value=value))
    bot, ctx = start(site)
    for _ in range(7):
        hours(bot, ctx, 3)
        ctx.state = json.loads(json.dumps(ctx.state, allow_nan=False))
    assert site.slots == []


def test_a_controller_that_was_silent_for_a_while_keeps_its_ages() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    hours(bot, ctx, 12)
    site.unread = {"ahu": ["no answer"]}
    hours(bot, ctx, 3)
    site.unread = {}
    hours(bot, ctx, 3)
    assert site.slots == []
    assert ctx.alarms[0] == "not audited: ahu: no answer"


def test_ages_survive_a_restart_of_the_program() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    hours(bot, ctx, 12)
    bot.on_start(ctx)
    hours(bot, ctx, 6)
    assert site.slots == []


def test_a_dry_run_releases_nothing_and_says_what_it_would() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site, dry_run=True)
    hours(bot, ctx, 20)
    assert site.slots == [slot()]
    assert ctx.facts == {"why": "dry run: nothing is released", "due": ["ahu AnalogValue Sp1 at 8"]}
    assert BotSettings().dry_run


def test_what_no_rule_names_stays_for_ever() -> None:
    site = FakeSite(slot(priority=10))
    bot, ctx = start(site)
    hours(bot, ctx, 72)
    assert site.slots == [slot(priority=10)]
    assert ctx.alarms == []
    assert "no rule names it" in ctx.state["report"]["ahu AnalogValue Sp1 at 10"]


def test_an_occupied_building_is_left_alone_at_night_too() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    ctx.show("occupied", {"ahu": False, "west wing": True})
    hours(bot, ctx, 20)
    assert site.slots == [slot()]


def test_an_unknown_occupancy_counts_as_occupied() -> None:
    site = FakeSite(slot())
    bot, ctx = start(site)
    ctx.show("occupied", {"ahu": False})
    ctx.lose("occupied", "ahu")
    hours(bot, ctx, 17.5)
    assert site.slots == [slot()]
    assert ctx.facts["why"] == "it is not known whether the building is occupied"


def test_releases_come_in_batches_and_end_at_the_most_of_a_night() -> None:
    site = FakeSite(*(slot(number) for number in range(1, 9)))
    bot, ctx = start(site, batch=2, most_per_night=5)
    hours(bot, ctx, 17)
    counts = []
    for _ in range(4):
        ctx.step(bot)
        counts.append(len(site.slots))
    assert counts == [6, 4, 3, 3]
    hours(bot, ctx, 24)
    assert site.slots == []


def test_a_release_that_fails_is_an_alarm_and_is_tried_again_after_the_next_audit() -> None:
    site = FakeSite(slot(1), slot(2))
    site.refuses = {slot(1)}
    bot, ctx = start(site)
    hours(bot, ctx, 17.5)
    assert site.slots == [slot(1)]
    assert ctx.alarms[-1] == "not released: ahu AnalogValue Sp1 at 8: refused"
    site.refuses = set()
    hours(bot, ctx, 1)
    assert site.slots == []


def test_the_site_is_audited_every_hour_and_not_with_every_step() -> None:
    site = FakeSite()
    bot, ctx = start(site)
    hours(bot, ctx, 6)
    assert site.audits == 6


def test_the_bot_asks_for_the_site_and_other_contexts_have_none() -> None:
    assert OverrideReleaseBot.needs_site
    site = FakeSite()
    assert site_of(SiteFake(site, datetime(2025, 7, 7))) is site
