"""What it costs to save an embedded test and go back, and to ask the building's own control beside each step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.rows import Measured
from clients.boptest_client import BOPTestClient
from emulators.boptest.case.testcase import CaseEngine, perform
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.programs.application import standard_application
from emulators.states import StateFile

CASE = "multizone_office_simple_air"
MORNING_S = 186 * 86_400 + 5.5 * 3600
HOURS = 14
ROUNDS = 15
EQUIPMENTS = ("AHU", "VAV_Core", "VAV_South", "VAV_East", "VAV_North", "VAV_West", "PLANT", "ENERGY")
OVERRIDE = {"hvac_oveAhu_yFan_u": 0.6, "hvac_oveAhu_yFan_activate": 1}


def rows(folder: Path) -> Iterator[Measured]:
    """A demo's day to a file and back beside its bare bytes; then with controllers over HTTP; then the own control."""
    case = demo_day()
    file, bare = folder / "day.state", folder / "bare"
    bytes_of_it = case.save().packed()
    ours_s = fastest(lambda: through_a_file(case, file))
    bare_s = fastest(lambda: (bare.write_bytes(bytes_of_it), bare.read_bytes()))
    detail = f"{len(bytes_of_it) / 1e6:.1f} MB; the same bytes written and read: {bare_s * 1e3:.1f} ms"
    yield Measured("a demo's day saved to a file and gone back to", f"{ours_s * 1e3:.0f} ms", "<= 50 ms", detail)
    yield Measured("the same / bare file", f"{ours_s / bare_s:.1f}", "-", "JSON, check sum and all")
    yield bench_in_this_process()
    yield bench_over_http()
    yield own_control_beside_a_step(case)


def demo_day() -> CaseEngine:
    """A test as at the end of a demo: a day of warm-up in half-minutes, 14 hours in steps of 5 s."""
    case = CaseEngine(MultizoneOffice())
    perform(case, "set_step", {"step": 5})
    perform(case, "initialize", {"start_time": MORNING_S, "warmup_period": 86_400})
    for _ in range(HOURS * 720):
        perform(case, "advance", OVERRIDE)
    return case


def through_a_file(case: CaseEngine, file: Path) -> None:
    """Save, write, read, go back."""
    file.write_bytes(case.save().packed())
    case.prepare(StateFile.unpacked(file.read_bytes()))()


def eight_controllers() -> EcyServer:
    """What runs the building; not started yet."""
    specs = [
        ControllerSpec(name, program=standard_application(name, "SI"), instance=number)
        for number, name in enumerate(EQUIPMENTS)
    ]
    return EcyServer(specs, username="bench", password="bench")  # noqa: S106 - of an emulator


def bench_in_this_process() -> Measured:
    """The building's snapshot and eight controllers' state, taken and gone back to without a file."""
    plant = MultizoneOffice(start_time_s=MORNING_S)
    with eight_controllers() as controllers:

        def there_and_back() -> None:
            snapshot, saved = plant.snapshot(), controllers.save()
            plant.restore(snapshot)
            controllers.prepare(saved, take_back=False)()

        taken_s = fastest(there_and_back)
    detail = f"{len(EQUIPMENTS)} controllers"
    return Measured("building and controllers, snapshot and restore", f"{taken_s * 1e3:.1f} ms", "< 5 ms", detail)


def bench_over_http() -> Measured:
    """The building with eight controllers, saved and gone back to by the client."""
    controllers = eight_controllers()
    with BoptestServer({CASE: MultizoneOffice}, beside=controllers) as server, BOPTestClient(server.url) as client:
        client.connect()
        client.initialize_system(MORNING_S, 86_400)
        saved = client.save_state()
        taken_s = fastest(lambda: client.restore_state(client.save_state()))
    detail = f"{len(saved) / 1e6:.1f} MB, {len(EQUIPMENTS)} controllers, a day in half-minutes"
    return Measured("a bench saved and restored over HTTP", f"{taken_s * 1e3:.0f} ms", "<= 50 ms", detail)


def own_control_beside_a_step(case: CaseEngine) -> Measured:
    """Nobody pays for it who does not ask; who asks at every step of a minute, a share of the step."""
    perform(case, "set_step", {"step": 60})
    step_s = fastest(lambda: perform(case, "advance", OVERRIDE))
    asked_s = fastest(case.get_own_control)
    detail = f"{asked_s * 1e3:.2f} ms beside {step_s * 1e3:.2f} ms; 0 where nobody asks"
    return Measured("own control / step of a minute", f"{asked_s / step_s:.2f}", "0 unasked", detail)


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of several rounds: what the work takes, not what else the computer does."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)
