"""Stand-ins for both peers over real sockets: a BOPTEST-compatible server and ECY-compatible controllers."""
