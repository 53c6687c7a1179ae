"""What a step asks of a device, in octets: BACpypes3's classes take milliseconds for each of these requests.

ReadPropertyMultiple and WritePropertyMultiple with the values that points have, and the datagrams that carry them to
devices that no router stands before. What is of any other kind goes through BACpypes3, and is read by it.
"""
