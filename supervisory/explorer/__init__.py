"""The site explorer: a BACnet site from the command line, for people and for scripts."""
