"""The process beside whoever takes something of controllers: it gives back when that one is lost.

=============  ===========================================================================================
order          what goes through the pipe between both
guarding       our end of it: starts a guardian, sends it beats, replaces one that is silent
guardian       the other end: waits for the end of a runtime, and gives back what it owned
late_writes    its second look, for what was in flight when a runtime died
=============  ===========================================================================================
"""
