"""Write the shipped table anew from the installed engine: ``python -m hvac_templates.judge.schema_table``.

With ``--check`` nothing is written; the exit code is 1 where the shipped table is not what the engine says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hvac_templates.engine import EngineMissing, embedded_schema
from hvac_templates.judge import schema_table
from hvac_templates.judge.schema_table.digest import digest, same_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare or write the table; 0 where it is now right, 2 where the engine is not installed."""
    parser = argparse.ArgumentParser(prog="python -m hvac_templates.judge.schema_table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args(arguments)
    try:
        table = digest(embedded_schema())
    except EngineMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    if options.check:
        same = same_table(schema_table.load(), table)
        sys.stdout.write(
            "the shipped table is what the engine says\n" if same else "the shipped table is out of date\n"
        )
        return int(not same)
    sys.stdout.write(f"{schema_table.store(table)}: {len(table.rows)} object types\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
