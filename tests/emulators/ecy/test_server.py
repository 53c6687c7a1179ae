"""The composition: controllers, ports, certificates, programs and latency."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from emulators.ecy.certificates import certificate_in
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.refusals import Refusal
from emulators.ecy.scanning import WallScan
from emulators.ecy.server import EcyServer
from emulators.process import EmulatorError
from emulators.program import ObjectSpec, ProgramIO
from tests.emulators.ecy.client import OBJECTS, PASSWORD, ROOT, SOME_OBJECTS, USER, EcyClient, signed_in
from tests.ports import free_port
from tests.waiting import DEADLINE_S


class Follower:
    """A program that copies one object to another."""

    objects: Sequence[ObjectSpec] = (ObjectSpec("AnalogInput", "in"), ObjectSpec("AnalogOutput", "out"))

    def __init__(self) -> None:
        self.scanned = threading.Event()

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        io.write("out", io.read("in") + 1.0)
        self.scanned.set()


def server_of(*specs: ControllerSpec, **options: object) -> EcyServer:
    return EcyServer(specs, username=USER, password=PASSWORD, **options)  # type: ignore[arg-type]


def test_controllers_of_one_process_are_apart() -> None:
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, instance=number) for number, name in enumerate("ab", start=1)]
    with server_of(*specs) as server:
        assert len(set(server.addresses.values())) == 2
        with signed_in(server, "a") as client:
            client.post(f"{OBJECTS}/analog-values/3", {"present-value": 5.0})
            client.base = f"https://{server.addresses['b']}"
            client.session.verify = str(server.certificate("b"))
            assert client.get(f"{ROOT}/services").status_code == 401
        assert server.controller("b").objects.named("Setpoint").present_value == 21.0
        assert server.plain_addresses == {}


def test_a_connection_is_kept_alive_over_tls() -> None:
    with server_of(ControllerSpec("AHU")) as server:
        context = ssl.create_default_context(cafile=str(server.certificate("AHU")))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        host, _, port = server.addresses["AHU"].partition(":")
        connection = http.client.HTTPSConnection(host, int(port), timeout=DEADLINE_S, context=context)
        try:
            for _ in range(2):
                connection.request("GET", f"{ROOT}/services")
                answer = connection.getresponse()
                answer.read()
                local = connection.sock.getsockname()
                assert answer.status == 401
            assert connection.sock.getsockname() == local
        finally:
            connection.close()


def test_stopping_does_not_wait_for_idle_connections() -> None:
    server = server_of(ControllerSpec("AHU"))
    with server, EcyClient(server, "AHU") as client:
        client.sign_in()
        started = time.monotonic()
        server.__exit__(None, None, None)
        assert time.monotonic() - started < DEADLINE_S


@pytest.mark.parametrize("as_list", [True, False])
def test_a_certificate_is_kept_by_its_port(tmp_path: Path, as_list: bool) -> None:
    port = free_port()
    seen = []
    for _ in range(2):
        with server_of(
            ControllerSpec("AHU"), ports=[port] if as_list else port, certificate_folder=tmp_path / "certificates"
        ) as server:
            assert server.addresses == {"AHU": f"127.0.0.1:{port}"}
            seen.append(ssl.get_server_certificate(("127.0.0.1", port)))
    assert seen[0] == seen[1]


def test_without_a_folder_no_certificate_remains() -> None:
    with server_of(ControllerSpec("AHU")) as server:
        kept = server.certificate("AHU")
        assert kept.exists()
    assert not kept.exists()


def test_a_certificate_that_cannot_be_kept_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "certificates").write_text("a file where a folder should be", encoding="utf-8")
    server = server_of(ControllerSpec("AHU"), ports=[free_port()], certificate_folder=tmp_path / "certificates")
    words = r"certificate of AHU cannot be kept in .*certificates: .*--ecy-port 0"
    with pytest.raises(EmulatorError, match=words), server:
        pass


def test_a_certificate_names_a_host_that_is_no_address(tmp_path: Path) -> None:
    files = certificate_in(tmp_path, "one", "AHU", "bench.local")
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "bench.local"]


def test_a_certificate_names_its_device_and_host(tmp_path: Path) -> None:
    files = certificate_in(tmp_path, "one", "AHU", "127.0.0.1")
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert certificate.subject.rfc4514_string() == "CN=AHU"
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("127.0.0.1")]


def test_a_program_runs_while_the_server_does() -> None:
    program = Follower()
    with server_of(ControllerSpec("AHU", program=program), scan=WallScan(scale=1000.0)) as server:
        assert program.scanned.wait(DEADLINE_S)
        with signed_in(server, "AHU") as client:
            assert client.get(f"{ROOT}/services/gfx/programs").json()["1"]["state"] == "Running"
            assert client.delete(f"{OBJECTS}/analog-outputs/1").status_code == 400
            client.post(f"{OBJECTS}/analog-inputs/1", {"object-name": "renamed"})
            program.scanned.clear()
            assert program.scanned.wait(DEADLINE_S)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ecy-")]


def test_given_objects_come_before_those_of_the_program() -> None:
    given = [ObjectSpec("AnalogOutput", "other"), ObjectSpec("AnalogOutput", "out", instance=1, units="percent")]
    spec = ControllerSpec("AHU", objects=given, program=Follower())
    database = server_of(spec).controller("AHU").objects
    assert database.named("out").units == "percent"
    assert {name: ref.instance for name, ref in database.names().items()} == {"out": 1, "other": 2, "in": 1}


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind() -> None:
    with server_of(ControllerSpec("first")) as first:
        port = int(first.addresses["first"].split(":")[1])
        with pytest.raises(OSError, match=r"(?i)address"), server_of(ControllerSpec("second"), ports=[port]):
            pass
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ecy-")]


@pytest.mark.parametrize(
    ("specs", "options"),
    [
        ([ControllerSpec("a"), ControllerSpec("a")], {}),
        ([ControllerSpec("a")], {"ports": [1, 2]}),
    ],
)
def test_a_composition_that_cannot_be_is_refused(specs: list[ControllerSpec], options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="controllers"):
        server_of(*specs, **options)


def test_an_unknown_zone_is_refused_at_once() -> None:
    with pytest.raises(Refusal):
        server_of(ControllerSpec("a", time_zone="Mars/Olympus"))


def test_latency_is_waited_for_each_request() -> None:
    with server_of(ControllerSpec("AHU"), latency_s=0.05) as server, EcyClient(server, "AHU") as client:
        started = time.monotonic()
        client.sign_in()
        assert time.monotonic() - started >= 0.05
