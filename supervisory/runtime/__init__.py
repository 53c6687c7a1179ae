"""Programs beside a plant: time, rounds of reads and writes, hooks in threads of their own.

``runtime.py`` goes round; ``runner.py`` is one program in it, ``program_run.py`` a life of that, ``worker.py`` its
thread; ``transports.py`` opens controllers or the simulation; ``plants.py`` is how time passes there.
"""
