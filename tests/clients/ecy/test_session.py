from __future__ import annotations

import base64
import socket
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.boptest.server import BoptestServer
from emulators.ecy.faults.answers import WEB_PAGE
from emulators.ecy.faults.calls import AnswerInstead, DropConnection, Hold
from emulators.ecy.profile import Profile
from emulators.http.messages import Response
from tests.clients.certificates import Certificate
from tests.clients.ecy.bench import DAMPER, NAME, PASSWORD, USER, Bench, bench, client_of, fresh
from tests.clients.raw_server import RawServer, always, http_reply
from tests.emulators.boptest.plant import TOY, ToyPlant
from tests.waiting import DEADLINE_S
from utils.errors import DeviceError, DeviceRefused, DeviceUnreachable


def read(client: ECYDeviceClient) -> None:
    """Any call that needs a session."""
    client.read_values_from_endpoints([DAMPER])


class MemoryPins(dict[str, str]):
    """Pins in memory."""

    def set(self, address: str, fingerprint: str) -> None:
        self[address] = fingerprint


def pinning(address: str, pins: MemoryPins) -> ECYDeviceClient:
    return ECYDeviceClient(address, USER, PASSWORD, tls=TlsPolicy(TlsMode.PIN, pins=pins), timeout_s=5.0)


def off_to(address: str, timeout_s: float = 5.0) -> ECYDeviceClient:
    return ECYDeviceClient(address, USER, PASSWORD, tls=TlsPolicy(TlsMode.OFF), timeout_s=timeout_s)


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with bench() as serving:
        yield serving


@pytest.fixture
def ecy(shared: Bench) -> Iterator[Bench]:
    with fresh(shared) as signed_in:
        yield signed_in


def test_the_password_is_sent_once_and_the_cookie_after_that(ecy: Bench) -> None:
    for _ in range(3):
        read(ecy.client)
    ecy.client.connect()
    assert ecy.controller.counters.basic_sign_ins == 0
    ecy.client.forget_session()
    ecy.client.connect()
    read(ecy.client)
    assert ecy.controller.counters.basic_sign_ins == 1
    assert ecy.controller.counters.sessions_opened == 1


def test_a_dead_session_is_renewed_once_and_unseen(ecy: Bench) -> None:
    ecy.controller.sessions.clear()
    read(ecy.client)
    read(ecy.client)
    assert ecy.controller.counters.basic_sign_ins == 1


def test_forgetting_the_session_signs_in_again(ecy: Bench) -> None:
    ecy.client.forget_session()
    read(ecy.client)
    assert ecy.controller.counters.basic_sign_ins == 1


def test_a_wrong_password_is_tried_once_only() -> None:
    with bench(Profile(lockout_failures=2), password="wrong") as ecy:
        for _ in range(3):
            with pytest.raises(DeviceRefused, match="wrong user name or password"):
                read(ecy.client)
        assert ecy.controller.counters.basic_sign_ins == 1
        with pytest.raises(DeviceRefused, match="wrong user name or password"):
            ecy.client.connect()
        assert ecy.controller.counters.basic_sign_ins == 2


def test_a_password_that_was_changed_meanwhile_is_refused_after_one_try(ecy: Bench) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(401, b"no"), times=None))
    for _ in range(2):
        with pytest.raises(DeviceRefused):
            read(ecy.client)
    ecy.controller.faults.clear()
    with pytest.raises(DeviceRefused):
        read(ecy.client)
    ecy.client.connect()
    read(ecy.client)


def test_an_account_without_the_api_role_is_refused() -> None:
    profile = Profile(api_role=False, missing_role_status=403)
    with bench(profile) as ecy, pytest.raises(DeviceRefused, match="lacks the rights"):
        ecy.client.connect()


def test_no_secret_is_told(ecy: Bench) -> None:
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    ecy.client.connect()
    ecy.controller.faults.add(AnswerInstead(Response(404, f"you sent {PASSWORD} {token}".encode(), "text/plain"), None))
    with pytest.raises(DeviceError) as caught:
        ecy.client.get_clock()
    told = "".join(traceback.format_exception(caught.value)) + repr(ecy.client) + repr(ecy.client.__dict__)
    assert "you sent *** ***" in told
    assert PASSWORD not in told
    assert token not in told


@pytest.mark.parametrize("status", [429, 502, 503, 504, 500])
def test_a_controller_that_is_busy_is_unreachable(ecy: Bench, status: int) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(status, b"later"), times=None))
    with pytest.raises(DeviceUnreachable):
        ecy.client.get_clock()


