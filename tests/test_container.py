"""What starts the bench in a container, with a stand-in for the bench; and that the files for it fit each other.

``python -m tests.container_root`` goes through the Containerfile itself, by hand.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.command_line import ROOT
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="containers run Linux")

SERVICE = ROOT / "docs" / "container-service.sh"
GIVES_BACK = """#!/bin/sh
trap 'echo gives back; sleep 0.2; echo has given back; exit 0' TERM
echo runs "$@"
while :; do sleep 0.05; done
"""


@contextmanager
def service(folder: Path, bench: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    stand_in = folder / "building-bench"
    stand_in.write_text(bench, encoding="utf-8")
    stand_in.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(  # noqa: S603
        [str(SERVICE), *words],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        with process:
            yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def test_a_stop_is_passed_on_and_what_is_given_back_is_waited_for(tmp_path: Path) -> None:
    with service(tmp_path, GIVES_BACK, "--yes") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "runs --yes\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "gives back\nhas given back\n"
        assert process.wait(DEADLINE_S) == 0


@pytest.mark.parametrize("code", [0, 1, 130])
def test_its_exit_code_is_that_of_the_bench(code: int, tmp_path: Path) -> None:
    with service(tmp_path, f"#!/bin/sh\nexit {code}\n") as process:
        assert process.wait(DEADLINE_S) == code


def test_where_somebody_has_to_act_it_waits_instead_of_being_started_again(tmp_path: Path) -> None:
    with service(tmp_path, "#!/bin/sh\necho wrong account\nexit 2\n") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "wrong account\n"
        assert process.stdout.readline().startswith("not tried again: mend what is told above")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 2


def test_every_service_is_read_only_and_nobodys_root() -> None:
    compose: Mapping[str, Mapping[str, Mapping[str, object]]] = yaml.safe_load(
        (ROOT / "compose.yaml").read_text(encoding="utf-8")
    )
    for service_of in compose["services"].values():
        assert service_of["read_only"] is True
        assert service_of["user"] == "1001"
        assert service_of["network_mode"] == "host"
        assert "state:/state" in service_of["volumes"]  # type: ignore[operator]
    assert compose["services"]["bridge"]["restart"] == "unless-stopped"
