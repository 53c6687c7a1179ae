"""What people see of a run: its state at every moment, and what there is to say at the end."""