def test_a_session_cap_is_unreachable_and_passes() -> None:
    profile = Profile(session_cap=1, session_cap_action="refuse")
    with bench(profile) as ecy, client_of(ecy.server) as second:
        ecy.client.connect()
        with pytest.raises(DeviceUnreachable, match="503"):
            second.connect()
        ecy.controller.sessions.clear()
        second.connect()


def test_a_lost_connection_is_unreachable_and_the_next_call_works(ecy: Bench) -> None:
    ecy.controller.faults.add(DropConnection())
    with pytest.raises(DeviceUnreachable):
        read(ecy.client)
    read(ecy.client)


def test_abort_wakes_a_call_and_resume_lets_the_next_one_through(ecy: Bench) -> None:
    hold = Hold()
    ecy.controller.faults.add(hold)

    def abort() -> None:
        hold.holding.wait(DEADLINE_S)
        ecy.client.abort()

    thread = threading.Thread(target=abort, name="aborter")
    thread.start()
    with pytest.raises(DeviceUnreachable, match="abandoned"):
        read(ecy.client)
    thread.join()
    hold.release()
    with pytest.raises(DeviceUnreachable, match="abandoned"):
        read(ecy.client)
    ecy.client.resume()
    read(ecy.client)


def test_firmware_1_is_named() -> None:
    with bench(Profile(firmware="1.x")) as ecy, pytest.raises(DeviceRefused, match=r"firmware 1\.x"):
        ecy.client.connect()


@pytest.mark.parametrize("v1_urls", ["json", "html", "redirect"])
def test_firmware_2_is_recognised_whatever_it_says_of_v1(v1_urls: str) -> None:
    with bench(Profile(v1_urls=v1_urls)) as ecy:  # type: ignore[arg-type]
        ecy.client.connect()


@pytest.mark.parametrize("strict", [False, True])
def test_bodies_are_announced_as_json(strict: bool) -> None:
    with bench(Profile(strict_content_type=strict)) as ecy:
        ecy.client.connect()
        ecy.client.disable_ntp()


@pytest.mark.parametrize(
    "reply",
    [
        http_reply(b"<html>printer</html>"),
        http_reply(b"not here", "404 Not Found"),
        http_reply(b"", "301 Moved Permanently", "Location: http://elsewhere/"),
    ],
    ids=["page for everything", "nothing there", "redirect"],
)
def test_what_is_no_ecy_is_refused_and_shown_no_password(reply: bytes, tmp_path: Path) -> None:
    with RawServer(always(reply), Certificate(tmp_path, "printer").context()) as server:
        with off_to(f"127.0.0.1:{server.port}") as client, pytest.raises(DeviceRefused):
            client.connect()
        assert not any(b"Authorization" in request for request in server.requests)


BASIC, JSON_TYPE, HTML_TYPE = (
    'WWW-Authenticate: Basic realm="{}"',
    "Content-Type: application/json",
    "Content-Type: text/html",
)


def asking(body: bytes, *headers: str, status: str = "401 Unauthorized") -> bytes:
    return http_reply(body, status, *headers)


STRANGERS = {
    "a router's page": asking(b"<html>Sign in</html>", BASIC.format("RT-66"), HTML_TYPE),
    "a page without a challenge": asking(b"<html>Sign in</html>", HTML_TYPE),
    "a page of nginx": asking(
        b"<html><center>nginx</center></html>", BASIC.format("x"), HTML_TYPE, "Server: nginx/1.12"
    ),
    "nothing but a challenge": asking(b"", BASIC.format("files")),
    "another scheme": asking(b'{"error": "no"}', 'WWW-Authenticate: Digest realm="ECLYPSE"', JSON_TYPE),
    "an API with tokens": asking(b'{"message": "no"}', "WWW-Authenticate: Bearer", JSON_TYPE),
    "an API that does not say how": asking(b'{"message": "Unauthorized"}', JSON_TYPE),
    "a page that forbids": asking(b"<html>Forbidden</html>", HTML_TYPE, "Server: Jetty(9.4)", status="403 Forbidden"),
}


@pytest.mark.parametrize("reply", STRANGERS.values(), ids=STRANGERS)
def test_what_does_not_ask_as_an_ecy_does_gets_no_password_and_no_pin(reply: bytes, tmp_path: Path) -> None:
    certificate, pins = Certificate(tmp_path, "printer"), MemoryPins()
    with RawServer(always(reply), certificate.context()) as server:
        address = f"127.0.0.1:{server.port}"
        with pinning(address, pins) as client:
            with pytest.raises(DeviceRefused, match="does not look like an ECY") as caught:
                client.connect()
            with pytest.raises(DeviceRefused, match="does not look like an ECY"):
                read(client)
        assert not any(b"Authorization" in request for request in server.requests)
    assert pins == {}
    assert f'say so with a line "{address}": "{certificate.fingerprint}"' in str(caught.value)


