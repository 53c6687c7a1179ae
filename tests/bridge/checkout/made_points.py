"""Points as a config would make them, in a line."""

from __future__ import annotations

from points import Point, PointConfig, make_point
from utils.unit_conversion import UnitConverter

CONVERTER = UnitConverter()
ROOM = {"unit": "K", "si_unit": "degC", "us_unit": "degF"}


def made_point(object_type: str, name: str = "SpaceTemp", bop_point: str = "reaTZon_y", /, **keys: object) -> Point:
    """With an activation where it is an output."""
    if object_type.endswith("Output"):
        base = bop_point.removesuffix("_y").removesuffix("_u")
        keys = {**keys, "bop_override_point": f"{base}_activate"}
        bop_point = f"{base}_u"
    config = {"bop_point": bop_point, "ecy_point": name, "object_type": object_type, **keys}
    return make_point(PointConfig.model_validate(config), "SI", CONVERTER)
