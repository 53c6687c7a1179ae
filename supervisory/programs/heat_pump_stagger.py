"""Heat pumps that start one after the other on cold mornings, and after a power cut, so that the peak is small.

All thermostats of a building have the same clock, and a set-back ends with every compressor and every electric back-up
at once. Here units are held before that, and admitted coldest first while the demand of the meter's window allows;
their back-up is locked out meanwhile. After supervisory section 7.9; at most three hours before occupancy (ASHRAE
Guideline 36, warm-up).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.power.demand import DemandWindow
from supervisory.blocks.power.power_watch import PowerWatch, SitePower
from supervisory.blocks.power.stagger import DemandSeen, Stagger, StaggerRules, UnitSeen
from supervisory.blocks.power.unit_load import UnitLoads, UnitRatings, holding_share
from supervisory.blocks.power.unit_site import UnitSite
from supervisory.blocks.time.timers import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, TrueFor, hour_of
from supervisory.blocks.zones.warm_up import WarmUps
from supervisory.program import Command, Context, Parameters, Program, Read


class HeatPumpStaggerSettings(Parameters):
    """Limit, times and ratings."""

    limit_kw: float = Field(gt=0.0, description="Demand that is not to be passed, where no point tells it.")
    occupied_from_h: float = Field(7.0, gt=0.0, le=24.0, description="Hour of the day when zones are to be warm.")
    days: tuple[int, ...] = Field((0, 1, 2, 3, 4), description="Days of the week with people; 0 is Monday.")
    earliest_h: float = Field(3.0, gt=0.0, description="Units are held, and may be started, so long before that.")
    margin_min: float = Field(10.0, ge=0.0, description="The last zone is to be warm so long before that.")
    interval_min: float = Field(4.0, ge=3.0, le=15.0, description="Shortest time between two starts.")
    latest_min: float = Field(30.0, ge=0.0, description="With people there, a unit is held no longer than this.")
    window_min: float = Field(15.0, gt=0.0, description="Length of the meter's demand window.")
    occupied_degc: float = Field(20.0, description="What warm is, where no point tells a zone's set-point.")
    warm_within_k: float = Field(0.5, ge=0.0, description="A zone that is no colder than this below counts as warm.")
    least_degc: float = Field(13.0, description="A zone that is colder is never held.")
    unit_kw: dict[str, float] = Field({}, description="Compressor and fan of each unit at 8.3 °C outdoors.")
    default_kw: float = Field(5.0, gt=0.0, description="The same for a unit that is not named there.")
    share_per_k: float = Field(0.01, description="By how much of it that changes per kelvin outdoors.")
    defrost_share: float = Field(0.1, ge=0.0, description="Of it, what defrosting adds in frost.")
    defrost_below_degc: float = Field(5.0, description="Outdoors; above, nothing frosts.")
    backup_kw: dict[str, float] = Field({}, description="Electric back-up of each unit.")
    backup_below_degc: float = Field(5.0, description="Outdoors; above, thermostats leave it off.")
    base_kw: float = Field(2.0, ge=0.0, description="All else behind the meter, where unit powers are not known.")
    holding_share: float = Field(
        0.8, ge=0.0, le=1.0, description="Of a unit's kW, what a warm zone takes at -10 °C outdoors; none at 15."
    )
    warm_up_k_per_h: float = Field(2.0, gt=0.0, description="How fast a zone warms up, until that has been learned.")
    outage_below_kw: float = Field(0.1, ge=0.0, description="A meter that shows less means a power cut.")
    silent_min: float = Field(3.0, gt=0.0, description="So does a site of which nothing answers for so long.")

    @model_validator(mode="after")
    def _consistent(self) -> HeatPumpStaggerSettings:
        if self.earliest_h > self.occupied_from_h:
            raise ValueError("earliest_h must not reach back over midnight: it is longer than occupied_from_h")
        if not set(self.days) <= set(range(7)):
            raise ValueError("days are 0 (Monday) to 6 (Sunday)")
        if self.margin_min >= self.earliest_h * 60.0:
            raise ValueError("margin_min must be shorter than earliest_h")
        return self

    @property
    def ratings(self) -> UnitRatings:
        """What units take."""
        return UnitRatings(
            self.unit_kw,
            self.default_kw,
            self.share_per_k,
            self.defrost_share,
            self.defrost_below_degc,
            self.backup_kw,
            self.backup_below_degc,
        )

    @property
    def rules(self) -> StaggerRules:
        """The times, in seconds."""
        return StaggerRules(
            interval_s=self.interval_min * SECONDS_PER_MINUTE,
            margin_s=self.margin_min * SECONDS_PER_MINUTE,
            latest_s=self.latest_min * SECONDS_PER_MINUTE,
            relief_s=self.window_min * SECONDS_PER_MINUTE,
        )


class HeatPumpStagger(Program):
    """Zones and units go by the same names in all roles."""

    Settings = HeatPumpStaggerSettings
    period_s = 60.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "electric_power": Read("kW", required=False, many=True),
        "demand_limit": Read("kW", required=False),
        "outdoor_temperature": Read("degC", required=False),
        "zone_temperature": Read("degC", required=False, many=True),
        "occupied_setpoint": Read("degC", required=False, many=True),
        "unit_power": Read("kW", required=False, many=True),
        "unit_enable": Command(minimum=0.0, maximum=1.0, many=True),
        "warm_up": Command(minimum=0.0, maximum=1.0, many=True),
        "backup_lockout": Command(minimum=0.0, maximum=1.0, many=True),
    }

    settings: HeatPumpStaggerSettings

    def on_start(self, ctx: Context) -> None:
        """Begin with nothing held; what was learned stays."""
        settings = self.settings
        self._units = ctx.names("unit_enable")
        self._window = DemandWindow(settings.window_min * SECONDS_PER_MINUTE)
        self._watch = PowerWatch(settings.outage_below_kw, settings.silent_min * SECONDS_PER_MINUTE)
        self._out_for = TrueFor(settings.latest_min * SECONDS_PER_MINUTE)
        self._loads = UnitLoads(settings.ratings, ctx.state)
        self._warm_ups = WarmUps(settings.warm_up_k_per_h, ctx.state)
        self._stagger: Stagger | None = None
        self._opened_on = ""
        self._outdoor_degc: float | None = None
        self._said: frozenset[str] = frozenset()
        for role in ("zone_temperature", "warm_up", "backup_lockout"):
            without = sorted(set(self._units) - set(ctx.names(role)))
            if without:
                ctx.alarm(f"these units have no {role}: {', '.join(without)}")
        misspelt = sorted({*settings.unit_kw, *settings.backup_kw} - set(self._units))
        if misspelt:
            ctx.alarm(f"the parameters rate units that the config does not have: {', '.join(misspelt)}")

    def on_step(self, ctx: Context) -> None:
        """Look, choose who is held and who starts, command that."""
        site, left_s = UnitSite.look(ctx), self._left_s(ctx)
        self._outdoor_degc = self._outdoor_degc if site.outdoor_degc is None else site.outdoor_degc
        power = self._watch.step(ctx.time_s, site.power_kw, site.anything_known)
        units, demand = self._units_seen(ctx, site), self._demand_seen(ctx, site)
        self._open(ctx, left_s, power, units, demand)
        stagger = self._stagger
        if stagger is not None and power is not SitePower.OUT:
            before = set(stagger.admitted)
            stagger.step(ctx.time_s, left_s, units, demand)
            self._learn(ctx, site, stagger, units, stagger.admitted.keys() - before)
            self._stagger = None if stagger.free >= set(self._units) else stagger
        self._command(ctx, left_s)
        self._warn(ctx, site, left_s, power, units)
        self._explain(ctx, units, demand)

    def _left_s(self, ctx: Context) -> float | None:
        """The time until people come today, in the hours before; None at any other time."""
        left_h = self.settings.occupied_from_h - hour_of(ctx)
        is_near = ctx.now.weekday() in self.settings.days and 0.0 < left_h <= self.settings.earliest_h
        return left_h * SECONDS_PER_HOUR if is_near else None

    def _units_seen(self, ctx: Context, site: UnitSite) -> dict[str, UnitSeen]:
        settings, lockouts = self.settings, ctx.names("backup_lockout")
        backups_kw = {name: settings.ratings.backup(name, self._outdoor_degc) for name in self._units}
        cold_by_k = site.cold_by_k(self._units, settings.occupied_degc)
        most_s = settings.earliest_h * SECONDS_PER_HOUR
        return {
            name: UnitSeen(
                kw=self._loads.kw(name, self._outdoor_degc) + (0.0 if name in lockouts else backups_kw[name]),
                warm_up_s=min(self._warm_ups.needed_s(name, cold_by_k[name] - settings.warm_within_k), most_s),
                backup_kw=backups_kw[name] if name in lockouts else 0.0,
                is_warm=cold_by_k[name] <= settings.warm_within_k,
                is_freezing=site.zones_degc.get(name, settings.least_degc) < settings.least_degc,
            )
            for name in self._units
        }

    def _demand_seen(self, ctx: Context, site: UnitSite) -> DemandSeen:
        limit_kw = self.settings.limit_kw if site.limit_kw is None else site.limit_kw
        base_kw = site.base_kw(self._units, self.settings.base_kw)
        holding = holding_share(self.settings.holding_share, self._outdoor_degc)
        if site.power_kw is None:
            return DemandSeen(limit_kw, base_kw, holding)
        clock_s = ctx.now.toordinal() * 24.0 * SECONDS_PER_HOUR + hour_of(ctx) * SECONDS_PER_HOUR
        forecast_kw = self._window.step(clock_s, site.power_kw)
        return DemandSeen(limit_kw, base_kw, holding, site.power_kw, forecast_kw, self._window.left_share)

    def _open(
        self, ctx: Context, left_s: float | None, power: SitePower, units: Mapping[str, UnitSeen], demand: DemandSeen
    ) -> None:
        """Begin to hold: before a morning that would pass the limit, and whenever the power is cut.

        A meter that shows nothing for long has failed, or nobody listens: then nothing is held until it is back.
        """
        rules, today = self.settings.rules, ctx.now.date().isoformat()
        is_near = left_s is not None and self._opened_on != today
        if power is SitePower.OUT:
            self._warm_ups.forget()
            given_up = self._out_for.step(ctx.time_s, True)
            self._stagger = None if given_up else Stagger("the power is cut", ctx.time_s, rules)
            return
        self._out_for.step(ctx.time_s, False)
        if power is SitePower.BACK:
            self._stagger = Stagger("the power is back", ctx.time_s, rules, begun=True)
        elif self._stagger is None and is_near and self._all_at_once_kw(units, demand) > demand.limit_kw:
            self._stagger = Stagger("a cold morning", ctx.time_s, rules)
            self._opened_on = today

    @staticmethod
    def _all_at_once_kw(units: Mapping[str, UnitSeen], demand: DemandSeen) -> float:
        """What the meter would show if all units started together, with their back-up."""
        return demand.base_kw + sum(unit.kw + unit.backup_kw for unit in units.values())

    def _learn(
        self, ctx: Context, site: UnitSite, stagger: Stagger, units: Mapping[str, UnitSeen], new: set[str]
    ) -> None:
        """How fast zones warm up, and what units take while they are led without their back-up."""
        for name in new:
            self._warm_ups.begin(name, ctx.time_s, site.zones_degc.get(name))
        lockouts = ctx.names("backup_lockout")
        for name in stagger.admitted.keys() - stagger.free:
            if name in site.zones_degc:
                self._warm_ups.step(name, ctx.time_s, site.zones_degc[name], units[name].is_warm)
            if name in lockouts and name in site.units_kw and site.outdoor_degc is not None:
                led_s = stagger.led_s(name, ctx.time_s)
                self._loads.learn(name, ctx.time_s, led_s, site.outdoor_degc, site.units_kw[name])

    def _command(self, ctx: Context, left_s: float | None) -> None:
        stagger = self._stagger
        for name in self._units:
            is_held = stagger is not None and name not in stagger.admitted
            is_led = stagger is not None and name not in stagger.free
            _set(ctx, "unit_enable", name, 0.0 if is_held else None)
            _set(ctx, "warm_up", name, 1.0 if is_led and not is_held and left_s is not None else None)
            _set(ctx, "backup_lockout", name, 1.0 if is_led else None)

    def _warn(
        self, ctx: Context, site: UnitSite, left_s: float | None, power: SitePower, units: Mapping[str, UnitSeen]
    ) -> None:
        """Say once what is wrong, as long as it is."""
        unknown = sorted(set(self._units) - site.zones_degc.keys())
        is_late = self._stagger is not None and left_s is None and power is SitePower.ON
        wrong = {
            "there is no power, or the meter has failed": power is SitePower.OUT,
            "the power seems to come and go: nothing is held for that any more": self._watch.flickers,
            "the demand is not known: units are counted by their ratings": site.power_kw is None,
            f"zones of unknown temperature count as the coldest: {', '.join(unknown)}": bool(unknown),
            "zones are not warm yet under this limit": is_late and not all(unit.is_warm for unit in units.values()),
        }
        said = frozenset(message for message, holds in wrong.items() if holds)
        for message in sorted(said - self._said):
            ctx.alarm(message)
        self._said = said

    def _explain(self, ctx: Context, units: Mapping[str, UnitSeen], demand: DemandSeen) -> None:
        stagger = self._stagger
        waiting = stagger.waiting(units) if stagger else []
        why = "nothing is held" if stagger is None else stagger.why
        ctx.explain(
            why=why if stagger is None or stagger.begun else f"{why}: held, there is time",
            waiting=waiting,
            admitted=sorted(stagger.admitted) if stagger else [],
            power_kw=_rounded(demand.power_kw),
            forecast_kw=_rounded(demand.forecast_kw),
            limit_kw=demand.limit_kw,
            next_kw=_rounded(units[waiting[0]].kw) if waiting else None,
            all_at_once_kw=_rounded(self._all_at_once_kw(units, demand)),
            learned=self._loads.learned(),
        )


def _set(ctx: Context, role: str, name: str, value: float | None) -> None:
    """Command or give back, where the config has the point."""
    if name not in ctx.names(role):
        return
    if value is None:
        ctx.release(role, name)
    else:
        ctx.command(role, value, name)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
