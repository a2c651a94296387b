"""What a reviewer's answer must look like, and the suggestions of it that rest on something."""

import json
from collections.abc import Iterator, Mapping, Sequence

from assistant.answer import Json, parse_json, string
from assistant.escape import clean
from assistant.ground import LEAST, Found, Ground, count
from assistant.mark import fold
from assistant.place import line, words
from assistant.suggestion import LEVELS, Basis, Kinds, Opinion, Question, Risk, View
from assistant.value import Fault, find_faulty_keys

RISKS, QUESTIONS = "risks", "questions"
MOST = 2  # of a kind, from one point of view
LONGEST = 45  # words of a text; it is told 25
_SENTENCE = {"what_goes_wrong": 5, "question": 4}  # words of what must be a whole sentence
_FIELDS = {
    RISKS: ("what_goes_wrong", "impact", "likelihood", "mitigation"),
    QUESTIONS: ("question", "why", "who"),
}
_BASIS = ("quote", "section")
_COPIED = 8  # words of a sentence that is not as short as its subject
_HEADINGS = 120  # of a document, that an answer is held to by its schema
_SHOWN = 12
_QUOTED = 120  # characters of a wrong quote that are sent back
_SAME = {
    "medium": "Med",
    "moderate": "Med",
    "med": "Med",
    "high": "High",
    "critical": "High",
    "severe": "High",
    "low": "Low",
    "minor": "Low",
}


def schema(kinds: Kinds, headings: Sequence[str], quotes: Sequence[str] = ()) -> str:
    """The JSON Schema that an answer must follow; `quotes` are those that it may choose from."""
    known = headings if len(headings) <= _HEADINGS else ()
    shared = {"section": _text(known), "quote": _text(quotes)}
    properties: dict[str, object] = {}
    for key in list_wanted_keys(kinds):
        own: dict[str, object] = {name: {"$ref": f"#/$defs/{name}"} for name in _BASIS}
        for name in _FIELDS[key]:
            level = name in ("impact", "likelihood")
            text = {"type": "string", "minLength": 1}
            own[name] = {"type": "string", "enum": list(LEVELS)} if level else text
        item = {
            "type": "object",
            "properties": own,
            "required": list(own),
            "additionalProperties": False,
        }
        properties[key] = {"type": "array", "maxItems": MOST, "items": item}
    whole = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": shared,
    }
    return json.dumps(whole, ensure_ascii=False)


def _text(known: Sequence[str]) -> dict[str, object]:
    return {"type": "string", "enum": list(known)} if known else {"type": "string"}


def list_wanted_keys(kinds: Kinds) -> tuple[str, ...]:
    """Return the keys of an answer that says what is wanted."""
    return (RISKS,) * kinds.risks + (QUESTIONS,) * kinds.questions


def select_opinion_keys(opinion: Opinion, kinds: Kinds) -> tuple[str, ...]:
    """Return the keys of an answer that have to be said again; none where all of it has to."""
    return find_faulty_keys((*opinion.errors, *opinion.flaws), list_wanted_keys(kinds))


def read_opinion(raw: str, ground: Ground, kinds: Kinds, view: View, told: str = "") -> Opinion:
    """Return the suggestions of an answer that rest on something; `errors` is about the others.

    `told` is what the model was told beside the document and the point of view: no answer either.
    """
    try:
        data = parse_json(words(raw))
    except (ValueError, RecursionError) as error:
        return Opinion(errors=(Fault("", f"The answer is not valid JSON: {error}"),), said=False)
    if not isinstance(data, dict):
        return Opinion(errors=(Fault("", "The answer is not a JSON object."),), said=False)
    reader = _Reader(ground, view, fold(f"{view.text}\n{told}"))
    for key in list_wanted_keys(kinds):
        reader.read(key, data.get(key))
    return Opinion(
        risks=tuple(reader.risks),
        questions=tuple(reader.questions),
        errors=tuple(reader.errors),
        flaws=tuple(reader.flaws),
        dropped=reader.dropped,
        said=any(isinstance(data.get(key), list) for key in list_wanted_keys(kinds)),
    )


