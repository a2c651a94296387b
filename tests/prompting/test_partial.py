"""Tests of `partial`: what is said again of a JSON answer, and where it goes."""

import json

import pytest

from assistant.editing.answer import CopiedFields
from assistant.prompting.ask import keep_item, keep_keys, merge_answers, place_item

COPY = CopiedFields(key="options", name="B", fields=("pros",))
OLD = {
    "context": "why",
    "options": {"A": {"pros": "quick", "cons": "big"}, "B": {"pros": "quick", "cons": "slow"}},
}


def test_only_the_wrong_keys_are_said_again() -> None:
    """A repair of one key keeps the others, and asks with a schema of that key."""
    schema = json.dumps({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"]})

    assert json.loads(merge_answers('{"a": 1, "b": 2}', 'Sure: {"b": 3}')) == {"a": 1, "b": 3}
    assert merge_answers('{"a": 1}', "no JSON") == '{"a": 1}'
    thought = '<thinking>maybe {"b": 9}</thinking>{"a": 1, "b": 2}'
    assert json.loads(merge_answers(thought, '{"b": 3}')) == {"a": 1, "b": 3}
    assert json.loads(keep_keys(schema, ("b",)))["properties"] == {"b": {}}


def test_schema_of_one_item() -> None:
    """A part of a schema has one item of one object."""
    items = {"properties": {"A": {"type": "string"}, "B": {"type": "string"}}}
    schema = json.dumps({"properties": {"options": items, "context": {}}, "required": []})

    assert json.loads(keep_item(schema, COPY)) == {
        "properties": {"options": {"properties": {"B": {"type": "string"}}, "required": ["B"]}},
        "required": ["options"],
    }


@pytest.mark.parametrize(
    "said",
    [
        {"options": {"B": {"pros": "safe", "cons": "other"}}},
        {"B": {"pros": "safe"}},
        {"Options": {"b": {"Pros": "safe"}}},
        {"options": [{"name": "B", "pros": "safe"}]},
        {"context": "", "options": {"A": {"pros": "..."}, "B": {"pros": "safe"}}},
    ],
)
def test_only_the_copied_field_is_replaced(said: dict[str, object]) -> None:
    """Whatever else a server says beside it, the rest of the answer stays."""
    new = json.loads(place_item(json.dumps(OLD), json.dumps(said), COPY))

    assert new["options"]["B"] == {"pros": "safe", "cons": "slow"}
    assert (new["context"], new["options"]["A"]) == ("why", {"pros": "quick", "cons": "big"})


@pytest.mark.parametrize(
    "said",
    [
        "no JSON",
        "[]",
        '{"options": null}',
        '{"options": {"B": null}}',
        '{"options": {"B": {"pros": " "}}}',
        '{"options": {"B": "a text"}}',
        '{"options": [{"name": "C", "pros": "safe"}]}',
    ],
)
def test_nothing_is_lost_where_nothing_is_said(said: str) -> None:
    """An item that is not there, empty or of another form changes nothing."""
    assert json.loads(place_item(json.dumps(OLD), said, COPY)) == OLD


@pytest.mark.parametrize("old", ["no JSON", '{"options": [1]}', '{"Options": {"A": "x"}}', "[]"])
def test_answers_of_another_form_are_kept(old: str) -> None:
    """Where an answer has no such item, it stays as it is."""
    assert place_item(old, '{"options": {"B": {"pros": "safe"}}}', COPY) == old


def test_items_of_one_text() -> None:
    """An item may be a text by itself."""
    old = '{"options": {"A": "quick", "B": "quick"}}'

    assert json.loads(place_item(old, '{"options": {"B": "safe"}}', COPY))["options"]["B"] == "safe"


def test_item_of_a_list_is_found_by_its_name() -> None:
    """Servers without schemas give lists, and keys in capitals."""
    old = '{"Options": [{"name": "A", "pros": "quick"}, {"name": "B", "Pros": "quick"}]}'
    new = json.loads(place_item(old, '{"options": {"B": {"pros": "safe"}}}', COPY))

    assert new == {"Options": [{"name": "A", "pros": "quick"}, {"name": "B", "Pros": "safe"}]}
