"""The live page of a run: the options that ask for it, where it is to be, and what of the run it is given."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from utils.arguments import port
from utils.settings import PageSettings, SettingsSource

if TYPE_CHECKING:
    from bridge.run import Run
    from page import Hands

USUAL_PORT = 8900


@dataclass(frozen=True, slots=True)
class PageWish:
    """A page that somebody wants: its port, whether the next free one will do, and what the settings say of it."""

    port: int
    settings: PageSettings
    moves: bool = False
    periods: Sequence[str] = ()
    """Periods of the simulation that get a button."""


def add_page_option(parser: argparse._ActionsContainer, told: str) -> None:
    """``--page``, with or without a port."""
    parser.add_argument("--page", type=port, nargs="?", const=USUAL_PORT, metavar="PORT", help=told)


def wished(options: argparse.Namespace, env: Path, home: Path) -> PageWish | None:
    """The page that the options ask for. Raises :class:`utils.errors.ConfigError` for settings that cannot be used."""
    return None if options.page is None else PageWish(options.page, page_settings(env, home))


def page_settings(env: Path, home: Path) -> PageSettings:
    """What the settings say of a page."""
    return SettingsSource.read(env, os.environ, home, tolerant=True).part(PageSettings)


@contextmanager
def page_of(run: Run, wish: PageWish | None) -> Iterator[Sequence[str]]:
    """Serve the page of a run in here. Yields what to tell people of it: where it is.

    Raises :class:`utils.errors.ConfigError` where the port is in use.
    """
    if wish is None:
        yield ()
        return
    from page import Page, PagePlace

    settings = wish.settings
    place = PagePlace(settings.page_address, wish.port, wish.moves)
    page = Page(run, run.equipments, place, hands_of(run, wish), password=settings.token, system=run.unit_system)
    run.watch(page)
    told = f"Page: {page.url_with_token}"
    if not place.is_here_only:
        told += f" and at this computer's address for others, port {page.port}"
    if settings.token is not None:
        told += " (PAGE_PASSWORD takes control)"
    with page:
        yield (told,)


def hands_of(run: Run, wish: PageWish) -> Hands:
    """What of a run can be touched on its page."""
    from page import Hands

    return Hands(
        time=run.time,
        periods=wish.periods,
        values=run.hand,
        commanders=run.commanders,
        own_control=run.own_control,
        note=run.note,
        recording=lambda: run.recording,
    )
