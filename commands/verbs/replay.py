"""``python main.py replay RUN``: show controllers what they saw, without a simulator, and judge what they say to it."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from bridge.first_contact import always
from bridge.purpose import Purpose, at_once
from bridge.replay import (
    OutputsAtRest,
    RecordedBuilding,
    RecordedStates,
    facts_of_replay,
    judged,
    known_spread,
    recorded_pace,
    replay_settings,
    spread_of,
)
from bridge.replay.telling import print_comparison, print_days, print_spread
from bridge.run import Run
from bridge.timing.time_in_hand import pace_in_words
from commands.common import run_bridge
from commands.parser import add_loudness
from commands.recordings import WHICH, recordings, refuse_itself
from commands.replay_bench import ReplayBench, replay_bench
from commands.report_file import report_file, write_report
from commands.verbs.run import decider, question_at
from recording import RunsFolder, open_run
from recording.columns import RunData, read_run
from recording.comparing import STEPS, Likeness, compare_days, other_day
from recording.finding import REPLAY, find_run
from recording.report import Replayed, replay_report
from recording.what_runs import runs_folder
from utils.arguments import count, factor, ordinal
from utils.clocks import Clocks
from utils.errors import ConfigError, Problem
from utils.home import CALLED, HOME

EXAMPLES = ("replay last --embedded", "replay monday.run --self 3", "replay monday.run --report acceptance.html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which recording, to which controllers, how often and how fast."""
    parser.add_argument("which", metavar="RUN", help=WHICH)
    parser.add_argument("--embedded", action="store_true", help="to emulated controllers, as in the demo it was")
    parser.add_argument("--episode", type=ordinal, metavar="K", default=0, help="of a run with resets (default: 0)")
    told = "play it N times to the same controllers, and measure how far they agree with themselves"
    parser.add_argument("--self", type=count, metavar="N", dest="rounds", help=told)
    told = "simulated s per s (default: the recording's, at which timers and integrators agree)"
    parser.add_argument("--time-scale", type=factor, metavar="X", help=told)
    parser.add_argument(
        "--configs", type=Path, metavar="DIR", default=HOME / "configs", help="folder of equipment configs"
    )
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")
    parser.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")
    told = "play nothing: compare with another recording of the same day, closed loop, by what happens"
    parser.add_argument("--against", metavar="OTHER", help=told)
    told = "also write the comparison as a page to sign, which opens offline and prints"
    parser.add_argument("--report", type=Path, metavar="FILE", help=told)
    add_loudness(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Play it, and compare. 0 where every output is the same, 1 where one is not or cannot be compared."""
    _refuse_at_once(options)
    if options.against is not None:
        return _compare_days(options, console)
    with open_run(find_run(recordings(options.env), options.which)) as recorded:
        states = RecordedStates(recorded, options.episode)
    series = secrets.token_hex(4) if options.rounds is not None else ""
    played: list[Path] = []
    for _ in range(options.rounds or 1):
        with replay_bench(options, console, states) as bench:
            folder, is_emulated = _folder(bench), bench.is_emulated
            file = _played(options, console, bench, states, series)
        if file is None:
            say(console, "The replay did not come to its end: nothing is compared.")
            return 1
        played.append(file)
    if series:
        return _tell_spread(console, played, states)
    return _tell_comparison(options, console, folder, states, played[0], is_emulated=is_emulated)


def _refuse_at_once(options: argparse.Namespace) -> None:
    """Raises :class:`ConfigError` before hours are played for nothing."""
    if options.rounds == 1:
        raise ConfigError([Problem("--self", "one round says nothing of a spread; --self 3 plays three")])
    if options.against is not None:
        _refuse_what_is_of_playing(options)
    if options.report is None:
        return
    if options.against is not None:
        what = f"is of a replay; {CALLED} report {options.which} --against {options.against} is of two runs"
        raise ConfigError([Problem("--report", what)])
    if options.rounds is not None:
        raise ConfigError([Problem("--report", "is of a comparison, and --self only metrics; leave one of them out")])
    report_file("--report", options.report)


def _refuse_what_is_of_playing(options: argparse.Namespace) -> None:
    given = {"--self": options.rounds, "--time-scale": options.time_scale, "--embedded": options.embedded or None}
    for option, value in given.items():
        if value is not None:
            what = f"is of playing, and --against plays nothing: leave {option} out"
            raise ConfigError([Problem(option, what)])


def _compare_days(options: argparse.Namespace, console: Console) -> int:
    folder = recordings(options.env)
    with (
        open_run(find_run(folder, options.which)) as one,
        open_run(find_run(folder, options.against)) as other,
    ):
        then, now = read_run(one), read_run(other)
    refuse_itself(options.against, then, now)
    first, second = (run.episode(options.episode) for run in (then, now))
    if (obstacle := other_day(then, now, options.episode)) or first is None or second is None:
        raise ConfigError([Problem(options.against, f"is not of the same day as {then.name}: {obstacle}")])
    days = compare_days(first, second)
    print_days(console, days)
    for run in (then, now):
        if len(run.episodes) > 1:
            told = f"{run.name} has {len(run.episodes)} episodes; {options.episode} is compared, --episode K another."
            say(console, told)
    return 0 if days and all(day.likeness is Likeness.SAME for day in days) else 1


def _folder(bench: ReplayBench) -> RunsFolder:
    """Where replays are recorded. Raises :class:`ConfigError` where they are not: nothing could be compared."""
    settings = bench.equipped[0]
    if not settings.records:
        raise ConfigError([Problem("RECORD", "is no, and a replay is compared by its recording; leave it out")])
    return runs_folder(settings)


def _played(
    options: argparse.Namespace, console: Console, bench: ReplayBench, states: RecordedStates, series: str
) -> Path | None:
    """The recording of one round; None where it did not come to its end."""
    settings, state, manager = bench.equipped
    settings = replay_settings(settings, states, options.time_scale)
    question = None if options.yes or bench.is_emulated else question_at(console)
    may_begin = OutputsAtRest(Clocks()) if settings.time_scale else at_once
    facts = facts_of_replay(states, series, is_emulated=bench.is_emulated)
    run_of_it = Run(
        settings,
        manager,
        state,
        confirm=always if bench.is_emulated else decider(question, told=options.yes),
        scan_with_simulation=bench.is_emulated,
        purpose=Purpose(REPLAY, facts, RecordedBuilding(states), may_begin),
    )
    notes = [f"Replay of {states.name}: no simulation; what controllers command goes nowhere."]
    notes += _of_pace(settings.time_scale, recorded_pace(states))
    code = run_bridge(run_of_it, console, question, notes, shown=options.loudness != "quiet")
    return run_of_it.recording if code == 0 and run_of_it.summary().steps == states.steps else None


def _of_pace(scale: float, recorded: float) -> list[str]:
    if scale == recorded:
        return []
    return [
        f"Played {pace_in_words(scale)}, recorded {pace_in_words(recorded)}: timers and integrators run in real time, "
        "and what differs may be the pace's."
    ]


def _tell_comparison(
    options: argparse.Namespace,
    console: Console,
    folder: RunsFolder,
    states: RecordedStates,
    file: Path,
    *,
    is_emulated: bool,
) -> int:
    is_exact = is_emulated and recorded_pace(states) == 0
    spread = {} if is_exact else known_spread(folder, states, is_emulated=is_emulated)
    played = _read(file)
    found = judged(states, played, spread, is_exact=is_exact)
    print_comparison(console, found, file)
    remarks = _remarks(options, states, is_emulated=is_emulated, lacks_spread=not is_exact and not spread)
    if begun := found.differ_since(states.start_s + STEPS * states.step_s):
        remarks.append(
            f"{begun} of them from the first frames on: they did not begin where the recording did. What their "
            "programs integrate, and what they did before, may be all of it."
        )
    for line in remarks:
        say(console, line)
    if options.report is not None:
        html = replay_report(Replayed(states.run, states.episode, played, found, remarks))
        say(console, f"the report is in {options.report} ({write_report(options.report, html)})")
    return 0 if found.likeness is Likeness.SAME else 1


def _remarks(
    options: argparse.Namespace, states: RecordedStates, *, is_emulated: bool, lacks_spread: bool
) -> list[str]:
    """What somebody has to know who believes the verdicts."""
    told = [] if options.time_scale is None else _of_pace(options.time_scale, recorded_pace(states))
    if is_emulated:
        told.append("Played to emulated controllers: no real one was tested.")
    if states.left_out:
        told.append(f"{states.left_out} steps behind a gap in the recording were not played.")
    if len(states.run.episodes) > 1:
        told.append(f"Episode {states.number} was played; the recording has {len(states.run.episodes)}.")
    if lacks_spread:
        told.append("How far the controllers agree with themselves is not known; replay --self 3 metrics it.")
    return told


def _tell_spread(console: Console, played: Sequence[Path], states: RecordedStates) -> int:
    print_spread(console, spread_of([_read(file).episodes[0] for file in played], states.step_s), len(played))
    say(console, "The next replay of this recording takes it into account.")
    return 0


def _read(file: Path) -> RunData:
    with open_run(file) as played:
        return read_run(played)
