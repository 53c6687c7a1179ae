"""Load shift: zones are cooled further before electricity gets dear, give way while it is, and come back in steps.

The prices are a table of the config, as the rate sheet of a site has them; a point that tells the present price may
say that a window is none. After the pre-cooling field tests of LBNL (Xu, Haves, Piette, Braun 2004 and later;
supervisory section 7.10). Heat that a building stores is not counted: how much that is, a study of it tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.power.demand import DemandWindow, spread
from supervisory.blocks.power.price_window import PriceWindow, Shape, ShiftPhase, Stretch, risen, stretch
from supervisory.blocks.time.timers import (
    SECONDS_PER_MINUTE,
    clock_s,
    good_number,
    good_numbers,
    hour_of,
    in_daily_window,
    rounded,
    sum_of_all,
)
from supervisory.blocks.time.working_days import WorkingDays
from supervisory.blocks.zones.shift_zone import ShiftZone, Steps
from supervisory.blocks.zones.sight import warn_of_unread_zones
from supervisory.program import Command, Context, Parameters, Program, Read


class LoadShiftSettings(Parameters):
    """When electricity is dear, and how far zones may go for it."""

    windows: tuple[PriceWindow, ...] = Field(min_length=1, description="Hours in which electricity is dear.")
    days: WorkingDays = Field(WorkingDays(), description="On other days nothing is shifted.")
    price_above: float | None = Field(None, description="With electricity_price: a window below this is none.")
    precool_k: float = Field(1.0, ge=0.0, le=4.0, description="So much cooler before a window; 0 is not at all.")
    precool_h: float = Field(2.0, gt=0.0, le=8.0, description="So long before it.")
    coldest_degc: float = Field(21.5, description="No set-point is brought below this.")
    outdoor_above_degc: float = Field(22.0, description="Outdoor air must be warmer to cool before a window.")
    shape: Shape = Field("exponential", description="How set-points rise across the window, linear or exponential.")
    time_constant_h: float = Field(1.0, gt=0.0, description="Of the exponential rise.")
    comfort_degc: float = Field(26.0, description="Where the rise ends.")
    margin_k: float = Field(0.5, gt=0.0, description="A zone so much above it is given back for the rest of the event.")
    step_k: float = Field(0.5, gt=0.0, description="Set-points go down in steps of this, before and after a window.")
    step_every_min: float = Field(15.0, gt=0.0, description="Time between two of them.")
    spread_min: float = Field(10.0, ge=0.0, description="Zones go down one after the other over this time.")
    limit_kw: float | None = Field(None, gt=0.0, description="Above this forecast demand the next step down waits.")
    window_min: float = Field(15.0, gt=0.0, description="Length of the demand window.")
    exempt: tuple[str, ...] = Field((), description="Zones that take no part.")
    occupied_from_h: float = Field(6.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")
    occupied_to_h: float = Field(19.0, ge=0.0, le=24.0, description="All is given back then, or as a point tells.")

    @model_validator(mode="after")
    def _consistent(self) -> LoadShiftSettings:
        if self.coldest_degc >= self.comfort_degc:
            raise ValueError("coldest_degc must be below comfort_degc")
        if self.spread_min > self.step_every_min:
            raise ValueError("spread_min must not be longer than step_every_min: zones would not move in turn")
        if self.precool_k and any(window.from_h - self.precool_h < 0.0 for window in self.windows):
            raise ValueError("precool_h must not begin before midnight")
        return self


class LoadShift(Program):
    """The zones behind one meter. The three zone roles go by the same names."""

    Settings = LoadShiftSettings
    period_s = 60.0
    priority = 14
    points: ClassVar[Mapping[str, Read | Command]] = {
        "zone_setpoint": Command("degC", minimum=10.0, maximum=35.0, deadband=0.05, many=True),
        "zone_setpoint_in_force": Read("degC", required=False, many=True),
        "zone_temperature": Read("degC", required=False, many=True),
        "outdoor_air_temperature": Read("degC", required=False),
        "electric_power": Read("kW", required=False, many=True),
        "electricity_price": Read(required=False),
        "occupied": Read(required=False, many=True),
    }

    settings: LoadShiftSettings

    def on_start(self, ctx: Context) -> None:
        """Begin without an event."""
        settings = self.settings
        self._demand = DemandWindow(settings.window_min * SECONDS_PER_MINUTE)
        zones = set(ctx.names("zone_setpoint"))
        delays = spread(zones - set(settings.exempt), settings.spread_min * SECONDS_PER_MINUTE)
        ends = (settings.coldest_degc, settings.comfort_degc)
        self._zones = {zone: ShiftZone(delay_s, *ends) for zone, delay_s in delays.items()}
        self._precooling = False
        unread = ("zone_temperature", "zone_setpoint_in_force")
        warn_of_unread_zones(ctx, zones, unread, "will take no part")
        misspelt = sorted(set(settings.exempt) - zones)
        if misspelt:
            ctx.alarm(f"the parameters exempt zones that the config does not have: {', '.join(misspelt)}")
        if settings.limit_kw is not None and not ctx.names("electric_power"):
            ctx.alarm("limit_kw without electric_power holds nothing")

    def on_step(self, ctx: Context) -> None:
        """Find where in the day we are, and bring each zone to where it belongs."""
        forecast_kw = self._forecast_kw(ctx)
        steps = self._steps(forecast_kw)
        occupied = self._occupied(ctx)
        now = self._stretch(ctx)
        self._precooling = now.phase is ShiftPhase.PRECOOLING and occupied and self._warm_enough(ctx)
        self._look_at_zones(ctx)
        if not occupied:
            self._end_event(ctx)
        elif now.phase is ShiftPhase.DEAR:
            self._rise(now)
        elif self._precooling:
            for zone in self._zones.values():
                zone.precool(ctx.time_s, self.settings.precool_k, steps)
        else:
            self._come_back(ctx, steps)
        self._command(ctx)
        self._tell(ctx, now, occupied, steps.held, forecast_kw)

    def _stretch(self, ctx: Context) -> Stretch:
        settings = self.settings
        if not settings.days.counts(ctx.now.date()):
            return Stretch(ShiftPhase.OWN)
        now = stretch(settings.windows, settings.precool_h, ctx.now)
        price = good_number(ctx.reading("electricity_price"))
        cheap = settings.price_above is not None and price is not None and price < settings.price_above
        return Stretch(ShiftPhase.OWN) if now.phase is ShiftPhase.DEAR and cheap else now

    def _look_at_zones(self, ctx: Context) -> None:
        """Learn what zones have of their own; what is too warm or not known takes part no longer."""
        temperatures = good_numbers(ctx.readings("zone_temperature"))
        setpoints = good_numbers(ctx.readings("zone_setpoint_in_force"))
        too_warm_degc = self.settings.comfort_degc + self.settings.margin_k
        for name, zone in self._zones.items():
            zone.see(ctx.time_s, setpoints.get(name))
            if name not in temperatures or (zone.gives_way and temperatures[name] > too_warm_degc):
                zone.give_back(ctx.time_s)
                zone.aborted = True

    def _warm_enough(self, ctx: Context) -> bool:
        """Whether to cool before the window; once it has been, until the window."""
        outdoor = good_number(ctx.reading("outdoor_air_temperature"))
        warm = outdoor is not None and outdoor > self.settings.outdoor_above_degc
        return self.settings.precool_k > 0.0 and (self._precooling or warm)

    def _rise(self, now: Stretch) -> None:
        share = risen(self.settings.shape, now.share, now.length_h, self.settings.time_constant_h)
        for zone in self._zones.values():
            zone.rise(share)

    def _come_back(self, ctx: Context, steps: Steps) -> None:
        for zone in self._zones.values():
            zone.come_back(ctx.time_s, steps)
        if all(zone.setpoint_degc is None for zone in self._zones.values()):
            self._end_event(ctx)

    def _end_event(self, ctx: Context) -> None:
        for zone in self._zones.values():
            zone.give_back(ctx.time_s)
            zone.aborted = False

    def _command(self, ctx: Context) -> None:
        for name, zone in self._zones.items():
            if zone.setpoint_degc is None:
                ctx.release("zone_setpoint", name)
            else:
                ctx.command("zone_setpoint", zone.setpoint_degc, name)

    def _tell(self, ctx: Context, now: Stretch, occupied: bool, held: bool, forecast_kw: float | None) -> None:
        moved = {name: zone.setpoint_degc for name, zone in sorted(self._zones.items()) if zone.setpoint_degc}
        back = "coming back, and waiting for less demand" if held else "coming back"
        why = back if now.phase is ShiftPhase.OWN and moved else now.phase.value
        waiting = now.phase is ShiftPhase.PRECOOLING and not self._precooling
        why = "not warm enough outdoors to cool before the window" if waiting else why
        ctx.explain(
            why=why if occupied else "the building is not occupied",
            setpoints_degc={name: round(degc, 2) for name, degc in moved.items()},
            forecast_kw=rounded(forecast_kw),
            too_warm_or_unknown=sorted(name for name, zone in self._zones.items() if zone.aborted),
        )

    def _forecast_kw(self, ctx: Context) -> float | None:
        power_kw = sum_of_all(ctx.readings("electric_power"))
        return None if power_kw is None else self._demand.step(clock_s(ctx), power_kw)

    def _steps(self, forecast_kw: float | None) -> Steps:
        limit_kw = self.settings.limit_kw
        held = limit_kw is not None and forecast_kw is not None and forecast_kw > limit_kw
        return Steps(self.settings.step_k, self.settings.step_every_min * SECONDS_PER_MINUTE, held)

    def _occupied(self, ctx: Context) -> bool:
        """Whether any point says so; by the hours where none tells."""
        told = good_numbers(ctx.readings("occupied")).values()
        if told:
            return max(told) > 0.5
        return in_daily_window(hour_of(ctx), self.settings.occupied_from_h, self.settings.occupied_to_h)
