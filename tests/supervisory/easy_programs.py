"""Programs in the forms of those that easy-aso publishes, ours but for the import line's sake; and how to start one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.command_line import ROOT, environment
from tests.supervisory.files import program

_MAIN = """

    async def main():
        bot = Bot()
        await bot.run()

    if __name__ == "__main__":
        asyncio.run(main())
"""

EMPTY = """
    from supervisory import EasyASO
    import asyncio
    from datetime import datetime

    class Bot(EasyASO):
        def __init__(self, args=None):
            super().__init__(args)

        async def on_start(self):
            print("begins")

        async def on_step(self):
            print(f"now {datetime.now():%H:%M}, enabled: {self.get_optimization_enabled_status()}", flush=True)
            await asyncio.sleep(5)

        async def on_stop(self):
            print("has ended")
"""
READS = """
    import asyncio
    from supervisory import EasyASO

    class Bot(EasyASO):
        def __init__(self, args=None):
            super().__init__(args)

        async def on_step(self):
            print("enabled:", self.get_optimization_enabled_status())
            print("read", await self.bacnet_read("{address}", "analog-input,1"), flush=True)
            await asyncio.sleep(10)
"""
READS_MANY = """
    import asyncio
    from supervisory import EasyASO

    WANTED = ["analog-input,1", "present-value", "analog-value,1", "present-value"]

    class Bot(EasyASO):
        def __init__(self, args=None):
            super().__init__(args)

        async def on_step(self):
            rows = await self.bacnet_rpm("{address}", *WANTED)
            if rows:
                for row in rows:
                    kind, number = row["object_identifier"]
                    print(f'{kind},{number} {row["property_identifier"]} {row["value"]}', flush=True)
            await asyncio.sleep(60)
"""
WRITES = """
    import asyncio
    from supervisory import EasyASO

    class Bot(EasyASO):
        def __init__(self):
            super().__init__()
            self.released_at = None

        async def on_start(self):
            await asyncio.sleep(0.1)

        async def on_step(self):
            enabled = self.get_optimization_enabled_status()
            now = asyncio.get_event_loop().time()
            if not enabled:
                await self.release_all()
                while not enabled:
                    if self.released_at is None or now - self.released_at >= 60:
                        await self.release_all()
                        self.released_at = now
                    await asyncio.sleep(60)
                    enabled = self.get_optimization_enabled_status()
                return
            await self.bacnet_write("{address}", "binary-output,1", "active", 10)
            await self.bacnet_write("{address}", "analog-output,1", 42.5, 10)
            print("has written", flush=True)
            await asyncio.sleep(60)

        async def on_stop(self):
            await self.release_all()

        async def release_all(self):
            await self.bacnet_write("{address}", "binary-output,1", "null", 10)
            await self.bacnet_write("{address}", "analog-output,1", "null", 10)
            print("has released", flush=True)
"""
PUBLISHES = """
    import asyncio
    import os
    from supervisory import EasyASO

    PORT = int(os.environ.get("BROKER_PORT", "0"))

    class Bot(EasyASO):
        def __init__(self, args=None):
            super().__init__(args)
            self.writer = None

        async def on_start(self):
            _, self.writer = await asyncio.open_connection("127.0.0.1", PORT)

        async def on_step(self):
            value = await self.bacnet_read("{address}", "analog-input,1")
            self.writer.write(f"{value}\\n".encode())
            await self.writer.drain()
            await asyncio.sleep(30)

        async def on_stop(self):
            self.writer.close()
"""
SUPERVISES = """
    import asyncio
    from supervisory import EasyASO
    from datetime import datetime, timedelta

    BOXES = ["{address}", "{address}"]

    class Bot(EasyASO):
        def __init__(self, args=None):
            super().__init__(args)
            self.setpoint = 15.0
            self.updated_at = datetime.now() - timedelta(minutes=10)

        async def on_start(self):
            await asyncio.sleep(0.2)

        async def on_stop(self):
            await self.release_all()

        async def on_step(self):
            while True:
                await self.look()
                await asyncio.sleep(2)

        async def look(self):
            if not self.get_optimization_enabled_status():
                await self.release_all()
                return
            if datetime.now() - self.updated_at >= timedelta(seconds=300):
                outdoor = await self.bacnet_read("{address}", "analog-input,1")
                await self.bacnet_write("{address}", "analog-value,1", outdoor, 16)
                for box in BOXES:
                    await self.bacnet_write(box, "analog-output,1", self.setpoint, 16)
                await self.bacnet_write("{address}", "multi-state-value,1", 2, 16)
                self.updated_at = datetime.now()
                print("has written", flush=True)

        async def release_all(self):
            for box in BOXES:
                await self.bacnet_write(box, "analog-output,1", "null", 16)
            await self.bacnet_write("{address}", "multi-state-value,1", "null", 16)
"""
SHEDS = """
    from supervisory import EasyASO
    import asyncio

    LIMIT = 12.0

    class Bot(EasyASO):
        def __init__(self):
            super().__init__()
            self.up_at = self.down_at = -1e9

        async def on_start(self):
            print("power at first:", await self.bacnet_read("{address}", "analog-input,1"))

        async def on_step(self):
            now = asyncio.get_event_loop().time()
            power = await self.bacnet_read("{address}", "analog-input,1")
            if power > LIMIT and now - self.up_at >= 300:
                await self.bacnet_write("{address}", "analog-output,1", 0.0, 10, "present-value")
                self.up_at = now
                print("has written", flush=True)
            elif power <= LIMIT and now - self.down_at >= 300:
                await self.bacnet_write("{address}", "analog-output,1", "null", 10)
                self.down_at = now
            await asyncio.sleep(60)

        async def on_stop(self):
            await self.bacnet_write("{address}", "analog-output,1", "null", 10)
"""
ALL = {
    "empty": EMPTY,
    "reads": READS,
    "reads_many": READS_MANY,
    "writes": WRITES,
    "publishes": PUBLISHES,
    "supervises": SUPERVISES,
    "sheds": SHEDS,
}


def easy_program(folder: Path, name: str, address: str, text: str | None = None) -> Path:
    """One of these, or another ``text``, with an address in it and a main of its own."""
    return program(folder, name, (text or ALL[name]).replace("{address}", address) + _MAIN)


def start_file(file: Path, folder: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    """``python file.py ...`` from somewhere else, what is printed into ``printed.txt``."""
    own = {"PYTHONPATH": str(ROOT), "BRIDGE_STATE_DIR": str(folder / "state"), "LOG_FILE": str(folder / "app.log")}
    with (folder / "printed.txt").open("w", encoding="utf-8") as output:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, str(file), *options],
            cwd=folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(**own, **variables),
        )
