"""``python main.py checkout``: proves the mapping of points to objects, point by point, and gives everything back."""

from __future__ import annotations

import argparse
from collections import deque
from pathlib import Path

from rich.console import Console

from bridge.checkout import Checkout, CheckoutParts, CheckoutResult, PointFinding
from bridge.checkout.response import Progress
from bridge.checkout.telling import tell_coverage, tell_news, tell_summary
from bridge.display.question import FirstContactQuestion
from bridge.display.receipts import print_receipts, say
from bridge.first_contact import always
from commands.checkout_bench import checkout_bench
from commands.checkout_files import add_file_options, refuse_unfit_files, write_files
from commands.parser import add_loudness
from commands.verbs.run import decider, question_at
from ledger import Outcome
from utils.alone import Alone
from utils.home import HOME
from utils.process.interruption import until_done

EXAMPLES = ("checkout --embedded", "checkout VAV_South --report vav.html", "checkout --inputs-only --junit out.xml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is tried, on what, and where the report goes."""
    parser.add_argument("equipment", nargs="*", metavar="EQUIPMENT", help="of these alone (default: all)")
    told = "on the embedded building and emulated controllers; with --configs on those that have that folder's points"
    parser.add_argument("--embedded", action="store_true", help=told)
    parser.add_argument("--units", choices=("SI", "US"), default="SI", help="with --embedded: of the controllers")
    told = "with --embedded: how the bench speaks to the controllers (default: rest)"
    parser.add_argument("--controllers", choices=("rest", "bacnet"), default="rest", help=told)
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--inputs-only", action="store_true", help="leave the controllers' outputs alone")
    part.add_argument("--outputs-only", action="store_true", help="show the controllers nothing")
    told = "leave the building alone: only what can be tried at the controllers"
    parser.add_argument("--no-response", action="store_true", help=told)
    parser.add_argument("--configs", type=Path, metavar="DIR", help="folder of equipment configs (default: configs)")
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")
    parser.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")
    add_file_options(parser)
    add_loudness(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Try everything, and tell. 0 where nothing failed and nothing is left, 1 otherwise or when stopped before."""
    refuse_unfit_files(options)
    with checkout_bench(options, console) as (settings, state, manager):
        question = None if options.yes or options.embedded else question_at(console)
        made: deque[PointFinding | Progress] = deque()
        checkout = Checkout(
            settings,
            manager,
            state,
            parts=CheckoutParts(not options.outputs_only, not options.inputs_only, not options.no_response),
            confirm=always if options.embedded else decider(question, told=options.yes),
            tell=made.append,
        )
        is_shown = options.loudness != "quiet"
        try:
            result = _executed(checkout, console, question, made, is_shown=is_shown)
        finally:
            _tell_what_is_left(checkout, console)
    return _told(options, console, checkout, result)


def _executed(
    checkout: Checkout,
    console: Console,
    question: FirstContactQuestion | None,
    made: deque[PointFinding | Progress],
    *,
    is_shown: bool,
) -> CheckoutResult:
    def tick() -> None:
        if question is not None:
            question.put()
        while made:
            news = made.popleft()
            if is_shown:
                tell_news(console, news)

    tell_coverage(console, checkout.result())
    result = until_done(
        checkout.execute,
        checkout.request_stop,
        thread_name="checkout",
        second="what was taken has NOT been given back",
        tick=tick,
    )
    tick()
    return result


def _tell_what_is_left(checkout: Checkout, console: Console) -> None:
    """Also behind an error."""
    told = Alone()
    with told.step("the display of what was given back"):
        bad = [receipt for receipt in checkout.receipts if receipt.outcome not in _GOOD or receipt.is_somebody_elses]
        if bad:
            print_receipts(console, bad)
    for line in checkout.troubles:
        say(console, line)


def _told(options: argparse.Namespace, console: Console, checkout: Checkout, result: CheckoutResult) -> int:
    tell_summary(console, result)
    write_files(options, console, result)
    if checkout.was_stopped:
        say(console, "It was stopped before its end.")
    is_whole = not (checkout.was_stopped or checkout.left or checkout.left_alone or checkout.troubles)
    return 0 if result.is_passed and is_whole else 1


_GOOD = (Outcome.RELEASED, Outcome.RESTORED, Outcome.FREE_ALREADY)
