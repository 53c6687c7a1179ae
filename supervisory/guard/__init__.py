"""What programs may write, and how it is given back: the gate, the slots, the switch, the guardian."""
