"""The ledger on disk: a journal per process, the values that it has sent, and what other processes have left.

Here two processes of ours are kept from taking the same thing (``journal.py``).
"""
