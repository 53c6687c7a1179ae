"""Our own device as others meet it: what it carries out, what it refuses and how, and packets that are none.

BACpypes3's services take a peer at its word. These go by the standard (ASHRAE 135, clauses 5.4, 13, 15, 16 and 18):
what a peer has got wrong is answered, or dropped, and is never an error of ours.
"""
