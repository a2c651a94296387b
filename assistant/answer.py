"""A model's answer to one section: read, checked, and kept as far as it is usable."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant import claim, fence
from assistant.mark import fold
from assistant.place import code, words
from assistant.request import Request, Want
from assistant.slot import counter, identifier

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_ASIDE = re.compile(
    r"(?:^[ \t>*_-]*|(?<=[.!?。])[ \t]+[*_]*)(?P<kind>open questions?|assumptions?)[*_]*[:：][*_]*\s*"
    r"(?P<text>\S.*?)(?=\s*(?:^[ \t>*_-]*|(?<=[.!?。])[ \t]+[*_]*)(?:open questions?|assumptions?)[*_]*[:：]|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_NOT_APPLICABLE = re.compile(
    r"\A[*_\s]*(?:not applicable|n/?a)\b[*_\s]*[:.,\u2013\u2014-]*\s*(?P<reason>[^\n]*)\s*\Z", re.IGNORECASE
)
TOO_LONG = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item of a group: its name, and the text of each of its fields by key."""

    name: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What was said for one want; which of the four is used depends on the want's kind."""

    key: str
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was said."""
        fields = (text for entry in self.entries for _, text in entry.texts)
        return (self.text, *self.items, *(cell for row in self.rows for cell in row), *fields)

    @property
    def words(self) -> int:
        """How many words were said."""
        return sum(len(text.split()) for text in self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as data, with what is wrong with it as sentences for the model.

    `errors` keep a slot from being written as it should be, `flaws` only make it worse. `figures`
    are quantities that nobody gave, which somebody has to confirm.
    """

    values: tuple[Value, ...] = ()
    assumptions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    not_applicable: str = ""
    errors: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    def value(self, key: str) -> Value | None:
        """What was said for the want with this key."""
        return next((value for value in self.values if value.key == key), None)


def read(raw: str, asked: Request, known: str = "") -> Answer:
    """The answer as far as it can be used; `errors` names everything that is wrong with it.

    `known` is what the model was told: figures and links that are not in it are its own.
    """
    text = words(raw)
    reason = _NOT_APPLICABLE.match(text)
    if reason and reason["reason"].strip():
        return Answer(not_applicable=reason["reason"].strip())
    answer = _plain(text, asked) if asked.plain else _json(text, asked)
    return _checked(answer, asked, known)


def _plain(text: str, asked: Request) -> Answer:
    want = asked.wants[0]
    body, assumptions, questions = text, [], []
    found = _ASIDE.search(text) if want.kind != "code" else None
    # Asides stand at the end; what comes before them is the answer.
    if found and text[: found.start()].strip():
        body = text[: found.start()].rstrip()
        for aside in _ASIDE.finditer(text[found.start() :]):
            own = assumptions if aside["kind"].casefold().startswith("a") else questions
            own.append(" ".join(aside["text"].split()))
    return Answer(
        values=(Value(key=want.key, text=body),) if body.strip() else (),
        assumptions=tuple(assumptions),
        questions=tuple(questions),
    )


def parse_json(text: str) -> Json:
    """The first JSON object in a text. Raises ValueError, with the place, where there is none."""
    start = text.find("{")
    if start < 0:
        raise ValueError("the answer is not a JSON object")
    value, _ = json.JSONDecoder(strict=False).raw_decode(text[start:])
    parsed: Json = value
    return parsed


def _json(text: str, asked: Request) -> Answer:
    try:
        data = parse_json(text)
    except (ValueError, RecursionError) as error:
        return Answer(errors=(f"The answer is not valid JSON: {error}",))
    if not isinstance(data, dict):
        return Answer(errors=("The answer is not a JSON object.",))
    known = {identifier(key): value for key, value in data.items()}
    values = tuple(
        value for want in asked.wants if (value := _value(want, known.get(want.key)))
    )  # fmt: skip
    reason = string(known.get("not_applicable")).strip()
    if reason and not values:
        return Answer(not_applicable=reason)
    return Answer(
        values=tuple(_chosen(want, value, known.get(want.key), values)
                     for want in asked.wants for value in values if value.key == want.key),
        assumptions=strings(known.get("assumptions")),
        questions=strings(known.get("open_questions")),
    )  # fmt: skip


def _chosen(want: Want, value: Value, data: Json, values: Sequence[Value]) -> Value:
    """A recommendation in words, where the model said it as an option's number and a reason."""
    if not want.choice_of or not isinstance(data, dict):
        return value
    entries = next((v.entries for v in values if v.key == want.choice_of), ())
    number = re.search(r"\d+", string(data.get("option")))
    place = int(number[0]) - 1 if number else -1
    reason = string(data.get("reason")).strip()
    if not 0 <= place < len(entries) or fold(entries[place].name) in fold(reason):
        return Value(key=value.key, text=reason or value.text)
    return Value(key=value.key, text=f"{entries[place].name}. {reason[:1].upper()}{reason[1:]}")


