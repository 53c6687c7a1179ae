"""The VAV terminal's application: zone temperature by cooling flow, reheat and heating flow."""

from emulators.programs.vav.boxes import BOXES, BoxSize
from emulators.programs.vav.program import VavReheatProgram

__all__ = ["BOXES", "BoxSize", "VavReheatProgram"]
