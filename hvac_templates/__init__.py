"""HVACTemplate objects of an epJSON model become the objects that EnergyPlus simulates."""
