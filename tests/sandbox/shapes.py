"""Holds JSON against the shapes of Clerk's OpenAPI description: as much of JSON Schema as those use."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHAPES = json.loads(Path(__file__).with_name("clerk_api_shapes.json").read_text())["schemas"]
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def misfits(value: Any, shape: dict[str, Any], path: str = "") -> Iterator[str]:
    """Each place where `value` is not as the shape says."""
    shape = SHAPES[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape
    if value is None:
        if not shape.get("nullable"):
            yield f"{path} is null"
    elif "oneOf" in shape:
        found = [list(misfits(value, one, path)) for one in shape["oneOf"]]
        if all(found):
            yield f"{path} fits none: {found}"
    elif not isinstance(value, TYPES[shape["type"]]):
        yield f"{path} is no {shape['type']}"
    elif isinstance(value, dict):
        yield from _object_misfits(value, shape, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from misfits(item, shape["items"], f"{path}[{index}]")
    elif value not in shape.get("enum", [value]) or not re.search(shape.get("pattern", ""), str(value)):
        yield f"{path} may not be {value}"


def _object_misfits(value: dict[str, Any], shape: dict[str, Any], path: str) -> Iterator[str]:
    properties = shape.get("properties", {})
    yield from (f"{path}.{name} is missing" for name in shape.get("required", ()) if name not in value)
    for name, item in value.items():
        if name in properties:
            yield from misfits(item, properties[name], f"{path}.{name}")
        elif shape.get("additionalProperties") is False:
            yield f"{path}.{name} is unknown"
