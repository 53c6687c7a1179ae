"""Behind the BACnet door: one stack per own address, its services as coroutines, and what they tell."""
