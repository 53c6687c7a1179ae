"""The equipment config file as a JSON Schema for editors and as tables for ``docs/configuration.md``.

``python -m equipment.schema`` writes both anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from equipment.config_model import EquipmentConfig
from points import POINT_CLASSES
from utils.for_each import FOR_EACH
from utils.home import ROOMS, SHIPPED

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

SCHEMA_FILE = SHIPPED / "schema" / "equipment.schema.json"
PAGE_FILE = ROOMS / "docs" / "configuration.md"

_VARIABLE: dict[str, Json] = {"type": "string", "pattern": r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$"}
_FOR_EACH: dict[str, Json] = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
    "default": None,
    "description": "One file for several equipments that are alike: an object for each, with what differs by name; "
    "${NAME} stands for it anywhere in the file.",
}
_LISTS = ("$schema", FOR_EACH, "points")

_BLOCK = re.compile(r"(?P<begin><!-- begin (?P<name>[a-z ]+) -->\n).*?(?P<end><!-- end -->\n)", re.DOTALL)


def equipment_schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of an equipment config file."""
    schema: dict[str, Json] = EquipmentConfig.model_json_schema()
    properties = _object(schema["properties"])
    schema["properties"] = {"$schema": properties.pop("$schema"), FOR_EACH: dict(_FOR_EACH), **properties}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as it stands in the file: a ``${NAME}`` may stand wherever a value may."""
    schema = equipment_schema()
    for part in (schema, *map(_object, _object(schema["$defs"]).values())):
        properties = _object(part.get("properties", {}))
        properties |= {key: _or_a_variable(_object(value)) for key, value in properties.items() if key not in _LISTS}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _or_a_variable(value: dict[str, Json]) -> dict[str, Json]:
    if value.get("type") == "string" and "pattern" not in value:
        return value
    outer: dict[str, Json] = {key: value[key] for key in ("default", "description") if key in value}
    return {"anyOf": [{key: told for key, told in value.items() if key not in outer}, _VARIABLE], **outer}


def page_text(page: str) -> str:
    """Return a page with its generated blocks (``<!-- begin equipment keys -->``, ``point keys``) renewed."""
    schema = equipment_schema()
    definitions = _object(schema["$defs"])
    blocks = {
        "equipment keys": _table(("key", "type", "default", "meaning"), _rows(schema)),
        "point keys": _table(
            ("key", "type", "default", "for", "meaning"),
            ((*row[:3], _users(row[0]), row[3]) for row in _rows(_object(definitions["PointConfig"]))),
        ),
    }
    return _BLOCK.sub(lambda match: match["begin"] + blocks[match["name"]] + match["end"], page)


def _rows(schema: dict[str, Json]) -> Iterator[tuple[str, str, str, str]]:
    required = schema["required"]
    for key, described in _object(schema["properties"]).items():
        value = _object(described)
        needed = isinstance(required, list) and key in required
        default = "required" if needed else json.dumps(value["default"]).replace("null", "absent")
        yield f"`{key}`", _type_name(value), default, str(value["description"])


def _type_name(value: dict[str, Json]) -> str:
    alternatives = value.get("anyOf", [value])
    kinds = [_object(item) for item in alternatives] if isinstance(alternatives, list) else []
    names = (str(kind.get("type", "string")) for kind in kinds)
    return " or ".join(name for name in names if name != "null")


def _users(key: str) -> str:
    classes = [kind for kind in POINT_CLASSES.values() if key.strip("`") in kind.keys]
    if len(classes) == len(POINT_CLASSES):
        return "all"
    return ", ".join("".join(re.findall("[A-Z]", kind.object_type)) for kind in classes)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not a JSON object")
    return value


def main() -> None:
    """Write the schema and renew the page's tables."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
    page = PAGE_FILE.read_text(encoding="utf-8")
    PAGE_FILE.write_text(page_text(page), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
