"""What an environment acts on is not copied: a building with its machine code, a test of a server, controllers."""

from __future__ import annotations

from typing import Any


class Uncopied:
    """Refuses to be pickled and to be copied, in words of its own."""

    def __getstate__(self) -> Any:  # noqa: ANN401 - as Python has it
        raise TypeError(
            f"a {type(self).__name__} is neither pickled nor copied, as it holds what it acts on; make another one, "
            "and in each process its own"
        )
