"""Active tests of an air handler: how it is put, when it has come to rest, what is concluded, and the page of it.

``course`` is told what is seen and says how everything is to stand; only ``handler`` and ``watch`` know roles.
"""

from supervisory.blocks.commissioning.course import AirSeen, CommissioningCourse, Stage, stages_of
from supervisory.blocks.commissioning.findings import findings_of
from supervisory.blocks.commissioning.handler import AirHandler
from supervisory.blocks.commissioning.judging import Ruling
from supervisory.blocks.commissioning.page import CourseTold, commissioning_page
from supervisory.blocks.commissioning.settings import CommissioningSettings
from supervisory.blocks.commissioning.watch import ZoneDrift, air_objection, site_objection

__all__ = [
    "AirHandler",
    "AirSeen",
    "CommissioningCourse",
    "CommissioningSettings",
    "CourseTold",
    "Ruling",
    "Stage",
    "ZoneDrift",
    "air_objection",
    "commissioning_page",
    "findings_of",
    "site_objection",
    "stages_of",
]
