"""The oracle's command line: ``python -m tests.hvac_templates.oracle --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.hvac_templates.oracle import combine, commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when the expansions agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.hvac_templates.oracle", description=__doc__)
    verbs = parser.add_subparsers(metavar="verb", required=True)
    for add in (commands.add_diff, commands.add_example, commands.add_sweep, combine.add_combine):
        add(verbs)
    options = parser.parse_args(arguments)
    return int(options.command(options))


if __name__ == "__main__":
    sys.exit(main())
