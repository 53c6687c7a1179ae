"""Which overrides are in force: groups that are heard in full and permitted, led in by a ramp."""

from bridge.overriding.overrides import Overrides

__all__ = ["Overrides"]
