"""The operator's switches and buttons, objects of our own BACnet device: commanded, remembered, told at starts."""

from supervisory.switch.buttons import Buttons
from supervisory.switch.memory import SwitchMemory, SwitchPlace
from supervisory.switch.switch import Switch

__all__ = ["Buttons", "Switch", "SwitchMemory", "SwitchPlace"]
