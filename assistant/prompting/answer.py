"""A model's answer to one section, read as far as it can be used, with what is wrong with it."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.editing.answer import (
    AnsweredItem,
    CopiedFields,
    Fault,
    SectionAnswer,
    Value,
    is_unspaced_character,
)
from assistant.editing.place import render_prose, strip_thoughts
from assistant.markdown.elements import fold_name
from assistant.prompting import claims, faults
from assistant.prompting.faults import find_repeats
from assistant.prompting.request import SectionRequest, Want
from assistant.repo.files import Repository
from assistant.template.parts import make_identifier, split_counter

_THIS_OPTION = re.compile(
    r"\A(?:(?:this|the) (?:option|approach)|it) \w+s?\s+(?:(?:to|the use of)\s+)?(?:an?|the)?\s*",
    re.IGNORECASE,
)
# Words after which a name that was cut short would have gone on.
_DANGLING_WORDS = frozenset(
    (
        "a",
        "an",
        "the",
        "for",
        "to",
        "of",
        "with",
        "and",
        "or",
        "that",
        "which",
        "by",
        "in",
        "on",
        "is",
        "be",
        "will",
        "from",
        "as",
        "at",
        "using",
        "into",
        "its",
        "their",
    )
)
# Words of a description that can stand for a name: a name is told to have 1 to 5. By judgement.
MAX_HEADLINE_WORDS = 6
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
_ASIDE_START = r"(?:^[ \t>*_-]*|(?<=[.!?\u3002])[ \t]+[*_]*)"
_ASIDE_KIND = r"(?:open questions?|assumptions?)[*_]*[:\uff1a]"
_ASIDE = re.compile(
    rf"{_ASIDE_START}(?P<kind>{_ASIDE_KIND})[*_]*\s*(?P<text>\S.*?)(?=\s*{_ASIDE_START}{_ASIDE_KIND}|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
# A line in which a small model repeats what form it was asked for.
_FORM_HEADING = re.compile(r"\A\s*#+[ \t]*(?:Code|Text|Diagram|Answer)\b[^\n]*\n")
_ECHOED_FORM = re.compile(
    r"^[ \t]*Text: (?:\d|one paragraph)[^\n]*\bwords in all\.[^\n]*(?:\n|\Z)", re.MULTILINE
)
_NEXT_TASK = re.compile(r"^[ \t]*#+[ \t]*Task:", re.MULTILINE)
_NOT_APPLICABLE = re.compile(
    r"\A[*_\s]*(?:not applicable|n/?a)\b[*_\s]*[:.,\u2013\u2014-]*\s*(?P<reason>[^\n]*)\s*\Z",
    re.IGNORECASE,
)


def write_recommendation(number: str, reason: str, entries: Sequence[AnsweredItem]) -> str:
    """Return a recommendation in words, of an option's number as a model says it and its reason.

    The reason stands alone if there is no such number, or if it names an option itself.
    """
    found = re.search(r"\d+", number)
    place = int(found[0]) - 1 if found else -1
    reason = strip_example(reason.strip(), tuple(f"Option {letter}" for letter in "ABC"))
    reason = re.sub(r"^Option [A-C1-3]\b(?=\s+[a-z])", "It", reason)
    if not 0 <= place < len(entries) or faults.find_named_option(reason, entries):
        return reason
    name = entries[_choose_option(reason, entries, place)].name
    stop = "\u3002" if is_unspaced_character(name[-1:]) else ". "
    return f"{name}{stop}{reason[:1].upper()}{reason[1:]}"


def _choose_option(reason: str, entries: Sequence[AnsweredItem], place: int) -> int:
    """Return which option a reason speaks for: small models count them wrong more often than not.

    It is another one than said if the reason's first sentence has all words of its name, and not
    those of the option that was said.
    """
    first = re.split(r"(?<=[.!?])\s", reason, maxsplit=1)[0]
    said = _find_stems(first)
    fits = [bool(own := _find_stems(entry.name)) and own <= said for entry in entries]
    others = [number for number, fit in enumerate(fits) if fit]
    return others[0] if len(others) == 1 and not fits[place] else place


def _find_stems(text: str) -> frozenset[str]:
    return frozenset(word[:4] for word in re.findall(r"\w{4,}", fold_name(text)))


def make_headline(text: str) -> str:
    """Return the first words of a text, as a name for what it describes."""
    text = _THIS_OPTION.sub("", text.strip())
    clause = re.split(r"[.,;:()\n]| that | which | to ensure ", text.strip(), maxsplit=1)[0]
    words = clause.split()[:MAX_HEADLINE_WORDS]
    while len(words) > 1 and words[-1].casefold() in _DANGLING_WORDS:
        words.pop()
    name = " ".join(words)
    return name[:1].upper() + name[1:]


def strip_example(name: str, examples: Sequence[str]) -> str:
    """Return a name without the template's own example in front.

    `Option A: Redis` and `Option 3: Redis` are `Redis` if the template says `Option A`.
    """
    for example in examples:
        split = split_counter(example)
        own = f"{re.escape(split[0])}[A-Z0-9]{{1,2}}" if split else re.escape(example)
        marks = "[:\uff1a.)\u2013\u2014-]"
        found = re.match(rf"{own}\s*{marks}+\s*(?P<rest>\S.*)", name, re.IGNORECASE)
        if found:
            return found["rest"]
    return name


def read_answer(
    raw: str,
    asked: SectionRequest,
    known: str = "",
    repository: Repository | None = None,
    language: str = "",
) -> SectionAnswer:
    """Return an answer as far as it can be used; its `errors` name all that is wrong with it.

    `known` is what the model was told: figures and links that are not in it are its own, and so are
    paths that are not in the `repository` either. `language` is what it was to write in.
    """
    text = strip_thoughts(raw)
    reason = _NOT_APPLICABLE.match(text)
    if reason and reason["reason"].strip():
        return SectionAnswer(not_applicable=reason["reason"].strip())
    answer = _read_text(text, asked) if asked.plain else _read_object(text, asked)
    return _check_answer(answer, asked, known, repository or Repository(), language)


def _read_text(text: str, asked: SectionRequest) -> SectionAnswer:
    want = asked.wants[0]
    body = _indent_json(text) if want.kind == "code" and want.language == "json" else text
    # Small models go on with the next task of their own accord.
    body = text = _FORM_HEADING.sub("", _NEXT_TASK.split(body, maxsplit=1)[0]).rstrip()
    if want.kind == "prose":
        body = text = _ECHOED_FORM.sub("", text).rstrip()
    assumptions: list[str] = []
    questions: list[str] = []
    found = _ASIDE.search(text) if want.kind != "code" else None
    # Asides stand at the end; what comes before them is the answer.
    if found and text[: found.start()].strip():
        body = text[: found.start()].rstrip()
        for aside in _ASIDE.finditer(text[found.start() :]):
            own = assumptions if aside["kind"].casefold().startswith("a") else questions
            own.append(" ".join(aside["text"].split()))
    return SectionAnswer(
        values=(Value(key=want.key, text=body),) if body.strip() else (),
        assumptions=tuple(assumptions),
        questions=tuple(questions),
    )


def parse_json(text: str) -> dict[str, Json]:
    """Return the first JSON object in a text. Raises ValueError, with the place, without one."""
    start = text.find("{")
    if start < 0:
        raise ValueError("the answer is not a JSON object")
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text[start:])
    except RecursionError as error:
        raise ValueError(str(error)) from error
    parsed: dict[str, Json] = value  # what begins with a brace is an object
    return parsed


def make_json_fault(error: ValueError) -> Fault:
    """Return the fault of an answer in which `parse_json` found no object."""
    return Fault("", f"The answer is not valid JSON: {error}")


def _read_object(text: str, asked: SectionRequest) -> SectionAnswer:
    try:
        data = parse_json(text)
    except ValueError as error:
        return SectionAnswer(errors=(make_json_fault(error),))
    known = {make_identifier(key): value for key, value in data.items()}
    values = tuple(
        value for want in asked.wants if (value := _read_value(want, known.get(want.key)))
    )
    reason = flatten_json(known.get("not_applicable")).strip()
    if reason and not values:
        return SectionAnswer(not_applicable=reason)
    return SectionAnswer(
        values=tuple(
            _name_choice(want, value, known.get(want.key), values)
            for want in asked.wants
            for value in values
            if value.key == want.key
        ),
        assumptions=list_json_texts(known.get("assumptions")),
        questions=list_json_texts(known.get("open_questions")),
    )


def _name_choice(want: Want, value: Value, data: Json, values: Sequence[Value]) -> Value:
    if not want.choice_of or not isinstance(data, dict):
        return value
    entries = next((v.entries for v in values if v.key == want.choice_of), ())
    said = flatten_json(data.get("option")), flatten_json(data.get("reason"))
    return Value(key=value.key, text=write_recommendation(*said, entries) or value.text)


def list_json_texts(data: Json) -> tuple[str, ...]:
    """Return what a JSON value says, as a list of texts."""
    if data is None:
        return ()
    parts = data if isinstance(data, list) else [data]
    return tuple(text for part in parts if (text := flatten_json(part).strip()))


def flatten_json(data: Json) -> str:
    """Return what a JSON value says, as one text."""
    if data is None:
        return ""
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return "\n".join(flatten_json(part) for part in data)
    if isinstance(data, dict):
        return "\n".join(f"{key}: {flatten_json(value)}" for key, value in data.items())
    return json.dumps(data)


def _read_value(want: Want, data: Json) -> Value | None:
    if data is None:
        return None
    if want.kind == "group":
        entries = tuple(_read_entries(want, data))
        return Value(key=want.key, entries=entries) if entries else None
    if want.kind == "rows":
        rows = tuple(_read_rows(want, data))
        return Value(key=want.key, rows=rows) if rows else None
    if want.kind == "items":
        found = list_json_texts(data)
        return Value(key=want.key, items=found) if found else None
    if want.kind == "code" and isinstance(data, dict | list):
        text = json.dumps(data, indent=2, ensure_ascii=False)
        # An empty body is an answer, if a poor one: not every server holds it to having fields.
        return Value(key=want.key, text=text if data or want.language == "json" else "")
    text = strip_label(flatten_json(data), want.label)
    if want.kind == "code" and want.language == "json":
        text = _indent_json(text)
    return Value(key=want.key, text=text) if text.strip() else None


def _indent_json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _read_rows(want: Want, data: Json) -> Iterator[tuple[str, ...]]:
    for row in data if isinstance(data, list) else [data]:
        if isinstance(row, dict):
            known = {make_identifier(key): flatten_json(value) for key, value in row.items()}
            keys = [make_identifier(column) for column, _ in want.columns]
            more = (text for key, text in known.items() if key not in keys)
            yield (*(known.get(key, "") for key in keys), *more)
        elif isinstance(row, list):
            cells = [flatten_json(cell) for cell in row]
            yield tuple(cells + [""] * (len(want.columns) - len(cells)))


def _read_entries(want: Want, data: Json) -> Iterator[AnsweredItem]:
    if isinstance(data, dict) and want.names:
        by_name = {fold_name(key): value for key, value in data.items()}
        for name in want.names:
            if fold_name(name) in by_name:
                yield _read_entry(want, name, by_name[fold_name(name)])
        return
    if isinstance(data, dict) and not {"name", *(f.key for f in want.fields)} & set(data):
        # Options by name instead of a list of them.
        data = [{"name": key, **value} for key, value in data.items() if isinstance(value, dict)]
    for number, part in enumerate(data if isinstance(data, list) else [data]):
        if not isinstance(part, dict):
            continue
        known = {make_identifier(key): value for key, value in part.items()}
        name = flatten_json(known.get("name")) or (
            want.names[number] if number < len(want.names) else ""
        )
        entry = _read_entry(want, strip_example(name.strip(), want.examples), part)
        if faults.is_example_name(entry.name, want):
            # `Option A` with a description is an option without a name.
            name = make_headline(next((text for _, text in entry.texts if text.strip()), ""))
            entry = replace(entry, name=name or entry.name)
        name = entry.name
        if name and any(text.strip() for _, text in entry.texts):
            yield entry


def strip_label(text: str, label: str) -> str:
    """Return a text without the label that stands before its slot already."""
    echo = re.match(
        rf"[*_\s]*{re.escape(label)}[*_]*\s*[:\uff1a][*_]*\s*(?=\S)", text, re.IGNORECASE
    )
    return text[echo.end() :] if label and echo else text


def _read_entry(want: Want, name: str, data: Json) -> AnsweredItem:
    if not isinstance(data, dict):
        return AnsweredItem(name=name, texts=((want.fields[0].key, flatten_json(data)),))
    known = {make_identifier(key): flatten_json(value) for key, value in data.items()}
    return AnsweredItem(
        name=name, texts=tuple((field.key, known.get(field.key, "")) for field in want.fields)
    )


def _check_answer(
    answer: SectionAnswer, asked: SectionRequest, known: str, repository: Repository, language: str
) -> SectionAnswer:
    """Return the answer with what is wrong with it, and without what only repeats the template."""
    if answer.not_applicable or answer.errors:
        return answer
    said = "\n".join(
        text for v in answer.values if not faults.is_code(v, asked) for text in v.texts
    )
    errors = tuple(faults.find_errors(answer, asked))
    own = (_drop_template_text(value, asked) for value in answer.values)
    values = tuple(value for value in own if value.words)
    foreign = tuple(faults.find_foreign_texts(replace(answer, values=values), asked, language))
    return replace(
        answer,
        values=values,
        errors=errors,
        flaws=(*faults.find_flaws(answer, asked, known, repository), *foreign),
        # What is said in another language has to be said again whatever else is wrong with it.
        copies=() if foreign else _find_copies(answer, asked),
        figures=claims.find_new_figures(said, known) if known else (),
    )


def _find_copies(answer: SectionAnswer, asked: SectionRequest) -> tuple[CopiedFields, ...]:
    """Return the fields of named items that say what an earlier one's do."""
    named = {want.key: want.names for want in asked.wants if want.names}
    fields: dict[tuple[str, str], dict[str, None]] = {}
    for one in find_repeats(answer, asked):
        if one.name in named.get(one.key, ()):
            fields.setdefault((one.key, one.name), {})[one.field] = None
    return tuple(CopiedFields(key=k, name=n, fields=tuple(own)) for (k, n), own in fields.items())


def _drop_template_text(value: Value, asked: SectionRequest) -> Value:
    """Return what is the model's own in a value: no placeholder, no example of the template's."""
    want = next(want for want in asked.wants if want.key == value.key)
    if want.kind == "prose" and not render_prose(value.text, asked.title).strip(
        faults.BULLET_CHARACTERS
    ):
        return Value(key=value.key)
    if fold_name(value.text) and fold_name(value.text) in (
        fold_name(want.placeholder),
        fold_name(want.guidance),
    ):
        return Value(key=value.key)
    entries = tuple(
        entry for entry in value.entries if not faults.is_example_name(entry.name, want)
    )
    # A row that is there twice says nothing the second time.
    return replace(value, entries=entries, rows=tuple(dict.fromkeys(value.rows)))