def strings(data: Json) -> tuple[str, ...]:
    """What a JSON value says, as a list of texts."""
    if data is None:
        return ()
    parts = data if isinstance(data, list) else [data]
    return tuple(text for part in parts if (text := string(part).strip()))


def string(data: Json) -> str:
    """What a JSON value says, as one text."""
    if data is None:
        return ""
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return "\n".join(string(part) for part in data)
    if isinstance(data, dict):
        return "\n".join(f"{key}: {string(value)}" for key, value in data.items())
    return json.dumps(data)


def _value(want: Want, data: Json) -> Value | None:
    if data is None:
        return None
    if want.kind == "group":
        entries = tuple(_entries(want, data))
        return Value(key=want.key, entries=entries) if entries else None
    if want.kind == "rows":
        rows = tuple(_rows(want, data))
        return Value(key=want.key, rows=rows) if rows else None
    if want.kind == "items":
        found = strings(data)
        return Value(key=want.key, items=found) if found else None
    if want.kind == "code" and isinstance(data, dict | list):
        text = json.dumps(data, indent=2, ensure_ascii=False)
        return Value(key=want.key, text=text if data else "")
    text = string(data)
    if want.kind == "code" and want.language == "json":
        text = _pretty(text)
    return Value(key=want.key, text=text) if text.strip() else None


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _rows(want: Want, data: Json) -> Iterator[tuple[str, ...]]:
    for row in data if isinstance(data, list) else [data]:
        if isinstance(row, dict):
            known = {identifier(key): string(value) for key, value in row.items()}
            yield tuple(known.get(identifier(column), "") for column, _ in want.columns)
        elif isinstance(row, list):
            cells = [string(cell) for cell in row]
            yield tuple((cells + [""] * len(want.columns))[: len(want.columns)])


def _entries(want: Want, data: Json) -> Iterator[Entry]:
    if isinstance(data, dict) and want.names:
        by_name = {fold(key): value for key, value in data.items()}
        for name in want.names:
            if fold(name) in by_name:
                yield _entry(want, name, by_name[fold(name)])
        return
    if isinstance(data, dict) and not {"name", *(f.key for f in want.fields)} & set(data):
        # Options by name instead of a list of them.
        data = [{"name": key, **value} for key, value in data.items() if isinstance(value, dict)]
    for number, part in enumerate(data if isinstance(data, list) else [data]):
        if not isinstance(part, dict):
            continue
        known = {identifier(key): value for key, value in part.items()}
        name = string(known.get("name")) or (
            want.names[number] if number < len(want.names) else ""
        )
        name = unprefixed(name.strip(), want.examples)
        entry = _entry(want, name, part)
        if name and any(text.strip() for _, text in entry.texts):
            yield entry


def unprefixed(name: str, examples: Sequence[str]) -> str:
    """A name without the template's own in front: `Option A: Redis` and `Option 3: Redis` are
    `Redis` where the template says `Option A`."""
    for example in examples:
        split = counter(example)
        own = f"{re.escape(split[0])}[A-Z0-9]{{1,2}}" if split else re.escape(example)
        found = re.match(rf"{own}\s*[:\uff1a.)\u2013\u2014-]+\s*(?P<rest>\S.*)", name, re.IGNORECASE)
        if found:
            return found["rest"]
    return name


def _entry(want: Want, name: str, data: Json) -> Entry:
    if not isinstance(data, dict):
        return Entry(name=name, texts=((want.fields[0].key, string(data)),))
    known = {identifier(key): string(value) for key, value in data.items()}
    return Entry(
        name=name, texts=tuple((field.key, known.get(field.key, "")) for field in want.fields)
    )


def _checked(answer: Answer, asked: Request, known: str) -> Answer:
    """The answer with what is wrong with it, and without what only repeats the template."""
    if answer.not_applicable or answer.errors:
        return answer
    said = "\n".join(text for v in answer.values if not _is_code(v, asked) for text in v.texts)
    errors = tuple(_errors(answer, asked))
    values = (_own(value, asked) for value in answer.values)
    return replace(
        answer,
        values=tuple(value for value in values if value.words),
        errors=errors,
        flaws=tuple(_flaws(answer, asked, said, known)),
        figures=claim.figures(said, known) if known else (),
    )


def _is_code(value: Value, asked: Request) -> bool:
    return any(want.key == value.key and want.kind == "code" for want in asked.wants)


