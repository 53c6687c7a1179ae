"""A proposal for the mapping of a building: which point of the simulation belongs to which object of a controller.

``listed.py`` is a point of a list, ``method/`` finds the proposal, without I/O. ``sources/`` reads what an integrator
has in hand, ``results/`` writes drafts of configs and the CSV beside them, and reads that back.
"""

from mapping.listed import Listed, Way
from mapping.method import Candidate, Proposal, Proposed, propose

__all__ = ["Candidate", "Listed", "Proposal", "Proposed", "Way", "propose"]
