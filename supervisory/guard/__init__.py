"""What programs may write, and how it is given back. The operator's switch is another room, ``supervisory.switch``.

=============  ===========================================================================================
enabling       may a program write: its state, and the generation of its leave
gate           the way to controllers as programs know it: passes, commands, results
slot_gate      the gate that writes: checks the leave, sends a batch per controller, gives back
slots          which program owns which slot; compares before it writes
device_line    one controller of the gate: a client, and the only thread that touches it
releaser       the thread that gives back when leave is lost
guardian       the process that gives back when this one is lost
guarding       our end of it: starts a guardian, sends it beats, replaces one that is silent
late_writes    the guardian's second look, for what was in flight when a runtime died
receipt_log    what was given back, said as it happens
custody        puts all of it together, and says in which order it ends
=============  ===========================================================================================
"""
