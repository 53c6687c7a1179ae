"""Objects of emulated controllers that are broken on purpose: ``--broken VAV_South.SpaceTemp=stuck``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

from emulators.door import BREAKAGES, BrokenObject, ObjectSpec
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_OPTION = "--broken"


def add_broken_option(parser: argparse.ArgumentParser) -> None:
    """Which, and how."""
    told = f"break an analog object of a controller: {', '.join(BREAKAGES)}; may be repeated"
    parser.add_argument(_OPTION, action="append", default=[], metavar="NAME.OBJECT=HOW", help=told)


def broken_objects(told: Sequence[str], controllers: Mapping[str, Sequence[ObjectSpec]]) -> list[BrokenObject]:
    """What the option says. Raises :class:`ConfigError` for what the controllers do not have."""
    broken = [_read(text) for text in told]
    problems = [
        problem for text, one in zip(told, broken, strict=True) for problem in _problems(text, one, controllers)
    ]
    if problems:
        raise ConfigError(problems)
    return broken


def _read(text: str) -> BrokenObject:
    where, _, how = text.partition("=")
    controller, _, name = where.partition(".")
    return BrokenObject(controller, name, how)


def _problems(text: str, one: BrokenObject, controllers: Mapping[str, Sequence[ObjectSpec]]) -> Iterator[Problem]:
    place = f"{_OPTION} {text}"
    if not (one.controller and one.name and one.how):
        yield Problem(place, "is not NAME.OBJECT=HOW, as in VAV_South.SpaceTemp=stuck")
        return
    if one.how not in BREAKAGES:
        told = f"{one.how!r} is no way to break it{did_you_mean(one.how, BREAKAGES)}; there is {', '.join(BREAKAGES)}"
        yield Problem(place, told)
    if one.controller not in controllers:
        told = f"no controller is called {one.controller!r}{did_you_mean(one.controller, controllers)}"
        yield Problem(place, f"{told}; there is {', '.join(controllers) or 'none'}")
        return
    analog = [spec.name for spec in controllers[one.controller] if spec.object_type.startswith("Analog")]
    if one.name not in analog:
        told = f"{one.controller} has no analog object {one.name!r}{did_you_mean(one.name, analog)}"
        yield Problem(place, f"{told}; there is {', '.join(analog)}")
