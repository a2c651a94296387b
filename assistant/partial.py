"""JSON answers in parts: a schema of what is to be said again, and putting that in its place."""

import json
from collections.abc import Collection

from assistant.answer import Json, parse_json, string
from assistant.mark import fold
from assistant.place import words
from assistant.slot import identifier
from assistant.value import Copy


def merge_answers(old: str, new: str) -> str:
    """Return a JSON answer with the keys that a later one says anew, or the old one as it is."""
    if not old:
        return new
    before, after = _object(words(old)), _object(words(new))
    if before is None or after is None:
        return old
    return json.dumps({**before, **after}, ensure_ascii=False)


def place_item(old: str, new: str, copy: Copy) -> str:
    """Return a JSON answer with one item's fields from a later one, as far as that says them."""
    before, after = _object(words(old)), _object(words(new))
    group = _of(before, copy.key)
    item = _of(group, copy.name)
    inner = _of(after, copy.key)
    said = _of(after if inner is None else inner, copy.name)
    if isinstance(item, dict) and isinstance(said, dict):
        fields = {identifier(key): value for key, value in said.items()}
        item.update(
            {
                key: fields[identifier(key)]
                for key in item
                if identifier(key) in copy.fields and string(fields.get(identifier(key))).strip()
            }
        )
    elif isinstance(item, str) and string(said).strip() and isinstance(group, dict):
        group.update({key: string(said) for key in group if fold(key) == fold(copy.name)})
    else:
        return old
    return json.dumps(before, ensure_ascii=False)


def _of(data: Json, name: str) -> Json:
    """Return what an object has under a name, or a list as the item that is called so."""
    if isinstance(data, dict):
        return next((value for key, value in data.items() if fold(key) == fold(name)), None)
    items = (one for one in data if isinstance(one, dict)) if isinstance(data, list) else ()
    return next((one for one in items if fold(string(one.get("name"))) == fold(name)), None)


def _object(text: str) -> dict[str, Json] | None:
    try:
        found = parse_json(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def keep_keys(schema: str, keys: Collection[str]) -> str:
    """Return a JSON Schema of an object with some of its keys only."""
    data = json.loads(schema)
    kept = {key: value for key, value in data["properties"].items() if key in keys}
    return json.dumps({**data, "properties": kept, "required": list(kept)}, ensure_ascii=False)


def keep_item(schema: str, copy: Copy) -> str:
    """Return a JSON Schema of an object with only one item of one of the objects in it."""
    data = json.loads(keep_keys(schema, [copy.key]))
    inner = keep_keys(json.dumps(data["properties"][copy.key]), [copy.name])
    data["properties"][copy.key] = json.loads(inner)
    return json.dumps(data, ensure_ascii=False)
