"""States of emulated things: what a tree of parts remembers, how it is read from JSON, and the file that holds it."""

from emulators.states.errors import ForeignStateError, SavedStateError
from emulators.states.fields import Fields
from emulators.states.memory import Memory, prepare, remember
from emulators.states.state_file import StateFile

__all__ = ["Fields", "ForeignStateError", "Memory", "SavedStateError", "StateFile", "prepare", "remember"]
