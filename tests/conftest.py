"""What holds for every test: servers of emulators end without delay."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import uvicorn.server

HASTE = 10.0


class HastyAsyncio:
    """asyncio, in which one sleeps shorter."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Sleep a fraction of it."""
        await asyncio.sleep(seconds / HASTE)


@pytest.fixture(scope="session", autouse=True)
def _hasty_servers() -> Iterator[None]:
    """uvicorn looks every tenth of a second whether to end, and then waits for another: the suite ends 500 servers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.server, "asyncio", HastyAsyncio())
        yield