ASKING_LIKE_AN_ECY = {
    "JSON": asking(b'{"error": "unauthorized"}', BASIC.format("x"), JSON_TYPE),
    "a page with the cookie of firmware 1.x": asking(
        b"<html>401</html>",
        'WWW-Authenticate: basic realm="Radius"',
        HTML_TYPE,
        "Set-Cookie: ECLYPSERESTSESSIONID=abc;Path=/",
    ),
    "a page with its realm": asking(b"<html>401</html>", BASIC.format("ECLYPSE"), HTML_TYPE),
    "a page that names its maker": asking(b"<html>Distech Controls</html>", HTML_TYPE),
}


@pytest.mark.parametrize("reply", ASKING_LIKE_AN_ECY.values(), ids=ASKING_LIKE_AN_ECY)
def test_what_asks_as_an_ecy_does_is_pinned_and_then_signed_in_to(reply: bytes, tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "ecy")

    def answer(_server: RawServer, connection: socket.socket, request: bytes) -> None:
        is_signed_in = b"Authorization: Basic" in request
        assert (len(pins) == 1) is is_signed_in
        connection.sendall(http_reply(b'{"services": {}}', "200 OK", JSON_TYPE) if is_signed_in else reply)

    with RawServer(answer, certificate.context()) as server:
        pins = MemoryPins()
        address = f"127.0.0.1:{server.port}"
        with pinning(address, pins) as client:
            client.meet()
            assert (client.fingerprint, client.is_new, pins) == (certificate.fingerprint, True, {})
            client.connect()
        assert pins == {address: certificate.fingerprint}


def test_a_pin_that_a_person_has_put_on_record_is_enough(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "ecy")
    with RawServer(always(STRANGERS["nothing but a challenge"]), certificate.context()) as server:
        address = f"127.0.0.1:{server.port}"
        with (
            pinning(address, MemoryPins({address: certificate.fingerprint})) as client,
            pytest.raises(DeviceRefused, match="wrong user name or password"),
        ):
            client.connect()
        assert sum(b"Authorization: Basic" in request for request in server.requests) == 1


def test_a_boptest_server_is_no_ecy() -> None:
    with (
        BoptestServer({TOY: lambda: ToyPlant(TOY)}) as server,
        off_to(f"127.0.0.1:{server.port}") as client,
        pytest.raises(DeviceError),
    ):
        client.connect()


def test_nothing_there_is_unreachable() -> None:
    with off_to("127.0.0.1:1") as client, pytest.raises(DeviceUnreachable, match=r"127\.0\.0\.1:1: "):
        client.connect()


def test_the_controllers_certificate_can_be_pinned(ecy: Bench) -> None:
    pins = MemoryPins()
    policy = TlsPolicy(TlsMode.PIN, pins=pins)
    address = ecy.server.addresses[NAME]
    with ECYDeviceClient(address, USER, PASSWORD, tls=policy) as client:
        client.connect()
    assert list(pins) == [address]
    pins[address] = "0" * 64
    signed_in = ecy.controller.counters.basic_sign_ins
    impostor = pytest.raises(DeviceRefused, match="certificate has changed")
    with ECYDeviceClient(address, USER, PASSWORD, tls=policy) as client, impostor:
        client.connect()
    assert ecy.controller.counters.basic_sign_ins == signed_in


@pytest.mark.parametrize(("told", "seconds"), [("7", 7.0), ("86400", 86400.0), ("soon", 0.0), ("²", 0.0), ("", 0.0)])
def test_a_busy_controller_may_say_how_long_to_leave_it_alone(ecy: Bench, told: str, seconds: float) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(503, b"{}", headers={"retry-after": told})))
    with pytest.raises(DeviceUnreachable) as caught:
        read(ecy.client)
    assert caught.value.retry_after_s == seconds


def test_what_has_been_an_ecy_before_is_only_not_ready_when_it_answers_something_else(ecy: Bench) -> None:
    ecy.controller.faults.add(AnswerInstead(WEB_PAGE))
    with pytest.raises(DeviceUnreachable, match="does not answer as it used to"):
        ecy.client.connect()
    ecy.client.connect()


def test_sessions_are_counted_when_they_are_opened(ecy: Bench) -> None:
    before = ecy.client.sign_ins
    read(ecy.client)
    assert ecy.client.sign_ins == before
    ecy.controller.sessions.clear()
    read(ecy.client)
    assert ecy.client.sign_ins == before + 1
