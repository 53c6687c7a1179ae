"""A cell with real controllers: the ordinary bridge, after whoever else has them has given them back.

One lock for all controllers of this computer: cells of every campaign queue for it. What is taken is given back at the
end of each cell, and at a stop; what a cell leaves that was killed is given back by the next, as after any run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import Timeout

from bridge.display.question import refuse_first_contact
from bridge.purpose import Purpose
from bridge.run import Run
from campaigns.cell import CONTROLLERS, CellParameters, Hashes, Task
from campaigns.running.ran import CellFailed, Ran
from campaigns.running.settings import for_cell, settings_for, settings_of
from campaigns.running.stopping import Stopped, StopSign
from campaigns.running.times import steps_of
from clients.making import tls_policy
from emulators.door import BenchPlan, serve
from equipment.config import beside_configs
from equipment.equipment_manager import EquipmentManager
from utils.process.process_lock import ProcessLock
from utils.settings import LocalSettings, Settings
from utils.state_folder import StateFolder

_LOOK_S = 0.5


def run_controllers(task: Task, stop: StopSign) -> Ran:
    """Run the bridge for as long as the cell is. Raises :class:`utils.errors.BridgeError`, also for what is left."""
    parameters, env, configs = task.parameters, Path(task.env), Path(task.folder) / str(task.parameters.controllers)
    if equipment_hashes(configs) != task.hashes:
        raise CellFailed("the configs of its controllers were changed since the campaign began, or differ where it ran")
    state_dir = settings_of(env).part_in_spite(LocalSettings).state_dir
    with alone_with_controllers(StateFolder(state_dir), stop), _building(parameters) as url:
        source = beside_configs(settings_for(url, env), configs)
        settings = for_cell(source, parameters, _changes(task)).part(Settings)
        state = StateFolder(settings.state_dir)
        manager = EquipmentManager(configs, settings, tls_policy(settings, state))
        manager.load_equipments()
        steps = steps_of(parameters, settings.step_time_s)
        bridge = Run(settings, manager, state, steps=steps, confirm=refuse_first_contact, purpose=Purpose("cell"))
        with stop.calling(bridge.request_stop):
            summary = bridge.execute()
    if not summary.is_clean:
        left = [f"{receipt.device} {receipt.what}" for receipt in summary.not_released]
        raise CellFailed("; ".join((*summary.troubles, f"not given back: {', '.join(left)}")))
    recording = bridge.recording
    told = f"{recording.parent.name}/{recording.name}" if recording is not None and task.recording else ""
    return Ran(summary.kpis, bridge.client.server_version or url, told)


def equipment_hashes(configs: Path) -> Hashes:
    """Of what controllers are told to do, which decides the results as the text of programs does."""
    told = sha256()
    for file in sorted(configs.glob("*.json")):
        told.update(file.name.encode() + b"\0" + file.read_bytes())
    return Hashes(config=told.hexdigest()[:16])


@contextmanager
def alone_with_controllers(state: StateFolder, stop: StopSign) -> Iterator[None]:
    """Wait until nobody else has them. Raises :class:`Stopped`."""
    lock = ProcessLock(state.path / f"{CONTROLLERS}.lock")
    while True:
        try:
            lock.acquire()
            break
        except Timeout:
            if stop.wait(_LOOK_S):
                raise Stopped from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _building(parameters: CellParameters) -> Iterator[str]:
    """Where the building is: the embedded one is served for this cell."""
    if not parameters.is_embedded:
        yield parameters.building
        return
    with serve(BenchPlan(boptest_port=0, ecy_port=None)) as lines:
        yield lines[0].split()[-1]


def _changes(task: Task) -> dict[str, str]:
    """A recording beside the other cells'; the step that the cell says, where it says one."""
    step_s = task.parameters.step_s
    kept = {"RECORD": "no"} if task.recording is None else {"RECORD": "yes", "BRIDGE_RUNS_DIR": task.recording}
    return kept if step_s is None else {**kept, "BOP_STEP_TIME": f"{step_s:g}"}
