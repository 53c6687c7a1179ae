"""The operator's switches, objects of our own BACnet device: how they are commanded, remembered, and told at starts."""

from supervisory.switch.memory import SwitchMemory, SwitchPlace
from supervisory.switch.switch import Switch

__all__ = ["Switch", "SwitchMemory", "SwitchPlace"]
