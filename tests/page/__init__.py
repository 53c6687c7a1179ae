"""The live page: over real sockets, and in a real browser."""
