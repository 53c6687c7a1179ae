"""The BACnet objects of a controller: what they are, how they store, and the one place that holds them."""
