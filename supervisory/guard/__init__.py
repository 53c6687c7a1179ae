"""What programs may write, and how it is given back. The operator's switch is another room, ``supervisory.switch``.

=============  ===========================================================================================
enabling       may a program write: its state, and the generation of its leave
gate           the way to controllers as programs know it: passes, commands, results
slot_gate      the gate that writes: checks the leave, sends a batch per controller, gives back
slots          which program owns which slot; compares before it writes
device_line    one controller of the gate: a client, and the only thread that touches it
releaser       the thread that gives back when leave is lost
custody        puts all of it and a guardian together, and says in which order it ends
=============  ===========================================================================================
"""
