"""How a proposal is found: what each point is, which equipments are each other's, how alike two points are, and who
gets whom. Pure: lists in, a proposal out.

``understanding.py`` and ``scopes.py`` take points apart, ``equipments.py`` pairs equipments, ``likeness.py`` compares,
``choosing.py`` gives each its own, ``certainty.py`` says where that cannot be wrong.
"""

from mapping.method.proposing import Candidate, Proposal, Proposed, propose

__all__ = ["Candidate", "Proposal", "Proposed", "propose"]
