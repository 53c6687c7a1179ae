"""A BOPTEST-compatible server, service and legacy API."""
