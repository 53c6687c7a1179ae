"""A cell with a policy: an episode of the learning environment, in this process or on a BOPTEST server."""

from __future__ import annotations

from contextlib import closing, nullcontext
from hashlib import sha256
from pathlib import Path

from campaigns.cell import CellParameters, Hashes, Task
from campaigns.running.policy_file import load_policy, own_code, policy_file
from campaigns.running.ran import CellFailed, Ran
from campaigns.running.settings import warmup_s
from campaigns.running.simulations import office_files
from campaigns.running.stopping import StopSign
from campaigns.running.times import PERIOD_DAYS, start_of
from emulators.door import OfficeVariant, office_with
from learning import BuildingEnv, SpacesFile, read_spaces
from learning.embedded.buildings import known_points
from learning.embedded.world import EmbeddedWorld
from learning.server import ServerWorld, connected
from learning.server import known_points as server_points
from learning.spaces import shipped_spaces
from utils.clocks import DAY_S


def run_policy(task: Task, stop: StopSign) -> Ran:
    """Run a cell's policy. Raises :class:`CellFailed` where the episode cannot go on."""
    parameters, folder = task.parameters, Path(task.folder)
    if look_at_policy(parameters, folder) != task.hashes:
        raise CellFailed("its policy or its spaces were changed since the campaign began, or differ where it ran")
    listening = nullcontext() if parameters.is_embedded else stop.calling(lambda: None)
    with listening, closing(_environment(task)) as env:
        return Ran(_episode(env, task, stop), env.plant)


def look_at_policy(parameters: CellParameters, folder: Path) -> Hashes:
    """What a policy's results depend on beside its parameters: the spaces' text, and the policy's.

    Raises :class:`ConfigError` for what cannot be used.
    """
    load_policy(parameters, folder)
    if parameters.is_embedded:
        _spaces_of(parameters, folder, office_with(office_files(parameters, folder), parameters.plant))
    texts = (_spaces_file(parameters, folder), policy_file(parameters, folder))
    return Hashes(*(sha256(file.read_bytes()).hexdigest()[:16] for file in texts))


def _spaces_file(parameters: CellParameters, folder: Path) -> Path:
    return folder / parameters.spaces if parameters.spaces is not None else shipped_spaces()


def _spaces_of(parameters: CellParameters, folder: Path, office: OfficeVariant) -> SpacesFile:
    """On the embedded building. Raises :class:`utils.errors.ConfigError`."""
    return _for_cell(read_spaces(_spaces_file(parameters, folder), known_points(office)), parameters)


def _environment(task: Task) -> BuildingEnv:
    parameters, folder = task.parameters, Path(task.folder)
    if parameters.is_embedded:
        office = office_with(office_files(parameters, folder), parameters.plant)
        spaces = _spaces_of(parameters, folder, office)
        return BuildingEnv(EmbeddedWorld(spaces, office), spaces)
    client = connected(parameters.building, parameters.test_case, Path(task.env))
    try:
        spaces = _for_cell(read_spaces(_spaces_file(parameters, folder), server_points(client)), parameters)
        return BuildingEnv(ServerWorld(spaces, client), spaces)
    except BaseException:
        client.__exit__()
        raise


def _for_cell(spaces: SpacesFile, parameters: CellParameters) -> SpacesFile:
    days = parameters.days or (1.0 if parameters.period is None else PERIOD_DAYS)
    told = {"days": days, "price": parameters.price, "warmup_days": warmup_s(parameters) / DAY_S}
    return SpacesFile.model_validate({**spaces.model_dump(), **told})


def _episode(env: BuildingEnv, task: Task, stop: StopSign) -> dict[str, float]:
    parameters = task.parameters
    start = {"start": start_of(parameters.day).time_s} if parameters.period is None else {"period": parameters.period}
    make = load_policy(parameters, Path(task.folder))
    with own_code(str(parameters.policy)):
        policy = make(env)
    observation, _ = env.reset(seed=parameters.seed, options=start)
    for _ in range(env.spaces.steps):
        stop.refuse()
        with own_code(str(parameters.policy)):
            observation, _, terminated, truncated, info = env.step(policy(observation))
        if terminated:
            raise CellFailed(str(info["reason"]))
        if truncated:
            break
    return dict(info["kpis"])
