"""What is said where Gymnasium is not installed."""

from __future__ import annotations

import subprocess
import sys

from tests.command_line import ROOT

_IMPORTED = """
import sys
import utils.home
utils.home.IS_CHECKOUT = {is_checkout}
sys.modules["gymnasium"] = None
try:
    import learning
except ModuleNotFoundError as error:
    print(error)
"""


def told(*, is_checkout: bool) -> str:
    """By an import in a process of its own."""
    line = [sys.executable, "-c", _IMPORTED.format(is_checkout=is_checkout)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.strip()  # noqa: S603


def test_it_is_told_how_to_install_it_in_a_checkout_and_else() -> None:
    assert told(is_checkout=True) == "learning needs Gymnasium: pip install -r requirements-learning.txt"
    assert (
        told(is_checkout=False) == 'learning needs Gymnasium: pip install ".[learning]", in the folder of its sources'
    )
