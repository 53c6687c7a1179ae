"""How simulated time passes: model time, the step that is next, a pause that holds, states to go back to, and who asks.

``time_in_hand.py`` is what people and programs ask; ``next_step.py`` is where the simulation thread hears it.
"""
