"""The whole verb on the demo's bench with an error in it: the point is named with its error, and no other one fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bridge.checkout.seeded import Named, named_in, seeded_bench, wrongly_named
from tests.bridge.checkout.seeds import Seed, seeds
from tests.command_line import Call

SWAPPED = seeds()[0]
[ONE, OTHER] = SWAPPED.failing


IN_CONTROLLERS = list({seed.fault: seed for seed in seeds() if seed.broken or seed.units or seed.held}.values())
"""One of each error that a controller can have."""


def checked_out(seed: Seed | None, call: Call, folder: Path, *, over_bacnet: bool = False) -> tuple[int, str, str]:
    """Exit code, what was printed, and the sheet."""
    sheet = folder / "checkout.csv"
    with seeded_bench(folder, seed, over_bacnet=over_bacnet) as bench:
        code, output = call("checkout", *bench.options, "--csv", str(sheet), **bench.variables)
    return code, output, sheet.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_an_error_is_named_and_nothing_else_fails(seed: Seed, call: Call, tmp_path: Path) -> None:
    code, output, sheet = checked_out(seed, call, tmp_path)
    assert wrongly_named(seed, named_in(sheet)) == [], output
    assert code == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", IN_CONTROLLERS, ids=lambda seed: seed.name)
def test_what_a_controller_has_is_named_over_bacnet_as_well(seed: Seed, call: Call, tmp_path: Path) -> None:
    code, output, sheet = checked_out(seed, call, tmp_path, over_bacnet=True)
    assert wrongly_named(seed, named_in(sheet)) == [], output
    assert code == 1


@pytest.mark.slow
@pytest.mark.parametrize("over_bacnet", [False, True], ids=["rest", "bacnet"])
def test_where_nothing_is_wrong_nothing_fails_and_everything_is_given_back(
    call: Call, tmp_path: Path, over_bacnet: bool
) -> None:
    code, output, sheet = checked_out(None, call, tmp_path, over_bacnet=over_bacnet)
    assert named_in(sheet) == frozenset()
    assert code == 0, output
    assert "Nothing is left" in output


def test_only_the_right_name_of_the_right_point_is_right() -> None:
    fault = SWAPPED.fault.value
    right = [Named(ONE, fault, OTHER), Named(OTHER, fault, ONE)]
    assert wrongly_named(SWAPPED, right) == []
    assert wrongly_named(SWAPPED, right[:1]) == [f"{OTHER} does not fail"]
    assert wrongly_named(SWAPPED, [*right, Named("AHU/Fan", "dead", "")]) == ["AHU/Fan fails: dead "]
    assert wrongly_named(SWAPPED, [*right, Named(ONE, "dead", OTHER)]) == [f"{ONE} is called dead"]
    assert wrongly_named(SWAPPED, [Named(ONE, fault, ""), right[1]]) == [f"{ONE} is said to be mixed up with nothing"]