def _own(value: Value, asked: Request) -> Value:
    """What is the model's own in a value: not the placeholder, not the template's example items."""
    want = next(want for want in asked.wants if want.key == value.key)
    if fold(value.text) and fold(value.text) in (fold(want.placeholder), fold(want.guidance)):
        return Value(key=value.key)
    examples = {fold(example) for example in want.examples}
    entries = tuple(entry for entry in value.entries if fold(entry.name) not in examples)
    return replace(value, entries=entries)


def _flaws(answer: Answer, asked: Request, said: str, known: str) -> Iterator[str]:
    """What makes an answer worse without making it useless."""
    for want in asked.wants:
        value = answer.value(want.key)
        limit = max(30, _limit(want))
        if value and value.words > limit:
            yield f"{_name(want)} has {value.words} words; write at most {limit}."
    for value in answer.values:
        if known and not _is_code(value, asked):
            yield from _claims(value, known)
        yield from _unparsed(value, asked)


def _claims(value: Value, known: str) -> Iterator[str]:
    text = "\n".join(value.texts)
    for figure in claim.unmarked(text, known)[:3]:
        yield (
            f'"{value.key}": nobody gave the figure "{figure}". If it is a limit that you propose, '
            'write "proposed" in front of it; if it is an amount, say what has to be measured.'
        )
    for found in claim.inventions(text, known)[:3]:
        yield f'"{value.key}": "{found}" is not in the subject: leave it out.'


def _unparsed(value: Value, asked: Request) -> Iterator[str]:
    want = next(want for want in asked.wants if want.key == value.key)
    if want.kind != "code":
        return
    language, content = code(value.text, want.language)
    problem = fence.check(language, content)
    if problem and (not problem.note or language == "mermaid"):
        yield f"{_name(want)}: the {language} does not parse, line {problem.line}: {problem.message}"


def _errors(answer: Answer, asked: Request) -> Iterator[str]:
    for want in asked.wants:
        value = answer.value(want.key)
        if value is None or not value.words:
            yield f"{_name(want)} is missing or empty." if not asked.plain else "The answer is empty."
            continue
        if fold(value.text) and fold(value.text) in (fold(want.placeholder), fold(want.guidance)):
            yield f"{_name(want)} repeats the template instead of answering it."
        yield from _group_errors(want, value)
    yield from _choice_errors(answer, asked)


def _limit(want: Want) -> int:
    if want.kind == "rows":
        return round(TOO_LONG * want.words * len(want.columns) * want.most)
    if want.kind == "group":
        return round(TOO_LONG * max(len(want.names), want.most) * sum(f.words for f in want.fields))
    return round(TOO_LONG * want.words)


def _name(want: Want) -> str:
    return f'"{want.key}"'


def _group_errors(want: Want, value: Value) -> Iterator[str]:
    if want.kind == "rows":
        for number, row in enumerate(value.rows, start=1):
            for (column, _), cell in zip(want.columns, row, strict=True):
                if not cell.strip():
                    yield f"{_name(want)}: row {number} has nothing under {column}."
    if want.kind != "group":
        return
    said = [fold(entry.name) for entry in value.entries]
    for name in want.names:
        if fold(name) not in said:
            yield f'{_name(want)}: "{name}" is missing.'
    if len(set(said)) < len(said):
        yield f"{_name(want)}: two items have the same name."
    if not want.names and len(said) < want.least:
        yield f"{_name(want)}: give at least {want.least} items."
    for entry in value.entries:
        for key, text in entry.texts:
            if not text.strip():
                yield f'{_name(want)}: "{entry.name}" has no "{key}".'
        if fold(entry.name) in {fold(example) for example in want.examples}:
            yield f'{_name(want)}: give "{entry.name}" a name of its own.'
    yield from _alike(want, value)


def _alike(want: Want, value: Value) -> Iterator[str]:
    for field in want.fields:
        texts = [fold(dict(entry.texts).get(field.key, "")) for entry in value.entries]
        written = [text for text in texts if text]
        if not want.names and len(set(written)) < len(written):
            yield f'{_name(want)}: two items have the same "{field.key}"; say how they differ.'


def _choice_errors(answer: Answer, asked: Request) -> Iterator[str]:
    """A recommendation names one of the options beside it."""
    groups = [v for w in asked.wants if w.kind == "group" and not w.names
              and (v := answer.value(w.key))]  # fmt: skip
    for want in asked.wants:
        value = answer.value(want.key)
        if not groups or value is None or not want.choice_of:
            continue
        if not chosen(value.text, groups[0].entries):
            names = ", ".join(f'"{entry.name}"' for entry in groups[0].entries)
            yield f"{_name(want)} must name one of the options, word for word: {names}."


def chosen(text: str, entries: Sequence[Entry]) -> str:
    """The first option that a recommendation names, or nothing."""
    found = [(fold(text).find(fold(entry.name)), entry.name) for entry in entries]
    return min(((at, name) for at, name in found if at >= 0), default=(0, ""))[1]
