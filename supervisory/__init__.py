"""Supervisory programs: ``on_start``, ``on_step``, ``on_stop`` over BACnet/IP, ECY REST or the simulation.

``program.py`` and ``easy.py`` are what programs are written against, ``supervision.py`` is a run of them. Rooms:
``setup``, from a config to a plan; ``runtime``, time and rounds; ``guard``, who may write; ``switch``, the operator's;
``programs``, those that ship, and ``blocks``, what they are made of; ``explorer``, a BACnet site by hand.
"""

import clients  # noqa: F401 - it refuses a utils of somebody else's that hides ours
from supervisory.easy import EasyASO, EasyWrite
from supervisory.program import Command, Context, NoValue, Parameters, Program, Read, Reading

__all__ = ["Command", "Context", "EasyASO", "EasyWrite", "NoValue", "Parameters", "Program", "Read", "Reading"]
