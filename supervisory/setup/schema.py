"""The supervisory config file as a JSON Schema for editors, and as tables for ``docs/supervisory.md``.

``python -m supervisory.setup.schema`` writes both anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from supervisory.setup.config import PointBinding, ProgramConfig, SupervisoryConfig
from utils.home import ROOMS, SHIPPED

SCHEMA_FILE = SHIPPED / "schema" / "supervisory.schema.json"
PAGE_FILE = ROOMS / "docs" / "supervisory.md"

_BLOCK = re.compile(r"(?P<begin><!-- begin (?P<name>[a-z ]+) -->\n).*?(?P<end><!-- end -->\n)", re.DOTALL)
_MODELS: Mapping[str, type[BaseModel]] = {
    "runtime keys": SupervisoryConfig,
    "program keys": ProgramConfig,
    "point keys": PointBinding,
}
_HEAD = ("key", "type", "default", "meaning")


def supervisory_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a supervisory config file."""
    schema = SupervisoryConfig.model_json_schema()
    schema["$defs"]["PointBinding"] = PointBinding.model_json_schema()
    binding = {"$ref": "#/$defs/PointBinding"}
    roles = {"anyOf": [binding, {"type": "object", "additionalProperties": binding}]}
    schema["$defs"]["ProgramConfig"]["properties"]["points"]["additionalProperties"] = roles
    # Newer pydantics say of an open object that it is open, older ones nothing, which means the same.
    schema["$defs"]["ProgramConfig"]["properties"]["parameters"].pop("additionalProperties", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as it stands in the file."""
    return json.dumps(supervisory_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def page_text(page: str) -> str:
    """Return a page with its generated tables (``<!-- begin runtime keys -->`` and so on) renewed."""
    return _BLOCK.sub(lambda match: match["begin"] + _table(_rows(_MODELS[match["name"]])) + match["end"], page)


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    schema = model.model_json_schema()
    required = schema.get("required", ())
    for key, value in schema["properties"].items():
        default = "required" if key in required else json.dumps(value.get("default")).replace("null", "absent")
        yield f"`{key}`", _type_name(value), default, value["description"]


def _type_name(value: Mapping[str, Any]) -> str:
    names = (str(item.get("type", "string")) for item in value.get("anyOf", [value]))
    return " or ".join(name for name in names if name != "null")


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_HEAD, ("---",) * len(_HEAD), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write the schema and renew the page's tables."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
    page = PAGE_FILE.read_text(encoding="utf-8")
    PAGE_FILE.write_text(page_text(page), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
