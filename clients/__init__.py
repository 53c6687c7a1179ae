"""What talks to the two peers: BOPTEST and the ECY controllers."""
