"""A learner on the controllers of the demo that acts until it is killed.

``python -m tests.learning.in_the_loop.learner CONFIGS SETTINGS`` prints the guardian's process number when every
set-point is acted on. With ``forget`` behind it, it ends there, without closing the environment.
"""

from __future__ import annotations

import sys
from itertools import count

import gymnasium
import numpy as np

from learning.environment import BuildingEnv
from learning.in_the_loop import LoopWorld

POINTS = 12
"""The set-points of the shipped spaces."""


def main(configs: str, env_file: str, then: str = "") -> None:
    env = gymnasium.make(
        "learning:building_bench/Controllers-v0",
        configs=configs,
        env_file=env_file,
        patience_s=60.0,
        agreed=True,
        scan_with_simulation=True,
    )
    bare = env.unwrapped
    assert isinstance(bare, BuildingEnv)
    assert isinstance(bare.world, LoopWorld)
    random = np.random.default_rng(1)
    is_told = False
    for episode in count():
        env.reset(seed=episode, options={"start": "07-06 10:00"})
        is_over = False
        while not is_over:
            action = random.uniform(-1.0, 1.0, 4).astype(np.float32)
            _, _, terminated, truncated, info = env.step(action)
            is_over = terminated or truncated
            if len(info["in_force"]) == POINTS and not is_told and bare.world.run is not None:
                is_told = True
                sys.stdout.write(f"{bare.world.run.guardian}\n")
                sys.stdout.flush()
            if is_told and then == "forget":
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
