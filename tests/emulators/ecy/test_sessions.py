"""Sign-in, cookies, lock-out and the session cap."""

from __future__ import annotations

import base64
import re

import pytest

from emulators.ecy.access.sessions import Account, Sessions
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import Refusal
from tests.emulators.ecy.client import PASSWORD, USER, FakeTime


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


GOOD = basic(USER, PASSWORD)
BAD = basic(USER, "wrong")


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def sessions_with(profile: Profile, time: FakeTime) -> Sessions:
    return Sessions(Account(USER, PASSWORD), profile, time)


def status(raised: pytest.ExceptionInfo[Refusal]) -> int:
    return raised.value.reason.status


def test_every_sign_in_opens_another_session(time: FakeTime) -> None:
    sessions = sessions_with(Profile(), time)
    first, second = sessions.sign_in(GOOD), sessions.sign_in(GOOD)
    assert re.fullmatch("[0-9a-z]{26}", first)
    assert first != second
    assert sessions.open_count == 2


@pytest.mark.parametrize("header", [BAD, basic("", ""), "Basic", "Basic !!!", GOOD.replace("Basic", "Bearer"), ""])
def test_other_credentials_are_rejected(time: FakeTime, header: str) -> None:
    with pytest.raises(Refusal) as raised:
        sessions_with(Profile(), time).sign_in(header)
    assert status(raised) == 401


def test_a_password_may_hold_a_colon_and_letters_beyond_ascii(time: FakeTime) -> None:
    sessions = Sessions(Account("ü", "a:b°"), Profile(), time)
    assert sessions.sign_in(basic("ü", "a:b°"))


def test_an_account_does_not_show_its_password() -> None:
    assert PASSWORD not in repr(Account(USER, PASSWORD))


@pytest.mark.parametrize(
    "cookies",
    [
        "ECLYPSERESTSESSIONID={}",
        "ECLYPSERESTSESSIONID={};Path=/;Secure;HttpOnly",
        "other=1; ECLYPSERESTSESSIONID={}; Path=/",
        "ECLYPSERESTSESSIONID=stale; ECLYPSERESTSESSIONID={}",
    ],
)
def test_a_session_is_found_among_other_pieces_of_the_cookie(time: FakeTime, cookies: str) -> None:
    sessions = sessions_with(Profile(), time)
    sessions.resume(cookies.format(sessions.sign_in(GOOD)))


@pytest.mark.parametrize("cookies", ["", "ECLYPSERESTSESSIONID=", "ECLYPSERESTSESSIONID=nobody", "SID={}"])
def test_a_cookie_without_a_live_session_is_rejected(time: FakeTime, cookies: str) -> None:
    sessions = sessions_with(Profile(), time)
    session = sessions.sign_in(GOOD)
    with pytest.raises(Refusal) as raised:
        sessions.resume(cookies.format(session))
    assert status(raised) == 401


def test_an_idle_session_expires_and_a_used_one_lives_on(time: FakeTime) -> None:
    sessions = sessions_with(Profile(session_idle_s=10), time)
    cookie = f"ECLYPSERESTSESSIONID={sessions.sign_in(GOOD)}"
    for _ in range(3):
        time.advance(9)
        sessions.resume(cookie)
    time.advance(10)
    with pytest.raises(Refusal):
        sessions.resume(cookie)


def test_above_the_cap_a_sign_in_gets_503_until_a_session_expires(time: FakeTime) -> None:
    sessions = sessions_with(Profile(session_cap=2, session_idle_s=60), time)
    sessions.sign_in(GOOD)
    sessions.sign_in(GOOD)
    with pytest.raises(Refusal) as raised:
        sessions.sign_in(GOOD)
    assert status(raised) == 503
    time.advance(60)
    assert sessions.sign_in(GOOD)


def test_above_the_cap_the_oldest_session_may_be_evicted_instead(time: FakeTime) -> None:
    sessions = sessions_with(Profile(session_cap=2, session_cap_action="evict-oldest"), time)
    opened = [sessions.sign_in(GOOD) for _ in range(3)]
    with pytest.raises(Refusal):
        sessions.resume(f"ECLYPSERESTSESSIONID={opened[0]}")
    for session in opened[1:]:
        sessions.resume(f"ECLYPSERESTSESSIONID={session}")


def test_failures_in_a_row_lock_out_even_the_right_password_for_a_while(time: FakeTime) -> None:
    sessions = sessions_with(Profile(lockout_failures=2, lockout_s=300), time)
    for header in (BAD, BAD, GOOD):
        with pytest.raises(Refusal) as raised:
            sessions.sign_in(header)
        assert status(raised) == 401
    time.advance(300)
    assert sessions.sign_in(GOOD)


def test_a_success_forgets_the_failures_before_it(time: FakeTime) -> None:
    sessions = sessions_with(Profile(lockout_failures=2), time)
    for _ in range(3):
        with pytest.raises(Refusal):
            sessions.sign_in(BAD)
        sessions.sign_in(GOOD)


@pytest.mark.parametrize("expected", [401, 403])
def test_an_account_without_the_api_role_gets_no_session(time: FakeTime, expected: int) -> None:
    profile = Profile(api_role=False, missing_role_status=403 if expected == 403 else 401)
    with pytest.raises(Refusal) as raised:
        sessions_with(profile, time).sign_in(GOOD)
    assert status(raised) == expected
