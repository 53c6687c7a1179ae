"""Tests air handlers at night, one at a time: dampers, valves and sensors, by moving them and looking at the air.

The tolerances are those of ASHRAE Guideline 36, 5.16.14, which finds faults in passing; the active tests and what is
concluded from them are this bench's own (supervisory section 7.11). Whatever ends a course, everything is given back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from supervisory.blocks.commissioning import (
    AirHandler,
    AirSeen,
    CommissioningCourse,
    CommissioningSettings,
    CourseTold,
    Ruling,
    Stage,
    ZoneDrift,
    air_objection,
    commissioning_page,
    findings_of,
    site_objection,
    stages_of,
)
from supervisory.blocks.time.timers import SECONDS_PER_HOUR, hour_of, in_daily_window
from supervisory.program import Command, Context, Program, Read

_IN_FORCE_S = 90.0
"""After so long what an object holds is what it was commanded, or somebody else commands it."""
_AIR_COUNTS_S = 120.0
"""After so long of flowing air ducts show what flows in them, not what stood there."""
_SEEN_EVERY_S = 120.0
"""Who sees less than that has neither a slope nor an eye on the air."""
_ONE_NIGHT = timedelta(hours=12)


class AirHandlerCommissioning(Program):
    """All roles but the zones', ``occupied`` and ``alarm`` go by the air handlers' names."""

    Settings = CommissioningSettings
    period_s = 30.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "fan_speed": Command("percent", minimum=0.0, maximum=100.0, many=True),
        "outdoor_damper": Command("percent", minimum=0.0, maximum=100.0, many=True),
        "return_damper": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
        "exhaust_damper": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
        "heating_valve": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
        "cooling_valve": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
        "heating_pump": Command(minimum=0.0, maximum=1.0, many=True, required=False),
        "cooling_pump": Command(minimum=0.0, maximum=1.0, many=True, required=False),
        "mixed_air_temperature": Read("degC", required=False, many=True),
        "return_air_temperature": Read("degC", required=False, many=True),
        "supply_air_temperature": Read("degC", required=False, many=True),
        "outdoor_air_temperature": Read("degC", required=False, many=True),
        "shared_outdoor_air_temperature": Read("degC", required=False, many=True),
        "supply_airflow": Read("m**3/s", required=False, many=True),
        "fan_status": Read(required=False, many=True),
        "fan_speed_in_force": Read("percent", required=False, many=True),
        "outdoor_damper_in_force": Read("percent", required=False, many=True),
        "heating_valve_in_force": Read("percent", required=False, many=True),
        "cooling_valve_in_force": Read("percent", required=False, many=True),
        "zone_temperature": Read("degC", required=False, many=True),
        "occupied": Read(required=False, many=True),
        "alarm": Read(required=False, many=True),
    }

    settings: CommissioningSettings

    def on_start(self, ctx: Context) -> None:
        """Begin with nothing under test; a course that was cut off with the last life is told."""
        self._under_test: _UnderTest | None = None
        names = ctx.names("fan_speed")
        handlers = [
            AirHandler(ctx, name, self.settings.fan_speed_pct, self.settings.fan_on_above_m3_s) for name in names
        ]
        for handler in handlers:
            if missing := handler.lacking(ctx):
                ctx.alarm(f"{handler.name} cannot be tested, the config has no {', no '.join(missing)} of it")
            if _past(ctx, handler.name).get("running"):
                ctx.alarm(f"the tests of {handler.name} were cut off by the end of the program")
                _note(ctx, handler.name, running=False)
        self._handlers = [handler for handler in handlers if not handler.lacking(ctx)]

    def on_step(self, ctx: Context) -> None:
        """Go on with the air handler under test, or begin with the next that is due."""
        if self._under_test is None:
            self._begin(ctx)
        if self._under_test is not None:
            self._go_on(ctx, self._under_test)

    def on_stop(self, ctx: Context) -> None:
        """What was found until now is told; everything has been given back before."""
        if self._under_test is not None:
            self._under_test.course.cut_off(ctx.stop_reason or "the program was stopped")
            self._finish(ctx, self._under_test)

    def _begin(self, ctx: Context) -> None:
        """Take the first that is due, where nothing speaks against it."""
        due = [handler for handler in self._handlers if self._is_due(ctx, handler.name)]
        if not due:
            reports = {handler.name: _past(ctx, handler.name).get("report") for handler in self._handlers}
            ctx.explain(why="no air handler is due", due=[], reports=reports)
            return
        why = self._objection(ctx, due[0])
        if why:
            ctx.explain(why=why, due=[handler.name for handler in due])
            return
        stages = stages_of(due[0].parts)
        course = CommissioningCourse(stages, self.settings.pace, ctx.time_s)
        self._under_test = _UnderTest(due[0], stages, course, ZoneDrift(ctx, self.settings.drift_k), ctx.now)
        _note(ctx, due[0].name, tried=ctx.now.isoformat(), running=True)

    def _is_due(self, ctx: Context, name: str) -> bool:
        past = _past(ctx, name)
        tried, done = (datetime.fromisoformat(past[key]) if key in past else None for key in ("tried", "done"))
        is_tried = tried is not None and ctx.now - tried < _ONE_NIGHT
        is_done = done is not None and ctx.now - done < timedelta(days=self.settings.every_days) - _ONE_NIGHT
        return not (is_tried or is_done)

    def _objection(self, ctx: Context, handler: AirHandler) -> str:
        """Why no course begins now; empty when one may."""
        settings = self.settings
        longest_h = settings.pace.longest_s(len(stages_of(handler.parts))) / SECONDS_PER_HOUR
        left_h = (settings.to_h - hour_of(ctx)) % 24.0
        if not in_daily_window(hour_of(ctx), settings.from_h, settings.to_h) or left_h < longest_h:
            return "not in the hours of the night"
        outdoor = handler.outdoor_degc(ctx)
        if outdoor is None:
            return "it is not known how warm it is outdoors"
        if not settings.outdoor_least_degc <= outdoor <= settings.outdoor_most_degc:
            return f"{outdoor:.1f} °C outdoors is out of the range for tests"
        return site_objection(ctx)

    def _go_on(self, ctx: Context, test: _UnderTest) -> None:
        course = test.course
        seen = test.handler.see(ctx)
        if isinstance(seen, str):
            course.cut_off(seen)
        else:
            test.air_since_s = (test.air_since_s or ctx.time_s) if seen.air_flows else None
            why = next(filter(None, self._objections(ctx, test, seen)), "")
            if why:
                course.cut_off(why)
            else:
                course.step(ctx.time_s, seen)
        if course.stage is None:
            test.handler.let_go(ctx)
            self._finish(ctx, test)
            return
        test.handler.put(ctx, course.stage)
        rate = None if course.rate_k_min is None else round(course.rate_k_min, 2)
        ctx.explain(why=course.stage.words, air_handler=test.handler.name, k_per_min=rate)

    def _objections(self, ctx: Context, test: _UnderTest, seen: AirSeen) -> Iterator[str]:
        """Why the course must not go on; empty texts where nothing speaks against it."""
        settings, course = self.settings, test.course
        if not in_daily_window(hour_of(ctx), settings.from_h, settings.to_h):
            yield "the night is over"
        unseen_s = ctx.time_s - course.seen[-1][0] if course.seen else 0.0
        if unseen_s > _SEEN_EVERY_S:
            yield f"nothing was seen for {unseen_s:.0f} s; it takes a look every {_SEEN_EVERY_S:.0f} s"
        if test.air_since_s is not None and ctx.time_s - test.air_since_s >= _AIR_COUNTS_S:
            yield air_objection(seen, settings.freeze_degc, settings.hot_degc)
        if course.stage is not None and ctx.time_s - course.stage_since_s >= _IN_FORCE_S:
            yield test.handler.is_commanded_otherwise(ctx, course.stage)
        yield test.drift.objection(ctx)
        yield site_objection(ctx)

    def _finish(self, ctx: Context, test: _UnderTest) -> None:
        """Conclude, and tell: a page, an alarm for what people should look at, and a line in the step log."""
        self._under_test = None
        name, course = test.handler.name, test.course
        tolerances = self.settings.tolerances(shared=test.handler.shares_outdoor_sensor)
        findings = findings_of(course, test.stages, tolerances)
        told = CourseTold(name, test.began, course, test.stages, findings, tolerances, test.drift.largest_k)
        where = ctx.publish(f"{name}.html", commissioning_page(told))
        failed = [finding.test for finding in findings if finding.verdict.outcome is Ruling.FAILED]
        said = [f"failed: {', '.join(failed)}"] if failed else []
        said += [f"cut off: {course.cut}"] if course.cut else []
        if said:
            ctx.alarm(f"{name}: {'; '.join(said)}; the report is {where}")
        results = {finding.test: finding.verdict.outcome.value for finding in findings}
        done = {} if course.cut else {"done": ctx.now.isoformat()}
        _note(ctx, name, running=False, results=results, cut=course.cut, report=where, **done)
        ctx.explain(why=course.cut or "done", air_handler=name, results=results, report=where)


@dataclass
class _UnderTest:
    """The air handler under test, and what is watched meanwhile."""

    handler: AirHandler
    stages: tuple[Stage, ...]
    course: CommissioningCourse
    drift: ZoneDrift
    began: datetime
    air_since_s: float | None = None


def _past(ctx: Context, name: str) -> Mapping[str, Any]:
    """What is remembered of an air handler."""
    past: Mapping[str, Any] = ctx.state.get(name, {})
    return past


def _note(ctx: Context, name: str, **facts: object) -> None:
    ctx.state[name] = {**_past(ctx, name), **facts}
