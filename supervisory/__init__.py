"""Supervisory programs: ``on_start``, ``on_step``, ``on_stop`` over BACnet/IP, ECY REST or the simulation."""

from supervisory.easy import EasyASO, EasyWrite
from supervisory.program import Command, Context, NoValue, Parameters, Program, Read, Reading

__all__ = ["Command", "Context", "EasyASO", "EasyWrite", "NoValue", "Parameters", "Program", "Read", "Reading"]
