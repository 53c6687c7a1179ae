"""Equipments, a config file each, and the controllers that they are on: those with the same ``device_ip`` share one.

``config_model.py`` says what a file may say, key by key, and ``config_conflicts.py`` what several may not say together;
a point's keys are in ``points/config.py``. ``equipment_manager.py`` makes controllers and their clients of the files,
``controller.py`` knows what discovery found there, ``write_plan.py`` which writes are due.
"""

import clients  # noqa: F401 - it refuses a utils of somebody else's that hides ours
