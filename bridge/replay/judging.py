"""A replay is judged by its recording: against the one that it has played, and against other replays of the same."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from bridge.replay.recorded_states import RecordedStates
from recording import RunsFolder, open_run
from recording.columns import RecordedEpisode, RunData, read_run
from recording.comparing import STEPS, Comparison, compare, exact, noises, usual
from recording.finding import REPLAY, runs_in
from utils.errors import ConfigError

log = logging.getLogger(__name__)


def facts_of_replay(states: RecordedStates, series: str, *, is_emulated: bool) -> dict[str, object]:
    """What a replay's recording says of it. Replays of one ``series`` were made to see how far controllers agree."""
    return {REPLAY: {"of": states.name, "episode": states.number, "series": series, "is_emulated": is_emulated}}


def judged(states: RecordedStates, played: RunData, noise: Mapping[str, float], *, is_exact: bool) -> Comparison:
    """What a replay says, output by output."""
    tolerances = exact if is_exact else partial(usual, states.step_s)
    return compare(states.episode, played.episodes[0], tolerances, noise)


def spread_of(rounds: Sequence[RecordedEpisode], step_s: float) -> dict[str, float]:
    """How far replays of one recording are apart, per output's title, in its unit; two at least say something."""
    return noises(rounds, STEPS * step_s)


def known_spread(folder: RunsFolder, states: RecordedStates, *, is_emulated: bool) -> dict[str, float]:
    """The largest of each output, of the series of replays of this episode that are still there.

    What lies between two series may be what was changed, and is no spread.
    """
    rounds: dict[str, list[RecordedEpisode]] = {}
    for series, episode in _measured(folder, states, is_emulated):
        rounds.setdefault(series, []).append(episode)
    spreads = [spread_of(series, states.step_s) for series in rounds.values()]
    titles = dict.fromkeys(title for spread in spreads for title in spread)
    return {title: max(spread.get(title, 0.0) for spread in spreads) for title in titles}


def _measured(folder: RunsFolder, states: RecordedStates, is_emulated: bool) -> Iterator[tuple[str, RecordedEpisode]]:
    """Whole replays of the episode, and of which series each is. What cannot be read is passed over, and said."""
    for files in runs_in(folder):
        if files.kind != REPLAY or files.is_running:
            continue
        try:
            with open_run(files.parts[0]) as run:
                told = facts_of_replay(states, _series(run.facts), is_emulated=is_emulated)
                if run.facts.get(REPLAY) != told[REPLAY]:
                    continue
                played = read_run(run)
        except ConfigError as error:
            log.warning("the spread is told without %s: %s", files.name, error.problems[0].what)
            continue
        if (series := _series(played.facts)) and played.episodes and played.episodes[0].steps == states.episode.steps:
            yield series, played.episodes[0]


def _series(facts: Mapping[str, object]) -> str:
    told = facts.get(REPLAY)
    return str(told.get("series", "")) if isinstance(told, Mapping) else ""