class _Reader:
    """Reads the lists of one answer."""

    def __init__(self, ground: Ground, view: View, told: str) -> None:
        self.ground = ground
        self.view = view
        self.told = told
        self.risks: list[Risk] = []
        self.questions: list[Question] = []
        self.errors: list[Fault] = []
        self.flaws: list[Fault] = []
        self.dropped = 0

    def read(self, key: str, data: Json) -> None:
        """The list under `key`."""
        if not isinstance(data, list):
            self.errors.append(Fault(key, f'"{key}" is missing, or is no list.'))
            return
        for number, entry in enumerate(data, start=1):
            if not isinstance(entry, dict):
                self.errors.append(Fault(key, f'"{key}", item {number} is no object.'))
                self.dropped += 1
                continue
            basis, problem = self._basis(entry)
            texts = {name: line(string(entry.get(name))) for name in _FIELDS[key]}
            wrong = [problem] * bool(problem) + list(_lacking(texts))
            if any(self._is_copied(texts.get(name, "")) for name in _SENTENCE):
                wrong.append("the document says that itself; say what follows from it.")
            if any(self._is_told(text) for text in texts.values()):
                wrong.append("it only says the task again; say what it is in this document.")
            if basis and any(fold(text) == fold(basis.quote) for text in texts.values()):
                wrong.append("it only says the quote again; say what follows from it.")
            if wrong or basis is None:
                self.errors += [Fault(key, f'"{key}", item {number}: {one}') for one in wrong]
                self.dropped += 1
                continue
            long = [name for name, text in texts.items() if len(text.split()) > LONGEST]
            self.flaws += [
                Fault(key, f'"{key}", item {number}: "{name}" is too long; write at most 25 words.')
                for name in long
            ]
            self._keep(key, texts, basis)

    def _is_copied(self, text: str) -> bool:
        """Whether most of a sentence are the document's own words in a row."""
        return count(text) >= _COPIED and self.ground.find(text).fault != "nowhere"

    def _is_told(self, text: str) -> bool:
        """Whether a text stands in the instruction itself."""
        return count(text) > LEAST and fold(text).rstrip("?.") in self.told

    def _keep(self, key: str, texts: Mapping[str, str], basis: Basis) -> None:
        if key == QUESTIONS:
            self.questions.append(
                Question(
                    text=texts["question"],
                    why=texts["why"],
                    who=texts["who"],
                    basis=basis,
                    views=(self.view.title,),
                )
            )
            return
        self.risks.append(
            Risk(
                text=texts["what_goes_wrong"],
                impact=_level(texts["impact"]),
                likelihood=_level(texts["likelihood"]),
                mitigation=texts["mitigation"],
                basis=basis,
                views=(self.view.title,),
            )
        )

    def _basis(self, entry: Mapping[str, Json]) -> tuple[Basis | None, str]:
        """What an entry rests on, or what is wrong with that."""
        said = " ".join(clean(string(entry.get("quote"))).split())
        section = self.ground.heading(clean(string(entry.get("section"))))
        if any(character.isalnum() for character in said):
            found = self.ground.find(said)
            if found.fault:
                return None, _unquoted(said, found)
            return Basis(section=found.section or section, quote=found.quote), ""
        if section:
            return Basis(section=section), ""
        shown = "; ".join(self.ground.headings[:_SHOWN]) or "none"
        return None, (
            '"quote" is empty, and "section" is no heading of the document. Quote at least '
            f"{LEAST} of its words, or name one of its headings: {shown}"
        )


def _unquoted(said: str, found: Found) -> str:
    shown = said if len(said) <= _QUOTED else f"{said[:_QUOTED]}..."
    return {
        "nowhere": f'"quote" is not in the document: "{shown}". Copy at least {LEAST} words in a '
        'row from it, or leave "quote" empty and name in "section" the heading under which '
        "something is missing.",
        "template": f'"quote" has words of the template only: "{shown}". Copy others.',
        "listed": f'"{shown}" is listed in the document already. Find something else.',
    }[found.fault]


def _lacking(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        if not any(character.isalnum() for character in text):
            yield f'there is nothing under "{name}".'
        elif name in ("impact", "likelihood") and not _level(text):
            yield f'"{name}" must be one of {", ".join(LEVELS)}.'
        elif count(text) < _SENTENCE.get(name, 0):
            yield f'"{name}" must be a whole sentence, and not "{text}".'


def _level(text: str) -> str:
    return _SAME.get(fold(text).rstrip("."), "")
