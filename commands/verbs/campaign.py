"""``python main.py campaign FILE``: many runs of the building; ``resume``, ``export`` and ``overview`` of one."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from rich.console import Console

from utils.arguments import count
from utils.errors import ConfigError, Problem
from utils.home import HOME
from utils.names import did_you_mean

EXAMPLES = ("campaign study.yaml", "campaign resume study.yaml --workers 8", "campaign export study.yaml -o study.csv")
_WORDS = ("resume", "export", "overview")
_WRITE = {"export": "csv", "overview": "html"}
_OF_RUNNING, _OF_WRITING = ("workers", "dask"), ("output", "all")
"""The options that belong to cells that are run, and to what is written of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is wanted of which campaign, and where its cells run."""
    told = f"a campaign's file, to begin it; before it a word for one that has begun: {', '.join(_WORDS)}"
    parser.add_argument("words", nargs="+", metavar="[WORD] FILE", help=told)
    told = "where its cells are kept (default: beside FILE, as FILE with .campaign at its end)"
    parser.add_argument("--store", type=Path, metavar="FILE", help=told)
    told = "processes that run cells (default: as many as this computer has cores)"
    parser.add_argument("--workers", type=count, metavar="N", help=told)
    told = "run cells on a Dask cluster, by its scheduler's address: tcp://192.168.1.20:8786"
    parser.add_argument("--dask", metavar="ADDRESS", help=told)
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")
    told = "export: the table as CSV; overview: a page. Without it, a file beside the campaign's"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=told)
    parser.add_argument("--all", action="store_true", help="export: with times, attempts, workers and versions, too")


def run(options: argparse.Namespace, console: Console) -> int:
    """Do what the word says; without one, begin."""
    word, file = _asked(options)
    from campaigns.beginning import begun, resumed, store_of
    from campaigns.store import CampaignStore

    store = options.store or store_of(file)
    if word in _WRITE:
        from commands.campaign_results import write_results

        with closing(CampaignStore(store)) as found:
            return write_results(found, _WRITE[word], options, console)
    from commands.campaign_run import run_campaign

    source = None if file == store_of(file) else file
    with closing(resumed(store, source) if word == "resume" else begun(file, store)) as found:
        return run_campaign(found, options, console)


def _asked(options: argparse.Namespace) -> tuple[str, Path]:
    """The word and the file. Raises :class:`ConfigError` for what does not belong together."""
    *words, file = options.words
    word = words[0] if words else ""
    problems = []
    if file in _WORDS and not words:
        problems.append(Problem(f"campaign {file}", "of which campaign? name its file behind it"))
    if len(words) > 1 or (words and word not in _WORDS):
        near = did_you_mean(word, _WORDS) or f"; there is {', '.join(_WORDS)}"
        problems.append(Problem(" ".join(words), f"is no word for a campaign{near}"))
    foreign = _OF_WRITING if word in ("", "resume") else _OF_RUNNING
    used = [name for name in foreign if getattr(options, name)]
    problems += [
        Problem(f"--{option}", f"has no meaning with campaign {word or 'FILE'}; leave it out") for option in used
    ]
    if options.workers and options.dask:
        problems.append(Problem("--workers", "the cluster has workers of its own; leave it out"))
    if problems:
        raise ConfigError(problems)
    return word, Path(file)
