"""The simulation as one more controller: alive for programs, and ended for who gives back after a crash."""
