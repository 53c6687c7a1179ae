"""What people ask of a program by a button on the runtime's device: pressed by them, taken once by the program."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

Button: TypeAlias = tuple[str, str]
"""The program and the button's name."""


class Buttons:
    """Which buttons there are, and which of them wait for their program. Any thread may call."""

    def __init__(self, descriptions: Mapping[str, Mapping[str, str]]) -> None:
        """``descriptions`` of each program's buttons, by program and name."""
        self.descriptions: Mapping[Button, str] = {
            (program, name): text for program, texts in descriptions.items() for name, text in texts.items()
        }
        self._lock = threading.Lock()
        self._pressed: set[Button] = set()
        self._taken: Callable[[Button], None] = lambda button: None

    def subscribe(self, taken: Callable[[Button], None]) -> None:
        """Whom to tell when a program has taken a press; called in the program's thread."""
        self._taken = taken

    def press(self, button: Button) -> None:
        """It waits until its program takes it. Pressed again before, it is still one press."""
        with self._lock:
            self._pressed.add(button)

    def take(self, program: str, name: str) -> bool:
        """Whether it was pressed since it was last taken."""
        button = program, name
        with self._lock:
            if button not in self._pressed:
                return False
            self._pressed.remove(button)
        self._taken(button)
        return True
