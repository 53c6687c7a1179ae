"""HTTP for all clients: one funnel for calls with a deadline, the connections under it, and certificates."""
