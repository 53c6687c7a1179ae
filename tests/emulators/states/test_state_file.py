"""The file of a state, and the files that are none."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulators.states import ForeignStateError, SavedStateError, StateFile

STATE = StateFile({"building": "a barn", "inner": {"x": [1.5, -0.0]}}, array("d", [1.0, math.pi]))


def test_a_state_comes_back_to_the_last_bit() -> None:
    again = StateFile.unpacked(STATE.packed())
    assert again == STATE
    assert math.copysign(1.0, again.document["inner"]["x"][1]) == -1.0  # type: ignore[index]


def test_infinities_are_told_as_text() -> None:
    packed = StateFile({"x": [math.inf, -math.inf], "y": {"z": math.nan}}, array("d")).packed()
    assert StateFile.unpacked(packed).document == {"x": ["inf", "-inf"], "y": {"z": "nan"}}


@pytest.mark.parametrize("packed", [b"", b"{}", b"\x80\x04pickled", b"building-bench state x\n", STATE.packed()[1:]])
def test_what_is_no_state_file_is_told_apart(packed: bytes) -> None:
    with pytest.raises(SavedStateError, match="not a state file of the bench"):
        StateFile.unpacked(packed)


def test_a_file_of_another_version_says_which() -> None:
    with pytest.raises(ForeignStateError, match="of version 7; this bench reads version 1"):
        StateFile.unpacked(STATE.packed().replace(b"state 1\n", b"state 7\n"))


@given(st.integers(0, len(STATE.packed()) - 1))
def test_a_file_that_is_cut_is_refused(length: int) -> None:
    with pytest.raises(SavedStateError):
        StateFile.unpacked(STATE.packed()[:length])


@given(st.integers(0, len(STATE.packed()) - 1), st.integers(1, 255))
def test_a_file_in_which_a_bit_has_changed_is_refused(place: int, change: int) -> None:
    packed = bytearray(STATE.packed())
    packed[place] ^= change
    with pytest.raises(SavedStateError):
        StateFile.unpacked(bytes(packed))


@pytest.mark.parametrize("document", [[1, 2], None])
def test_a_file_that_holds_no_object_is_refused(document: object) -> None:
    with pytest.raises(SavedStateError, match="holds no object"):
        StateFile.unpacked(StateFile(document, array("d")).packed())  # type: ignore[arg-type]
