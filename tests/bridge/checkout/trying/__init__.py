"""Tests of ``bridge.checkout.trying``: through real sockets, against emulated controllers."""
