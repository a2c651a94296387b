"""JSON answers in parts: a schema of what is to be said again, and putting that in its place."""

import json
from collections.abc import Collection

from assistant.answer import Json, parse_json, string
from assistant.place import words
from assistant.value import Copy


def merged(old: str, new: str) -> str:
    """A JSON answer with the keys that a later one says anew; the old one where that can't be."""
    if not old:
        return new
    before, after = _object(old), _object(words(new))
    if before is None or after is None:
        return old
    return json.dumps({**before, **after}, ensure_ascii=False)


def placed(old: str, new: str, copy: Copy) -> str:
    """A JSON answer with the fields of one item from a later one, as far as that says them."""
    before, after = _object(old), _object(words(new))
    if before is None or after is None:
        return old
    group = before.get(copy.key)
    item = group.get(copy.name) if isinstance(group, dict) else None
    inner = after.get(copy.key)
    said = (inner if isinstance(inner, dict) else after).get(copy.name)
    if not isinstance(group, dict) or item is None:
        return old
    if isinstance(item, dict) and isinstance(said, dict):
        fields = {k: said[k] for k in copy.fields if string(said.get(k)).strip()}
        group[copy.name] = {**item, **fields}
    elif isinstance(item, str) and string(said).strip():
        group[copy.name] = string(said)
    return json.dumps(before, ensure_ascii=False)


def _object(text: str) -> dict[str, Json] | None:
    try:
        found = parse_json(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def only(schema: str, keys: Collection[str]) -> str:
    """A JSON Schema of an object with some of its keys only."""
    data = json.loads(schema)
    kept = {key: value for key, value in data["properties"].items() if key in keys}
    return json.dumps({**data, "properties": kept, "required": list(kept)}, ensure_ascii=False)


def part(schema: str, copy: Copy) -> str:
    """A JSON Schema of an object with only one item of one of the objects in it."""
    data = json.loads(only(schema, [copy.key]))
    inner = only(json.dumps(data["properties"][copy.key]), [copy.name])
    data["properties"][copy.key] = json.loads(inner)
    return json.dumps(data, ensure_ascii=False)
