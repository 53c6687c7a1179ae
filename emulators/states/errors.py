"""What is wrong with a state."""

from __future__ import annotations

from utils.errors import BridgeError


class SavedStateError(BridgeError):
    """A state that cannot be gone back to, in one line; nothing has been changed."""


class ForeignStateError(SavedStateError):
    """A good state, but of something else, or one that does not fit what is there now."""
