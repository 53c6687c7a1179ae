"""Controllers on a slow line behind a router: the line with its one token, and the router between it and BACnet/IP."""
