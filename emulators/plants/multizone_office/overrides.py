"""The inputs of the case: values that a caller may put in place of the building's own control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulators.plant import PointMeta

VALUE = "_u"
ACTIVATE = "_activate"


class Override:
    """One place in the control where a value from outside can take over.

    Until a value has been given, the stored one is the smallest that is allowed: 0 for a signal, as in BOPTEST.
    """

    __slots__ = ("active", "in_force", "maximum", "minimum", "name", "stored")

    def __init__(self, name: str, minimum: float, maximum: float) -> None:
        self.name = name
        self.minimum = minimum
        self.maximum = maximum
        self.active = False
        self.stored = self.in_force = minimum

    def resolve(self, own: float) -> float:
        """What is in force: the value from outside while active, else the building's own."""
        self.in_force = in_force = self.stored if self.active else own
        return in_force


class OfficeOverrides:
    """All overrides by name. They are sticky: what was given stays until it is given anew (boptest-api section 5)."""

    def __init__(self, inputs: Mapping[str, PointMeta]) -> None:
        self._by_name = dict(_overrides(inputs))
        self._order = [self._by_name[name.removesuffix(VALUE)] for name in inputs if name.endswith(VALUE)]

    def __getitem__(self, name: str) -> Override:
        return self._by_name[name]

    def set(self, inputs: Mapping[str, float]) -> None:
        """Take over what the caller changed: all of it, or nothing when something is wrong.

        Raises KeyError for a name that is no input, ValueError for a number that is outside its limits (the server
        clips before) or NaN.
        """
        targets = [(self._target(name), name.endswith(ACTIVATE), value) for name, value in inputs.items()]
        for override, activates, value in targets:
            _check(override, activates, value)
        for override, activates, value in targets:
            if activates:
                override.active = value >= 0.5
            else:
                override.stored = float(value)

    def state(self) -> dict[str, float]:
        """``x_activate`` (0.0 or 1.0) and ``x_u`` (the value in force) of every override."""
        state: dict[str, float] = {}
        for override in self._order:
            state[override.name + ACTIVATE] = 1.0 if override.active else 0.0
            state[override.name + VALUE] = override.in_force
        return state

    def _target(self, name: str) -> Override:
        for suffix in (VALUE, ACTIVATE):
            if name.endswith(suffix):
                return self._by_name[name.removesuffix(suffix)]
        raise KeyError(name)


def _overrides(inputs: Mapping[str, PointMeta]) -> Iterator[tuple[str, Override]]:
    for name, meta in inputs.items():
        if name.endswith(VALUE) and meta.minimum is not None and meta.maximum is not None:
            base = name.removesuffix(VALUE)
            yield base, Override(base, meta.minimum, meta.maximum)


def _check(override: Override, activates: bool, value: float) -> None:
    low, high = (0.0, 1.0) if activates else (override.minimum, override.maximum)
    if not low <= value <= high:
        raise ValueError(f"{override.name}: {value} is not within {low} to {high}")
