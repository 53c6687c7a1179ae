"""``pip install .`` in an environment of its own: everything is in the wheel, and nothing is written below it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command_line import ROOT, environment

pytestmark = pytest.mark.slow

TRACKED = ("git", "-C", str(ROOT), "ls-files", "-z")
NOT_SHIPPED = {"benchmarks", "docs", "tests"}
SEEDS = """
from clients.boptest_client import BOPTestClient
from clients.ecy_device_client import ECYDeviceClient
from equipment.equipment_manager import EquipmentManager
from points.analog_input_point import AnalogInputPoint
from supervisory import EasyASO
from utils.unit_conversion import UnitConverter
print(BOPTestClient("127.0.0.1", 5000), UnitConverter().convert(0.0, "degC", "K"))
"""


@dataclass(frozen=True)
class Installed:
    """An environment with nothing but the wheel and what it needs."""

    folder: Path
    wheel: Path

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str, here: Path) -> tuple[int, str]:
        """Run one of its programs in a folder, for a user who has nothing yet; exit code, and what it printed."""
        variables = environment(HOME=str(here.parent / "user"), XDG_STATE_HOME=str(here.parent / "user" / "state"))
        del variables["BRIDGE_RUNS_DIR"]
        done = subprocess.run(  # noqa: S603
            [str(self.programs / command[0]), *command[1:]],
            cwd=here,
            env={**variables, "LOCALAPPDATA": str(here.parent / "user")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    @property
    def files(self) -> Mapping[str, tuple[int, float]]:
        """Every file of it, with size and time: root may write where nobody may."""
        return {
            str(file): (file.lstat().st_size, file.lstat().st_mtime)
            for file in self.folder.rglob("*")
            if not file.is_dir()
        }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Build the wheel of what is tracked, install it, and take the right to write away."""
    folder = tmp_path_factory.mktemp("installed")
    sources = folder / "sources"
    tracked = subprocess.run(TRACKED, capture_output=True, check=True).stdout.decode().split("\0")  # noqa: S603
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes((ROOT / name).read_bytes())
    pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder / "wheels"), str(sources))
    [wheel] = (folder / "wheels").iterdir()
    made = Installed(folder / "environment", wheel)
    venv.create(made.folder, with_pip=True)
    pip(str(made.programs / "python"), "install", str(wheel))
    subprocess.run([made.programs / "python", "-m", "compileall", "-q", made.folder], check=False)  # noqa: S603
    changed = [path for path in made.folder.rglob("*") if not path.is_symlink()]
    for path in changed:
        path.chmod(path.stat().st_mode & ~0o222)
    yield made
    for path in changed:
        path.chmod(path.stat().st_mode | 0o200)


def pip(python: str, *words: str) -> None:
    command = [python, "-m", "pip", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_every_file_of_a_room_is_in_the_wheel_and_no_test(installed: Installed) -> None:
    shipped = {name for name in zipfile.ZipFile(installed.wheel).namelist() if not name.endswith("/")}
    tracked = subprocess.run(TRACKED, capture_output=True, check=True).stdout.decode().split("\0")  # noqa: S603
    rooms = {name for name in tracked if "/" in name and not name.startswith((".", *NOT_SHIPPED))}
    pages = {name for name in rooms if name.endswith(".md")}
    assert {name for name in rooms - pages if (ROOT / name).is_file()} <= shipped
    assert not {name for name in shipped if name.startswith(tuple(f"{room}/" for room in NOT_SHIPPED))}
    assert "main.py" not in shipped


def test_from_an_empty_folder_it_runs_and_writes_nothing_below_itself(installed: Installed, empty: Path) -> None:
    before = installed.files
    code, told = installed.run("building-bench", "demo", "--steps", "20", "--no-page", here=empty)
    assert code == 0, told
    assert "53 released" in told
    [recording] = (empty.parent / "user").rglob("*.run")
    assert f"building-bench report {recording.stem}" in told
    assert "nothing to release" in installed.run("building-bench", "release", here=empty)[1]
    assert list(empty.iterdir()) in ([], [empty / "app.log"])
    assert installed.files == before


@pytest.mark.parametrize("case", ["multizone_office_bench", "heat_pump_office"])
def test_every_building_comes_with_it(installed: Installed, empty: Path, case: str) -> None:
    begin = ("--start", "2018-01-15 04:30", "--steps", "3", "--no-page")
    code, told = installed.run("building-bench", "demo", "--cases", case, *begin, here=empty)
    assert (code, "released" in told) == (0, True), told


def test_it_expands_a_model(installed: Installed, empty: Path) -> None:
    model = empty / "model.epJSON"
    model.write_bytes((ROOT / "configs" / "hvac_templates" / "two_rooms_vav.epJSON").read_bytes())
    code, told = installed.run("building-bench", "expand", "--file", str(model), here=empty)
    assert code == 0, told
    assert len(list(empty.iterdir())) > 1


def test_it_begins_with_an_example_of_its_own(installed: Installed, empty: Path) -> None:
    code, told = installed.run("building-bench", here=empty)
    assert (code, "building-bench init writes one" in told) == (2, True), told
    assert installed.run("building-bench", "init", here=empty)[0] == 0
    code, told = installed.run("building-bench", "check", here=empty)
    assert code == 2
    assert "still has the placeholder" in told


def test_the_imports_of_the_seeds_work_beside_files_that_bear_our_names(installed: Installed, empty: Path) -> None:
    (empty / "utils.py").write_text("", encoding="utf-8")
    script = empty.parent / "script.py"
    script.write_text(SEEDS, encoding="utf-8")
    code, told = installed.run("python", str(script), here=empty)
    assert (code, told.strip()) == (0, "BOPTestClient('http://127.0.0.1:5000') 273.15")
    assert installed.run("building-bench", "units", "cfm", here=empty)[0] == 0
    assert installed.run("building-bench", "demo", "--steps", "2", "--no-page", here=empty)[0] == 0
