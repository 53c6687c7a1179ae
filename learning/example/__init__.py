"""A small policy, trained on the batch by the cross-entropy method, and held against other ways of control.

``python -m learning.example --seeds 5``; docs/learning.md teaches it.
"""
