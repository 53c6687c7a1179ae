"""What somebody with BAC0 does: discover, read, command, subscribe, release. Run by itself: BBMD, ADDRESS."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

import BAC0

from tests.ports import free_port

DEADLINE_S = 10.0


async def main(bbmd: str, address: str) -> dict[str, object]:
    """Everything once, as one JSON document."""
    BAC0.log_level("silence")
    async with BAC0.lite(ip="127.0.0.1/24", port=free_port(), deviceId=599002, bbmdAddress=bbmd, bbmdTTL=60) as bacnet:
        found = await bacnet.who_is()
        setpoint = f"{address} analogValue 3 presentValue"
        told: list[str] = []
        bacnet.cov(address, ("analogValue", 3), lifetime=60, callback=lambda **what: told.append(str(what)))
        before = await bacnet.read(setpoint)
        await bacnet._write(f"{setpoint} 22.5 - 8")
        commanded = await bacnet.read(setpoint)
        several = await bacnet.readMultiple(f"{address} analogValue 3 presentValue units objectName")
        await _until(lambda: any("22.5" in one for one in told))
        await bacnet._write(f"{setpoint} null - 8")
        return {
            "devices": sorted(int(one.iAmDeviceIdentifier[1]) for one in found),
            "before": float(before),
            "commanded": float(commanded),
            "several": [float(several[0]), str(several[1]), str(several[2])],
            "objects": len(await bacnet.read(f"{address} device 1 objectList")),
            "told": any("22.5" in one for one in told),
            "released": float(await bacnet.read(setpoint)),
        }


async def _until(holds: Callable[[], bool]) -> None:
    end_s = asyncio.get_running_loop().time() + DEADLINE_S
    while not holds() and asyncio.get_running_loop().time() < end_s:
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    sys.stdout.write(f"RESULT {json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2])))}\n")
