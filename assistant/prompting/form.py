"""The form of an answer: its JSON Schema, its grammar, its first words, and where it stops."""

# ruff: noqa: RUF001  grammars name full-width marks

import json
from collections.abc import Collection, Sequence

from assistant.editing.answer import CopiedFields
from assistant.prompting.language import find_base_language
from assistant.prompting.request import (
    LISTED_TOPICS,
    SectionRequest,
    Want,
    find_topic,
)
from assistant.shipped import load_grammar, load_openings
from assistant.template.parts import make_identifier

Schema = dict[str, "Schema | list[str] | list[Schema] | str | int | bool"]
# Topics that have other openings if the document is about a bug.
_BUG_TOPICS = {"approach": "cause", "goals": "cured"}
_ANY_BEGINNING = r"""begin ::= [^\n#*<`{|"' .!?:：-]"""
_NEXT_LETTER = r"[^\n .,!?:。，、！？：]"  # after the words that a text begins with
# Languages of code that have a grammar, with its name; a fence without a language is a diagram.
_CODE_GRAMMARS = {"": "mermaid", "mermaid": "mermaid", "sql": "sql", "python": "python"}
_NEXT_DEFINITIONS = ("\ndef ", "\nasync def ", "\nclass ", "\n# ")
_CODE_STOPS = {"python": _NEXT_DEFINITIONS}
_NEXT_TASK = "\n# Task"
_FENCE_END = "\n```\n"
# What people write in a sentence, by judgement: a section of 60 words has four or five.
_WORDS_PER_SENTENCE = 13


def make_answer_schema(asked: SectionRequest) -> str:
    """Return the JSON Schema that an answer must follow; empty if it is plain text."""
    if asked.plain:
        # A lone JSON body is the answer itself.
        body = asked.wants[0].kind == "code" and asked.wants[0].language == "json"
        return json.dumps({"type": "object", "minProperties": 1}) if body else ""
    properties: Schema = {want.key: _make_want_schema(want) for want in asked.wants}
    properties["open_questions"] = {"type": "array", "maxItems": 2, "items": {"type": "string"}}
    properties["assumptions"] = {"type": "array", "maxItems": 2, "items": {"type": "string"}}
    required = [want.key for want in asked.wants]
    return json.dumps(make_object_schema(properties, required), ensure_ascii=False)


def make_object_schema(properties: Schema, required: list[str]) -> Schema:
    """Return the JSON Schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _make_want_schema(want: Want) -> Schema:
    if want.kind == "items":
        return {"type": "array", "minItems": 1, "maxItems": 5, "items": _make_text_schema()}
    if want.kind == "rows":
        cells: Schema = {
            make_identifier(column): {"type": "string", "enum": list(allowed)}
            if allowed
            else _make_text_schema()
            for column, allowed in want.columns
        }
        row = make_object_schema(cells, [make_identifier(column) for column, _ in want.columns])
        return {"type": "array", "minItems": want.least, "maxItems": want.most, "items": row}
    if want.kind == "group":
        return _make_group_schema(want)
    if want.choice_of:
        numbers: Schema = {"type": "string", "enum": [str(n + 1) for n in range(want.most)]}
        return make_object_schema(
            {"option": numbers, "reason": _make_text_schema()}, ["option", "reason"]
        )
    if want.kind == "code" and want.language == "json":
        return {"type": "object", "minProperties": 1}
    return _make_text_schema()


def _make_group_schema(want: Want) -> Schema:
    own: Schema = {field.key: _make_want_schema(field) for field in want.fields}
    keys = [field.key for field in want.fields]
    if want.names:
        one: Schema = (
            _make_text_schema() if len(want.fields) == 1 else make_object_schema(own, keys)
        )
        return make_object_schema(dict.fromkeys(want.names, one), list(want.names))
    entry = make_object_schema({"name": _make_text_schema(), **own}, ["name", *keys])
    return {"type": "array", "minItems": want.least, "maxItems": want.most, "items": entry}


def _make_text_schema() -> Schema:
    return {"type": "string", "minLength": 1}


def list_openings(language: str, topic: str, *, bug: bool) -> tuple[str, ...]:
    """Return the texts of which a section on a topic, or each item of its list, begins with one.

    There are none in a language, named in English, that the word list lacks. Each ends with a space
    if the language has spaces, or with an apostrophe.
    """
    known = load_openings()
    own = known.get(language) or known.get(find_base_language(language), {})
    return own.get(_BUG_TOPICS.get(topic, topic) if bug else topic, ())


def make_grammar(asked: SectionRequest, begins: Sequence[str] = ()) -> str:
    """Return the grammar of a request's plain answer; empty if it has none.

    A text, and each item of a list, begins with one of the texts in `begins`, if there are any.
    """
    if not asked.plain:
        return ""
    want = asked.wants[0]
    if want.kind == "code":
        return (
            load_grammar(_CODE_GRAMMARS[want.language]) if want.language in _CODE_GRAMMARS else ""
        )
    words = " | ".join(f'"{word}"' for word in begins)
    if want.kind == "items" or (want.kind == "prose" and find_topic(asked.path) in LISTED_TOPICS):
        least = 1 if want.kind == "items" else 3
        begin = f"begin ::= ({words}) {_NEXT_LETTER}" if words else _ANY_BEGINNING
        root = f'root ::= item ("\\n" item){{{least - 1},3}} "\\n"?'
        return "\n".join((root, load_grammar("items"), load_grammar("parts"), begin))
    least, most = limit_sentences(want)
    first = f"({words}) {_NEXT_LETTER}" if words else "first"
    # A single sentence, where more were asked for, says that this is about to be written; the last
    # of many that have to be there says nothing.
    fewest = 0 if least == 1 else max(0, least - 3)
    several = f"rest more{{{fewest},{most - 2}}} first last"
    root = f"root ::= {first} {several if least > 1 else f'(last | {several})'} assumed?"
    if not words and want.kind == "prose":
        root += ' | "Not applicable: " first last'
    return "\n".join((root, load_grammar("sentences"), load_grammar("parts")))


def limit_sentences(want: Want) -> tuple[int, int]:
    """Return how many sentences a text has at least and at most: models count them, not words."""
    most = max(2, round(want.words / _WORDS_PER_SENTENCE))
    return (1 if want.kind == "text" else most - 1), most


def list_stops(asked: SectionRequest) -> tuple[str, ...]:
    """Return the texts before which code ends: small models explain it, or write the next task.

    A text has its grammar, which knows no second line.
    """
    want = asked.wants[0]
    if not asked.plain or want.kind != "code":
        return ()
    return (_NEXT_TASK, _FENCE_END, *_CODE_STOPS.get(want.language, ()))


def keep_keys(schema: str, keys: Collection[str]) -> str:
    """Return a JSON Schema of an object with some of its keys only."""
    data = json.loads(schema)
    kept = {key: value for key, value in data["properties"].items() if key in keys}
    return json.dumps({**data, "properties": kept, "required": list(kept)}, ensure_ascii=False)


def keep_item(schema: str, copy: CopiedFields) -> str:
    """Return a JSON Schema of an object with only one item of one of the objects in it."""
    data = json.loads(keep_keys(schema, [copy.key]))
    inner = keep_keys(json.dumps(data["properties"][copy.key]), [copy.name])
    data["properties"][copy.key] = json.loads(inner)
    return json.dumps(data, ensure_ascii=False)
