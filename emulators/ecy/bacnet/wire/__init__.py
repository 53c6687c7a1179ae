"""Values, units and refusals as BACnet/IP has them."""
