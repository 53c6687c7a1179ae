"""One building in this process as a :class:`learning.world.World`."""

from __future__ import annotations

from collections.abc import Sequence

from emulators.door import OfficeVariant
from learning.embedded.buildings import Buildings
from learning.embedded.tally import KPIS
from learning.spaces import SpacesFile
from learning.world import FloatArray, Situation, Start


class EmbeddedWorld:
    """The embedded office: as fast as it can be, the same for the same seed, and back at any start at once."""

    kpi_names: Sequence[str] = KPIS

    def __init__(self, spaces: SpacesFile, office: OfficeVariant | None = None) -> None:
        self.buildings = Buildings(spaces, 1, office)

    @property
    def identity(self) -> str:
        """The building's name, version and digest."""
        return self.buildings.identity

    def start(self, start: Start) -> Situation:
        """Begin an episode. Raises :class:`utils.errors.BridgeError`."""
        self.buildings.start(0, start)
        return self._situation()

    def act(self, values: FloatArray) -> Situation:
        """A step with these values of the actions. Raises ValueError for NaN."""
        self.buildings.act(values[None, :])
        return self._situation()

    def close(self) -> None:
        """Nothing was taken."""
        self.buildings.close()

    def _situation(self) -> Situation:
        all_of_them = self.buildings
        return Situation(
            time_s=float(all_of_them.times_s[0]),
            measured=all_of_them.measured[0],
            forecast=all_of_them.forecast()[0],
            kpis=all_of_them.kpis[0],
            actions=all_of_them.actions[0],
            mask=all_of_them.mask[0],
            is_over=bool(all_of_them.over[0]),
        )
