"""The input of the simulation that puts another one in force."""

from __future__ import annotations

from dataclasses import dataclass

VALUE_SUFFIX = "_u"
ACTIVATION_SUFFIX = "_activate"


@dataclass(frozen=True, slots=True)
class ActivationPoint:
    """``X_activate``, which decides whether the simulation uses ``X_u`` or its own control (boptest-api §5)."""

    name: str

    @classmethod
    def of(cls, bop_point: str) -> ActivationPoint:
        """Return the activation of an input ``X_u``."""
        return cls(bop_point.removesuffix(VALUE_SUFFIX) + ACTIVATION_SUFFIX)

    @property
    def bop_point(self) -> str:
        """The input ``X_u`` that it belongs to."""
        return self.name.removesuffix(ACTIVATION_SUFFIX) + VALUE_SUFFIX

    def value(self, active: bool) -> float:
        """What the simulation is sent: 1.0 overrides, an explicit 0.0 gives control back."""
        return 1.0 if active else 0.0
