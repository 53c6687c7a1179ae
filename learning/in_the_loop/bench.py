"""The bridge that an agent acts through: settings, configs and the run of them, as ``python main.py`` would make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bridge.acting import Acting
from bridge.display.question import log_first_contact, refuse_first_contact
from bridge.purpose import Purpose
from bridge.run import Run
from clients.boptest_client import BOPTestClient
from clients.making import simulation_client, tls_policy
from equipment.equipment_manager import EquipmentManager
from equipment.set_points import OperatorSwitch
from learning.in_the_loop.points import set_points_of
from learning.spaces import SpacesFile
from learning.world import Start
from utils.clocks import ModelSeconds, model_datetime
from utils.errors import Problem, Problems
from utils.settings import START_FORMAT, Settings, SettingsSource
from utils.state_folder import StateFolder

_BEGINNING = ("BOP_START_TIME", "BOP_TIME_PERIOD")


@dataclass(frozen=True, slots=True)
class LoopBench:
    """``source`` are the settings of ``python main.py``, ``configs`` its folder of equipment configs.

    An action is waited for ``patience_s`` (wall s). Nobody acts while the ``switch`` is off. ``agreed`` is whether
    somebody has agreed to controllers that this computer has not driven before. ``scan_with_simulation`` is for
    emulated controllers that scan with each exchange.
    """

    source: SettingsSource
    configs: Path
    patience_s: float = 10.0
    switch: OperatorSwitch | None = None
    agreed: bool = False
    scan_with_simulation: bool = False

    def settings(self, spaces: SpacesFile, start: Start | None = None) -> Settings:
        """Those of a run that begins there. Raises :class:`ConfigError`, also for steps that do not fit."""
        changes = {"BOP_ELECTRICITY_PRICE": spaces.price, "BOP_WARMUP_PERIOD": f"{spaces.warmup_days * 86_400:g}"}
        variables = {**self.source.variables, **changes}
        if start is not None:
            variables = {name: value for name, value in variables.items() if name not in _BEGINNING}
            began = {"BOP_TIME_PERIOD": start.period} if start.period else {"BOP_START_TIME": self._written(start)}
            variables |= began
        settings = replace(self.source, variables=variables).part(Settings)
        problems = Problems()
        if spaces.step_s % settings.step_time_s:
            what = f"is {spaces.step_s} s; write a multiple of BOP_STEP_TIME, which is {settings.step_time_s:g} s"
            problems.add([Problem("step_s", what)])
        if spaces.forecasts is not None and spaces.forecasts.is_uncertain:
            what = "carry errors, which a run of controllers cannot ask for; leave temperature_uncertainty and "
            problems.add([Problem("forecasts", f"{what}solar_uncertainty out")])
        problems.refuse()
        return settings

    def manager(self, settings: Settings) -> EquipmentManager:
        """The configs, which no controller has been asked about yet. Raises :class:`ConfigError`."""
        manager = EquipmentManager(self.configs, settings, tls_policy(settings, StateFolder(settings.state_dir)))
        manager.load_equipments()
        return manager

    def simulation(self, settings: Settings) -> BOPTestClient:
        """A client of the building, to ask what it has."""
        return simulation_client(settings, StateFolder(settings.state_dir).tests)

    def acting(self, spaces: SpacesFile, settings: Settings, beside: Callable[[], object]) -> Acting:
        """How the agent acts in a run. Raises :class:`ConfigError`."""
        every = round(spaces.step_s / settings.step_time_s)
        return Acting(set_points_of(spaces), every=every, patience_s=self.patience_s, switch=self.switch, beside=beside)

    def run(self, settings: Settings, acting: Acting) -> Run:
        """One run, with a guardian beside it. Raises :class:`ConfigError`."""
        return Run(
            settings,
            self.manager(settings),
            StateFolder(settings.state_dir),
            confirm=log_first_contact if self.agreed else refuse_first_contact,
            scan_with_simulation=self.scan_with_simulation,
            purpose=Purpose("learning"),
            acting=acting,
        )

    def date(self, time_s: float) -> datetime:
        """A model time in the year that the settings begin in, last year where they do not say."""
        written = self.source.variables.get("BOP_START_TIME", "")
        try:
            year = datetime.strptime(written, START_FORMAT).year
        except ValueError:
            year = datetime.now().astimezone().year - 1
        return model_datetime(ModelSeconds(time_s), year)

    def _written(self, start: Start) -> str:
        return self.date(start.time_s).strftime(START_FORMAT)
