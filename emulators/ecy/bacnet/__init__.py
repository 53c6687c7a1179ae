"""BACnet/IP of the emulated controllers: another front end to the objects that REST serves, off unless asked for."""
