"""Connections of the page: so many at most, and none that asks for nothing.

Each is one of the files that this process may have open, and the run needs those for controllers and its journal.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 160
"""More than all viewers and their questions need."""
SILENT_S = 10.0
"""Who has not asked for anything in so long is let go."""


class PageConnection(H11Protocol):
    """One of them. Who comes when there are too many is hung up on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, if there is room."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self.loop.call_later(SILENT_S, self._let_go_if_silent)

    def _let_go_if_silent(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()
        else:
            self.loop.call_later(SILENT_S, self._let_go_if_silent)
