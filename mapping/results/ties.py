"""A controller's point with the simulation's: what a line of a config and a row of a sheet have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipment.config_model import Protocol
from mapping.listed import Listed
from mapping.method import Proposal
from utils.bacnet import SCHEME, bare_address

NOWHERE = "192.0.2.1"
"""An address that is nobody's (RFC 5737), for a controller whose own is not known yet."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a controller is; nothing of one that only a list tells of."""

    device_ip: str | None = None
    protocol: Protocol = Protocol.ECY
    device_instance: int | None = None

    @classmethod
    def at(cls, device: str) -> Reached:
        """Where a client found it: ``10.0.0.5``, or ``bacnet://10.0.0.5``."""
        protocol = Protocol.BACNET if device.startswith(SCHEME) else Protocol.ECY
        return cls(bare_address(device), protocol)

    @property
    def is_known(self) -> bool:
        """Whether a run could find it."""
        return self.device_ip is not None or self.device_instance is not None


@dataclass(frozen=True, slots=True)
class Tie:
    """A pair. ``unit`` is the simulation's."""

    controller: Listed
    bop_point: str
    unit: str | None

    @property
    def is_input(self) -> bool:
        """Whether the simulation is told it."""
        return self.bop_point.endswith("_u")

    @property
    def objection(self) -> str | None:
        """Why a config cannot have it."""
        kind = self.controller.object_type
        if kind is None:
            return "its object type is not told"
        if self.is_input and not kind.is_output:
            return f"an input of the simulation follows an output, and this is {kind}"
        return "an output drives an input of the simulation" if kind.is_output and not self.is_input else None


def ties_of(proposal: Proposal) -> Iterator[Tie]:
    """The pairs that are proposed."""
    for one in proposal.points:
        if one.simulation is not None:
            yield Tie(one.controller, one.simulation.name, one.simulation.unit)
