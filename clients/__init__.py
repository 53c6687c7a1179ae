"""Clients of both peers; whatever can be commanded answers :class:`clients.device_client.DeviceClient`.

The doors: ``boptest_client`` (a building), ``ecy_device_client`` (REST) and ``bacnet_device_client`` (BACnet/IP) (a
controller each), ``device_client`` (what all controllers are asked), ``making`` (a client for an address). The rooms
behind them are private, but for what the ``__init__`` of ``bacnet`` (for those who speak BACnet itself) and of
``simulation`` (seen as a controller) hand on. Doors are imported by name: this package loads none, as BACpypes3 alone
takes a third of a second that nobody else should have to wait for.
"""

from pathlib import Path

import utils

if Path(utils.__file__ or "").resolve().parent != Path(__file__).resolve().parents[1] / "utils":
    raise ImportError(f"{utils.__file__} hides the bench's own utils, which {__file__} needs: give it another name")
