"""HVACTemplate objects of an epJSON model become the objects that EnergyPlus simulates.

``expand.py`` is the whole way. What becomes of a template is YAML in ``tree``; ``language`` reads it, ``build`` makes
the objects, ``judge`` says what is wrong with model or tree, ``io`` is files, ``engine.py`` EnergyPlus itself.
"""
