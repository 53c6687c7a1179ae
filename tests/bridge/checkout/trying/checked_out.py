"""A checkout of the rig's two controllers, and what it found point by point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from bridge.checkout import Checkout, CheckoutParts, CheckoutResult, PointFinding, Proof
from bridge.checkout.response import Progress
from tests import bench
from tests.bridge.rig import Rig
from utils.state_folder import StateFolder

AT_CONTROLLERS = CheckoutParts(response=False)


def _to_nobody(_news: PointFinding | Progress) -> None:
    """Nobody listens."""


def checkout_of(
    subject: Rig,
    parts: CheckoutParts = AT_CONTROLLERS,
    tell: Callable[[PointFinding | Progress], None] = _to_nobody,
    **variables: str,
) -> Checkout:
    """Ready to execute; nothing is behind the terminals unless a test says so."""
    settings = subject.settings(**{"ECY_BENCH": "isolated", **variables})
    manager = bench.manager(subject.folder, settings, *subject.configs())
    state = StateFolder(settings.state_dir)
    return Checkout(settings, manager, state, parts=parts, tell=tell, clocks=subject.clocks, ledger=subject.ledger)


def checked_out(subject: Rig, parts: CheckoutParts = AT_CONTROLLERS, **variables: str) -> CheckoutResult:
    """To its end."""
    return checkout_of(subject, parts, _to_nobody, **variables).execute()


def found(result: CheckoutResult, point: str, proof: Proof) -> PointFinding:
    """What came of one way of a point, which is called ``AHU/FanSpeed``."""
    [one] = [
        finding
        for tried in result.points
        for finding in tried.findings
        if f"{tried.equipment}/{tried.point}" == point and finding.proof is proof
    ]
    return one


@contextmanager
def executing(checkout: Checkout) -> Iterator[Future[CheckoutResult]]:
    """Beside the test, and ended with it."""
    with ThreadPoolExecutor(1, thread_name_prefix="checkout") as pool:
        future = pool.submit(checkout.execute)
        try:
            yield future
        finally:
            checkout.request_stop()
