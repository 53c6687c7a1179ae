"""How far the embedded building is from the published baseline of the BOPTEST case it stands for.

``python -m benchmarks.baseline`` judges; ``python -m benchmarks.baseline.fit`` finds what the sources leave open. The
published figures are no part of the project: ``--data`` or the variable ``BASELINE_DATA`` says where they are.
"""
