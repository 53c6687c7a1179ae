"""What a run of the bridge leaves behind: its recording, which room ``recording`` writes and reads."""

from bridge.memory.bridge_memory import BridgeMemory

__all__ = ["BridgeMemory"]
