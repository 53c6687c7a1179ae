from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from clients.http.funnel import Failures, HttpFunnel
from clients.http.tls import PinnedCertificate, TlsMode, TlsPolicy, fingerprint_of, trust_for
from tests.clients.certificates import Certificate
from tests.clients.raw_server import RawServer, always, hanging, http_reply
from utils.errors import ConfigError, DeviceRefused, DeviceUnreachable


class MemoryPins(dict[str, str]):
    """Pins in memory."""

    def set(self, address: str, fingerprint: str) -> None:
        self[address] = fingerprint


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificates"), "ecy")


def ask(server: RawServer, policy: TlsPolicy) -> None:
    device = f"127.0.0.1:{server.port}"
    unreachable = partial(DeviceUnreachable, device)
    failures = Failures(unreachable, unreachable, partial(DeviceRefused, device), unreachable)
    trust = trust_for(device, policy, partial(DeviceRefused, device))
    with HttpFunnel(f"https://{device}", failures, trust=trust) as funnel:
        funnel.call("GET", "/", timeout_s=5)


def pin_for(address: str, pins: MemoryPins, *, keeps: bool = True) -> PinnedCertificate:
    trust = trust_for(address, TlsPolicy(TlsMode.PIN, pins=pins, keeps_pins=keeps), partial(DeviceRefused, address))
    assert trust.pin is not None
    return trust.pin


def test_a_first_certificate_is_not_kept_by_being_seen(certificate: Certificate) -> None:
    pins = MemoryPins()
    with RawServer(always(http_reply()), certificate.context()) as server:
        ask(server, TlsPolicy(TlsMode.PIN, pins=pins))
        assert len(server.requests) == 1
    assert pins == {}


def test_a_certificate_is_put_on_record_when_its_owner_is_known() -> None:
    pins = MemoryPins()
    pin = pin_for("10.0.0.1", pins)
    pin.keep()
    assert (pins, pin.seen) == ({}, None)
    pin.check(b"mine")
    assert not pin.is_on_record
    pin.keep()
    assert pins == {"10.0.0.1": pin.seen} == {"10.0.0.1": fingerprint_of(b"mine")}
    assert pin.is_on_record


def test_before_that_every_connection_has_to_show_the_same_certificate() -> None:
    pin = pin_for("10.0.0.1", MemoryPins())
    pin.check(b"mine")
    with pytest.raises(DeviceRefused, match="its certificate has changed"):
        pin.check(b"an impostor's")


def test_who_only_looks_compares_and_keeps_nothing() -> None:
    pins = MemoryPins()
    pin = pin_for("10.0.0.1", pins, keeps=False)
    pin.check(b"mine")
    pin.keep()
    assert pins == {}
    known = pin_for("10.0.0.1", MemoryPins({"10.0.0.1": fingerprint_of(b"mine")}), keeps=False)
    with pytest.raises(DeviceRefused, match="its certificate has changed"):
        known.check(b"an impostor's")


@pytest.mark.parametrize("address", ["10.0.0.1", "[fe80::1]"])
def test_a_pin_that_was_kept_with_the_usual_port_still_counts(address: str) -> None:
    pin = pin_for(address, MemoryPins({f"{address}:443": fingerprint_of(b"mine")}))
    pin.check(b"mine")
    assert pin.is_on_record
    with pytest.raises(DeviceRefused, match=re.escape(f"the line of {address}:443 in")):
        pin.check(b"an impostor's")
    assert not pin_for(f"{address}:8443", MemoryPins({f"{address}:443": "00"})).is_on_record


def test_a_pinned_certificate_is_recognised_however_it_is_written(certificate: Certificate) -> None:
    digits = certificate.fingerprint.upper()
    spelled = ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))
    with RawServer(always(http_reply()), certificate.context()) as server:
        ask(server, TlsPolicy(TlsMode.PIN, pins=MemoryPins({f"127.0.0.1:{server.port}": spelled})))
        assert len(server.requests) == 1


def test_a_changed_certificate_is_refused_and_sees_no_request(certificate: Certificate) -> None:
    with RawServer(always(http_reply()), certificate.context()) as server:
        pins = MemoryPins({f"127.0.0.1:{server.port}": "ab" * 32})
        with pytest.raises(DeviceRefused) as caught:
            ask(server, TlsPolicy(TlsMode.PIN, pins=pins, pins_file=".state/pins"))
        assert server.requests == []
    for words in ("ab" * 32, certificate.fingerprint, ".state/pins", f"line of 127.0.0.1:{server.port}"):
        assert words in str(caught.value)


@pytest.mark.parametrize("mode", [TlsMode.VERIFY, TlsMode.CA_FILE])
def test_a_certificate_that_no_ca_vouches_for_is_refused(
    certificate: Certificate, mode: TlsMode, tmp_path: Path
) -> None:
    ca_file = Certificate(tmp_path, "other").path if mode is TlsMode.CA_FILE else None
    with RawServer(always(http_reply()), certificate.context()) as server:
        with pytest.raises(DeviceRefused, match="certificate is not trusted"):
            ask(server, TlsPolicy(mode, ca_file=ca_file))
        assert server.requests == []


@pytest.mark.parametrize("setting", ["off", "the file"])
def test_off_and_the_right_ca_file_accept_without_a_warning(certificate: Certificate, setting: str) -> None:
    text = str(certificate.path) if setting == "the file" else setting
    with RawServer(always(http_reply()), certificate.context()) as server:
        ask(server, TlsPolicy.parse(text, MemoryPins(), "pins"))
        assert len(server.requests) == 1


def test_the_environment_does_not_override_the_policy(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    with RawServer(always(http_reply()), certificate.context()) as server, pytest.raises(DeviceRefused):
        ask(server, TlsPolicy(TlsMode.VERIFY))


def test_a_peer_without_tls_is_refused() -> None:
    greeting = http_reply(b"", "400 Bad Request")
    with RawServer(hanging, greeting=greeting) as server, pytest.raises(DeviceRefused, match="does not speak TLS"):
        ask(server, TlsPolicy(TlsMode.OFF))


@pytest.mark.parametrize(("text", "mode"), [("pin", TlsMode.PIN), (" Verify ", TlsMode.VERIFY), ("OFF", TlsMode.OFF)])
def test_the_setting_names_a_policy(text: str, mode: TlsMode) -> None:
    policy = TlsPolicy.parse(text, MemoryPins(), "pins")
    assert policy.mode is mode
    assert (policy.pins is not None) is (mode is TlsMode.PIN)


def test_a_ca_file_that_cannot_be_read_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("not a certificate")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(ConfigError, match="ECY_TLS"):
            TlsPolicy.parse(str(tmp_path / name), MemoryPins(), "pins")


def test_pinning_without_pins_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="pins"):
        TlsPolicy(TlsMode.PIN)
