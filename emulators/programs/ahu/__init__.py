"""The air handling unit's application: fan, supply air temperature, outdoor air, pumps."""

from emulators.programs.ahu.program import AhuProgram

__all__ = ["AhuProgram"]
