"""Programs that drive the simulation themselves, as fast as it goes: a month in minutes, and no controllers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.months.processes import Started
from tests.months.site import LEADER, OVERRIDES, START, Site
from utils.errors import BridgeError


class SimulatedSite(Site):
    """Every life of the programs goes on at the day and hour at which the one before was seen last."""

    step_s = 60.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._before_h = 0.0

    def begin(self) -> None:
        """The building's server, and programs."""
        super().begin()
        self.start_programs()

    @property
    def processes(self) -> Sequence[Started]:
        """Who has to live now."""
        return self.building, self.programs

    def start_programs(self) -> None:
        """Where the last ones were."""
        self._before_h = self.simulated_h() if self.lives else 0.0
        start = datetime.fromisoformat(START) + timedelta(hours=self._before_h)
        pace = {"BOP_TIME_SCALE": "0", "BOP_START_TIME": f"{start:%Y-%m-%d %H:%M:%S}"}
        self.supervise("simulation", {"step_s": self.step_s}, self.step_s, **pace)

    def simulated_h(self) -> float:
        """By the rounds that were told: what was simulated while programs were off does not count."""
        rounds = self.status("programs", "bench_program_rounds_total").get((LEADER,), 0.0)
        return self._before_h + rounds * self.step_s / 3600.0

    def taken(self) -> list[str]:
        """As the runtime's device tells; when the process has gone the simulation has nobody to hold anything."""
        if not self.programs.lives:
            return []
        try:
            count = self.told(OVERRIDES)
        except BridgeError:  # not there yet
            return []
        return [f"{count} slots"] if count else []

    def leftovers(self) -> list[str]:
        """Journals."""
        return self.journals()

    def ends(self) -> dict[str, int]:
        """The programs."""
        return {"programs": self.programs.end()}
