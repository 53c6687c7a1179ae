"""What is shown instead of the building: values that name, over some rounds, the point that they were shown for."""

from bridge.checkout.stimuli.coded_building import CodedBuilding
from bridge.checkout.stimuli.codes import Stimuli, coded
from bridge.checkout.stimuli.spans import Stimulus, span_of, stimuli_of

__all__ = ["CodedBuilding", "Stimuli", "Stimulus", "coded", "span_of", "stimuli_of"]
