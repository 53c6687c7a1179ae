"""Goes through the Containerfile without a runtime for containers: by hand, ``sudo python -m tests.container_root``.

Its base is a Debian of debootstrap's, each RUN a command in it (chroot), and what is started at the end runs in a
namespace of its own, as nobody's root, with everything read-only but ``/state`` and ``/tmp``. What it does not prove:
that a container runtime reads the files as we do, the health check's intervals, restarts, and network_mode.
"""

from __future__ import annotations

import fnmatch
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from utils.for_each import each_in

ROOT = Path(__file__).parents[1]
OF_THIS_COMPUTER = ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt", "etc/pip.conf")
CERTIFICATES = "usr/local/share/ca-certificates"
"""What it may need to reach the registries."""
REGISTRY_VARIABLES = ("PIP_", "HTTP", "http", "SSL_", "REQUESTS_")

PORT, FIRST_PORT = 5580, 8680
SESSION = f"""
mkfifo /tmp/open
building-bench emulate --boptest-port {PORT} --ecy-port {FIRST_PORT} --until-stdin-closes < /tmp/open > /tmp/told &
exec 3> /tmp/open
until grep -q VAV_West /tmp/told; do sleep 1; done
bench-service --yes --steps 20
"""
"""Peers on this computer, and the bridge as the compose file starts it."""
ENV = f"""
BOP_SERVER_URL=http://127.0.0.1:{PORT}
BOP_START_TIME=2023-07-06 08:00:00
BOP_WARMUP_PERIOD=0
BOP_STEP_TIME=5
BOP_TIME_SCALE=0
ECY2_LOGIN_USERNAME=bench
ECY2_LOGIN_PWORD=bench
UNIT_SYSTEM=SI
"""


def write_site(folder: Path) -> None:
    """What a user has in /site: settings, and a config for each of the demo's controllers."""
    (folder / "configs").mkdir()
    (folder / ".env").write_text(ENV, encoding="utf-8")
    files = sorted((ROOT / "configs" / "demo").glob("*.json"))
    for number, config in enumerate(one for file in files for one in each_in(file)):
        config["device_ip"] = f"127.0.0.1:{FIRST_PORT + number}"
        (folder / "configs" / f"{config['equipment_name']}.json").write_text(json.dumps(config), encoding="utf-8")


class Root:
    """A folder that becomes what the Containerfile says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self.user = "0"
        self.here = "/"
        self.entry: list[str] = []
        self.health = ""

    def begin(self, image: str) -> None:
        """Debian as small as it gets."""
        suite = image.rpartition(":")[2].removesuffix("-slim")
        call("debootstrap", "--variant=minbase", suite, str(self.folder))
        for name in OF_THIS_COMPUTER:
            if (file := Path("/") / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, self.folder / name)
        if (Path("/") / CERTIFICATES).is_dir():
            shutil.copytree(Path("/") / CERTIFICATES, self.folder / CERTIFICATES, dirs_exist_ok=True)

    def take(self, instruction: str, rest: str) -> None:
        """One line of the file."""
        if instruction == "FROM":
            self.begin(rest)
        elif instruction == "RUN":
            registries = {k: v for k, v in os.environ.items() if k.startswith(REGISTRY_VARIABLES)}
            call("chroot", str(self.folder), "/bin/sh", "-c", rest, **{**registries, **self.environment})
        elif instruction == "COPY":
            source, target = rest.split()
            self.copy(ROOT / source, self.folder / target.strip("/"))
        elif instruction == "ENV":
            name, _, value = rest.partition("=")
            self.environment[name] = value
        elif instruction == "USER":
            self.user = rest
        elif instruction == "WORKDIR":
            self.here = rest
        elif instruction == "ENTRYPOINT":
            self.entry = shlex.split(rest.strip("[]").replace(",", " "))
        elif instruction == "HEALTHCHECK":
            self.health = rest.partition("CMD ")[2]
        elif instruction != "VOLUME":
            raise SystemExit(f"who knows what {instruction} is?")

    def copy(self, source: Path, target: Path) -> None:
        """What is tracked and not ignored."""
        tracked = subprocess.run(["git", "ls-files"], cwd=source, capture_output=True, text=True, check=True)  # noqa: S607
        for name in tracked.stdout.split("\n"):
            if name and not is_ignored(name) and (source / name).is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source / name, target / name)

    def run(self, *words: str) -> None:
        """Start it as compose does: read-only, as the user, with a state and a folder for temporary files."""
        at = self.folder
        user = subprocess.run(["chroot", at, "id", "-u", self.user], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607
        inside = f"cd {self.here} && exec {shlex.join(words)}"
        script = (
            f"mount --bind {at} {at} && mount -t tmpfs tmpfs {at}/tmp && mount -t proc proc {at}/proc"  # noqa: S108
            f" && mount --bind {at}/state {at}/state && mount -o remount,ro,bind {at}"
            f" && exec /usr/sbin/chroot --userspec={user.strip()} {at} /bin/sh -c {shlex.quote(inside)}"
        )
        call("unshare", "--mount", "--pid", "--fork", "/bin/sh", "-c", script, **self.environment)


def is_ignored(name: str) -> bool:
    """As a builder reads .dockerignore: the last pattern that fits a file or a folder above it decides."""
    ignored = False
    for pattern in (ROOT / ".dockerignore").read_text(encoding="utf-8").split():
        above = [name, *map(str, Path(name).parents)]
        if any(fnmatch.fnmatchcase(one, pattern.lstrip("!")) for one in above if one != "."):
            ignored = not pattern.startswith("!")
    return ignored


def call(*command: str, **variables: str) -> None:
    """Run a command to its end; one that fails ends all."""
    print("$", shlex.join(command)[:200], flush=True)  # noqa: T201
    path = {"PATH": os.environ["PATH"]} if command[0] == "debootstrap" else {}
    subprocess.run(command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **variables, **path}, check=True)  # noqa: S603


def instructions(file: Path) -> Iterator[tuple[str, str]]:
    """Each with its words."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            yield instruction, rest


def main(arguments: Sequence[str]) -> None:
    """Build it, and run what a container would."""
    with tempfile.TemporaryDirectory(prefix="bench-root-") as name:
        root = Root(Path(name))
        root.folder.chmod(0o755)
        for instruction, rest in instructions(ROOT / "Containerfile"):
            root.take(instruction, rest)
        write_site(root.folder / "site")
        root.run("sh", "-c", f"{SESSION.strip()} && {root.health}")
        root.run(*root.entry, "release")
        root.run("sh", "-c", "! touch /opt/bench/x 2>/dev/null && ! touch /site/x 2>/dev/null && id -u")
    print("all of it ran")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
