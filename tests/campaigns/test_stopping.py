"""How a cell learns that it is not wanted any more."""

from __future__ import annotations

import pytest

from campaigns.running import Stopped, StopSign


def test_whoever_listens_is_called_once_and_then_has_no_result() -> None:
    stop, heard = StopSign(), list[str]()

    def wait_for_it() -> None:
        with stop.calling(lambda: heard.append("stop")):
            assert stop.is_listened_to
            stop.set()

    with pytest.raises(Stopped):
        wait_for_it()
    assert heard == ["stop"]
    assert not stop.is_listened_to


def test_one_who_comes_late_hears_of_it_at_once() -> None:
    stop, heard = StopSign(), list[str]()
    stop.set()
    with pytest.raises(Stopped), stop.calling(lambda: heard.append("stop")):
        assert heard == ["stop"]


def test_what_goes_wrong_inside_goes_on_as_it_is() -> None:
    stop = StopSign()
    with pytest.raises(RuntimeError, match="no idea"), stop.calling(lambda: None):
        raise RuntimeError("no idea")
    assert not stop.is_listened_to


def test_nobody_is_stopped_whom_nobody_stops() -> None:
    stop = StopSign()
    with stop.calling(lambda: None):
        stop.refuse()
    assert not stop.wait(0.0)
