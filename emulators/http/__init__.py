"""HTTP of the emulators: whole requests in, whole responses out, connections that end without one; on uvicorn."""
