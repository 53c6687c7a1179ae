"""Emulated ECY controllers on loopback: as many as wanted, each with its own port, in one process."""

from __future__ import annotations

import ssl
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emulators.ecy.access.sessions import Account
from emulators.ecy.certificates import CertificateFiles, certificate_in
from emulators.ecy.controller import ControllerSpec, EmulatedController, EmulatorSettings
from emulators.ecy.profile import Profile
from emulators.ecy.rest.site import ControllerSite, redirecting
from emulators.ecy.scanning import ScanMode, WallScan
from emulators.http.serving import ServedSite, ServerThread
from emulators.process import EmulatorError
from emulators.states import Fields, ForeignStateError

if TYPE_CHECKING:
    from emulators.ecy.bacnet.server import BacnetServer


def _utc_now() -> datetime:
    return datetime.now(UTC)


class EcyServer:
    """A context manager: inside it the controllers answer and their programs run.

    ``ports`` are given in the order of the specs; 0 takes free ones. A certificate is kept in ``certificate_folder``
    by its port, so that a client that pinned it knows the controller after a restart; without a folder, and for free
    ports, it lives as long as the server. ``latency_s`` is waited before each request is carried out.
    With ``bacnet_port`` the controllers speak BACnet/IP too, on consecutive UDP ports from there (0: free ones), and
    after them a BBMD for clients that want broadcasts.
    """

    def __init__(
        self,
        specs: Sequence[ControllerSpec],
        *,
        username: str,
        password: str,
        scan: ScanMode = WallScan(),  # noqa: B008 - a frozen value
        profile: Profile = Profile(),  # noqa: B008 - a frozen value
        host: str = "127.0.0.1",
        ports: Sequence[int] | int = 0,
        certificate_folder: Path | None = None,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        journal: bool = False,
        latency_s: float = 0.0,
        bacnet_port: int | None = None,
    ) -> None:
        account = Account(username, password)
        settings = EmulatorSettings(account, scan, profile, now, monotonic, journal, latency_s)
        self._controllers = {spec.name: EmulatedController(spec, settings) for spec in specs}
        if len(self._controllers) != len(specs):
            raise ValueError("two controllers have the same name")
        self._host = host
        self._ports = _ports_for(specs, ports)
        self._bacnet_port = bacnet_port
        self._bacnet: BacnetServer | None = None
        self._certificate_folder = certificate_folder
        self._certificates: dict[str, CertificateFiles] = {}
        self._bound_ports: list[int] = []
        self._stack = ExitStack()
        self._server: ServerThread
        self._temporary: Path

    @property
    def addresses(self) -> dict[str, str]:
        """``host:port`` of each controller's HTTPS by its name."""
        return self._addresses(self._controllers, self._bound_ports)

    @property
    def plain_addresses(self) -> dict[str, str]:
        """``host:port`` without TLS by controller name; empty unless the profile opens it."""
        return self._addresses(self._plain_names(), self._bound_ports[len(self._controllers) :])

    @property
    def bacnet_addresses(self) -> dict[str, str]:
        """``host:port`` of each controller's BACnet/IP by its name; empty unless it was asked for."""
        return self._bacnet.addresses if self._bacnet else {}

    @property
    def bacnet_broadcast_address(self) -> str | None:
        """``host:port`` of the BBMD, where foreign devices register; None unless BACnet/IP was asked for."""
        return self._bacnet.broadcast_address if self._bacnet else None

    @property
    def bacnet_routers(self) -> dict[int, str]:
        """``host:port`` of the router to each network that controllers are on; empty where all are on BACnet/IP."""
        return self._bacnet.routers if self._bacnet else {}

    @property
    def bacnet(self) -> BacnetServer:
        """The BACnet/IP side, for whoever wants to look inside. Raises LookupError where there is none."""
        if self._bacnet is None:
            raise LookupError("nothing speaks BACnet/IP here")
        return self._bacnet

    def controller(self, name: str) -> EmulatedController:
        """One controller, for whoever wants to look inside. Raises KeyError."""
        return self._controllers[name]

    def save(self) -> dict[str, object]:
        """What a state has of the controllers, by their names."""
        return {name: controller.save() for name, controller in self._controllers.items()}

    def prepare(self, document: object, *, take_back: bool) -> Callable[[], None]:
        """The way back to a state of the same controllers. Raises SavedStateError; nothing has changed yet.

        What clients have taken stays as it is now; with ``take_back`` it is as it was then, if nobody has anything now.
        """
        state = Fields(document, "controllers")
        if set(state.names) != set(self._controllers):
            there, told = ", ".join(self._controllers), ", ".join(map(str, state.names))[:200]
            raise ForeignStateError(f"the state has the controllers {told!a}; here are {there}")
        ways = [one.prepare(state.part(name), take_back=take_back) for name, one in self._controllers.items()]

        def go_back() -> None:
            for way in ways:
                way()

        return go_back

    def certificate(self, name: str) -> Path:
        """The certificate of one controller, PEM. Raises KeyError."""
        return self._certificates[name].certificate

    def unplug(self, name: str) -> None:
        """Take a controller off the network: connections are cut and new ones refused until :meth:`plug_in`."""
        self._server.shut(self._number(name))
        self.controller(name).connections.cut()
        if self._bacnet:
            self._bacnet.unplug(name)

    def plug_in(self, name: str) -> None:
        """Let a controller answer again, at the same address."""
        self._server.reopen(self._number(name))
        if self._bacnet:
            self._bacnet.plug_in(name)

    def change_certificate(self, name: str) -> None:
        """Give a controller another certificate, and cut the connections that have seen the old one."""
        files = certificate_in(self._temporary, f"changed-{uuid.uuid4()}", name, self._host)
        self._server.tls(self._number(name)).load_cert_chain(files.certificate, files.key)
        self._certificates[name] = files
        self.controller(name).connections.cut()

    def break_handshakes(self, name: str, *, broken: bool = True) -> None:
        """Let TLS handshakes fail with an alert, or no longer; cuts the connections that have made theirs."""
        self._server.tls(self._number(name)).sni_callback = _alert if broken else None
        self.controller(name).connections.cut()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._temporary = Path(stack.enter_context(TemporaryDirectory(prefix="ecy-")))
            self._certificates = self._make_certificates(self._temporary)
            self._server = ServerThread([*self._secure_sites(), *self._plain_sites()], "ecy-server")
            stack.callback(self._server.stop)
            self._bound_ports = self._server.ports
            stack.enter_context(self._server)
            self._bacnet = self._start_bacnet(stack)
            self._start_programs(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for controller in self._controllers.values():
            controller.faults.clear()
            controller.connections.cut()
        self._stack.close()

    def _number(self, name: str) -> int:
        return list(self._controllers).index(name)

    def _addresses(self, names: Iterable[str], ports: Sequence[int]) -> dict[str, str]:
        return {name: f"{self._host}:{port}" for name, port in zip(names, ports, strict=False)}

    def _plain_names(self) -> list[str]:
        return [name for name, one in self._controllers.items() if one.profile.plain_http != "closed"]

    def _make_certificates(self, temporary: Path) -> dict[str, CertificateFiles]:
        files = {}
        for number, (name, port) in enumerate(zip(self._controllers, self._ports, strict=True)):
            if self._certificate_folder is None or port == 0:
                files[name] = certificate_in(temporary, f"free-{number}", name, self._host)
            else:
                files[name] = self._kept(self._certificate_folder, f"ecy-{port}", name)
        return files

    def _kept(self, folder: Path, stem: str, name: str) -> CertificateFiles:
        try:
            return certificate_in(folder, stem, name, self._host)
        except OSError as error:
            what = f"the certificate of {name} cannot be kept in {folder}: {error.strerror or error}"
            raise EmulatorError(f"{what}; with free ports (--ecy-port 0) none is kept") from error

    def _secure_sites(self) -> list[ServedSite]:
        return [
            ServedSite(
                ControllerSite(controller).respond,
                self._host,
                port,
                self._certificates[name].certificate,
                self._certificates[name].key,
                connections=controller.connections,
            )
            for (name, controller), port in zip(self._controllers.items(), self._ports, strict=True)
        ]

    def _plain_sites(self) -> list[ServedSite]:
        return [self._plain_site(name) for name in self._plain_names()]

    def _plain_site(self, name: str) -> ServedSite:
        controller = self._controllers[name]
        if controller.profile.plain_http == "served":
            site = ControllerSite(controller, secure=False)
            return ServedSite(site.respond, self._host, connections=controller.connections)
        return ServedSite(redirecting(lambda: self.addresses[name]), self._host)

    def _start_bacnet(self, stack: ExitStack) -> BacnetServer | None:
        if self._bacnet_port is None:
            return None
        from emulators.ecy.bacnet.server import BacnetServer  # takes a while to load, and most never need it

        controllers = list(self._controllers.values())
        ports = [self._bacnet_port and self._bacnet_port + offset for offset in range(len(controllers) + 1)]
        return stack.enter_context(BacnetServer(controllers, self._host, ports))

    def _start_programs(self, stack: ExitStack) -> None:
        for controller in self._controllers.values():
            scanner = controller.scanner()
            if scanner is not None:
                scanner.start()
                stack.callback(scanner.stop)


def _alert(tls: ssl.SSLSocket | ssl.SSLObject, host: str | None, context: ssl.SSLContext) -> int:
    return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR


def _ports_for(specs: Sequence[ControllerSpec], ports: Sequence[int] | int) -> list[int]:
    if isinstance(ports, int):
        return [ports + offset if ports else 0 for offset in range(len(specs))]
    if len(ports) != len(specs):
        raise ValueError(f"{len(ports)} ports for {len(specs)} controllers")
    return list(ports)
