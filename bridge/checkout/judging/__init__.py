"""What values that were shown or commanded, and those that were found, say of a point: pure, without anybody to ask."""

from bridge.checkout.judging.arrival import judge_arrival
from bridge.checkout.judging.commands import OutputTry, judge_command
from bridge.checkout.judging.inputs import InputTry, judge_inputs

__all__ = ["InputTry", "OutputTry", "judge_arrival", "judge_command", "judge_inputs"]
