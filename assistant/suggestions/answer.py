"""What a reviewer's answer must look like, and the suggestions of it that rest on something."""

import json
from collections.abc import Iterator, Mapping, Sequence

from assistant.editing.answer import Fault, find_faulty_keys
from assistant.editing.place import render_line, strip_thoughts
from assistant.markdown.elements import fold_name
from assistant.markdown.escape import clean_text
from assistant.prompting.answer import Json, flatten_json, make_json_fault, parse_json
from assistant.prompting.form import Schema, make_object_schema
from assistant.suggestions.ground import (
    MIN_QUOTE_WORDS,
    FoundQuote,
    Ground,
    count_any_words,
)
from assistant.suggestions.suggestion import (
    LEVELS,
    Basis,
    Opinion,
    PointOfView,
    Question,
    Risk,
    WantedKinds,
)

RISKS_KEY, QUESTIONS_KEY = "risks", "questions"
# Of a kind, from one point of view: five views come to ten, as many as people read. By judgement.
MAX_SUGGESTIONS = 2
# Words of a text. A model is told 25, and not asked again for a few more. By judgement.
MAX_TEXT_WORDS = 45
_MIN_SENTENCE_WORDS = {
    "what_goes_wrong": 5,
    "question": 4,
}  # words of what must be a whole sentence
_FIELDS_BY_KEY = {
    RISKS_KEY: ("what_goes_wrong", "impact", "likelihood", "mitigation"),
    QUESTIONS_KEY: ("question", "why", "who"),
}
_BASIS_FIELDS = ("quote", "section")
# Words of a sentence that can be a copy: a shorter one may only name its subject. By judgement.
_MIN_COPIED_WORDS = 8
# Headings that a schema lists for an answer to choose from; beyond that they are only looked up.
# By judgement.
_MAX_HEADINGS_ALLOWED = 120
# Headings, and characters of a wrong quote, that are sent back. By judgement.
_MAX_HEADINGS_SHOWN = 12
_MAX_QUOTE_SHOWN = 120
_LEVEL_SYNONYMS = {
    "medium": "Med",
    "moderate": "Med",
    "med": "Med",
    "high": "High",
    "critical": "High",
    "severe": "High",
    "low": "Low",
    "minor": "Low",
}


def make_opinion_schema(
    kinds: WantedKinds, headings: Sequence[str], quotes: Sequence[str] = ()
) -> str:
    """Return the JSON Schema of an answer; if there are `quotes`, it has to choose from these."""
    known = headings if len(headings) <= _MAX_HEADINGS_ALLOWED else ()
    shared = {"section": _make_choice_schema(known), "quote": _make_choice_schema(quotes)}
    properties: Schema = {}
    for key in list_wanted_keys(kinds):
        own: Schema = {name: {"$ref": f"#/$defs/{name}"} for name in _BASIS_FIELDS}
        for name in _FIELDS_BY_KEY[key]:
            level = name in ("impact", "likelihood")
            text: Schema = {"type": "string", "minLength": 1}
            own[name] = {"type": "string", "enum": list(LEVELS)} if level else text
        item = make_object_schema(own, list(own))
        properties[key] = {"type": "array", "maxItems": MAX_SUGGESTIONS, "items": item}
    whole = {**make_object_schema(properties, list(properties)), "$defs": shared}
    return json.dumps(whole, ensure_ascii=False)


def _make_choice_schema(known: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(known)} if known else {"type": "string"}


def list_wanted_keys(kinds: WantedKinds) -> tuple[str, ...]:
    """Return the keys of an answer that says what is wanted."""
    return (RISKS_KEY,) * kinds.risks + (QUESTIONS_KEY,) * kinds.questions


def select_opinion_keys(opinion: Opinion, kinds: WantedKinds) -> tuple[str, ...]:
    """Return the keys of an answer that have to be said again; none if all of it has to."""
    return find_faulty_keys((*opinion.errors, *opinion.flaws), list_wanted_keys(kinds))


def read_opinion(
    raw: str, ground: Ground, kinds: WantedKinds, view: PointOfView, told: str = ""
) -> Opinion:
    """Return the suggestions of an answer that rest on something; `errors` is about the others.

    `told` is what the model was told beside the document and the point of view: no answer either.
    """
    try:
        data = parse_json(strip_thoughts(raw))
    except ValueError as error:
        return Opinion(errors=(make_json_fault(error),), said=False)
    reader = _OpinionReader(ground, view, fold_name(f"{view.text}\n{told}"))
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


class _OpinionReader:
    """Reads the lists of one answer."""

    def __init__(self, ground: Ground, view: PointOfView, told: str) -> None:
        self.ground = ground
        self.view = view
        self.told = told
        self.risks: list[Risk] = []
        self.questions: list[Question] = []
        self.errors: list[Fault] = []
        self.flaws: list[Fault] = []
        self.dropped = 0

    def read(self, key: str, data: Json) -> None:
        """Read the list of suggestions that an answer has under `key`."""
        if not isinstance(data, list):
            self.errors.append(Fault(key, f'"{key}" is missing, or is no list.'))
            return
        for number, entry in enumerate(data, start=1):
            if not isinstance(entry, dict):
                self.errors.append(Fault(key, f'"{key}", item {number} is no object.'))
                self.dropped += 1
                continue
            basis, problem = self._basis(entry)
            texts = {
                name: render_line(flatten_json(entry.get(name))) for name in _FIELDS_BY_KEY[key]
            }
            wrong = [problem] * bool(problem) + list(_find_text_problems(texts))
            if any(self._is_copied(texts.get(name, "")) for name in _MIN_SENTENCE_WORDS):
                wrong.append("the document says that itself; say what follows from it.")
            if any(self._is_told(text) for text in texts.values()):
                wrong.append("it only says the task again; say what it is in this document.")
            if basis and any(fold_name(text) == fold_name(basis.quote) for text in texts.values()):
                wrong.append("it only says the quote again; say what follows from it.")
            if wrong or basis is None:
                self.errors += [Fault(key, f'"{key}", item {number}: {one}') for one in wrong]
                self.dropped += 1
                continue
            long = [name for name, text in texts.items() if len(text.split()) > MAX_TEXT_WORDS]
            self.flaws += [
                Fault(key, f'"{key}", item {number}: "{name}" is too long; write at most 25 words.')
                for name in long
            ]
            self._keep(key, texts, basis)

    def _is_copied(self, text: str) -> bool:
        """Return whether most of a sentence is a run of the document's own words."""
        return (
            count_any_words(text) >= _MIN_COPIED_WORDS
            and self.ground.find_quote(text).fault != "nowhere"
        )

    def _is_told(self, text: str) -> bool:
        """Return whether a text stands in the instruction itself."""
        return count_any_words(text) > MIN_QUOTE_WORDS and fold_name(text).rstrip("?.") in self.told

    def _keep(self, key: str, texts: Mapping[str, str], basis: Basis) -> None:
        if key == QUESTIONS_KEY:
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
                impact=_normalize_level(texts["impact"]),
                likelihood=_normalize_level(texts["likelihood"]),
                mitigation=texts["mitigation"],
                basis=basis,
                views=(self.view.title,),
            )
        )

    def _basis(self, entry: Mapping[str, Json]) -> tuple[Basis | None, str]:
        """Return what an entry rests on, or what is wrong with that."""
        said = " ".join(clean_text(flatten_json(entry.get("quote"))).split())
        section = self.ground.find_heading(clean_text(flatten_json(entry.get("section"))))
        if any(character.isalnum() for character in said):
            found = self.ground.find_quote(said)
            if found.fault:
                return None, _describe_quote_fault(said, found)
            return Basis(section=found.section or section, quote=found.quote), ""
        if section:
            return Basis(section=section), ""
        shown = "; ".join(self.ground.headings[:_MAX_HEADINGS_SHOWN]) or "none"
        return None, (
            '"quote" is empty, and "section" is no heading of the document. Quote at least '
            f"{MIN_QUOTE_WORDS} of its words, or name one of its headings: {shown}"
        )


def _describe_quote_fault(said: str, found: FoundQuote) -> str:
    shown = said if len(said) <= _MAX_QUOTE_SHOWN else f"{said[:_MAX_QUOTE_SHOWN]}..."
    return {
        "nowhere": f'"quote" is not in the document: "{shown}". Copy at least {MIN_QUOTE_WORDS} '
        'words in a row from it, or leave "quote" empty and name in "section" the heading under '
        "which something is missing.",
        "template": f'"quote" has words of the template only: "{shown}". Copy others.',
        "listed": f'"{shown}" is listed in the document already. Find something else.',
    }[found.fault]


def _find_text_problems(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        if not any(character.isalnum() for character in text):
            yield f'there is nothing under "{name}".'
        elif name in ("impact", "likelihood") and not _normalize_level(text):
            yield f'"{name}" must be one of {", ".join(LEVELS)}.'
        elif count_any_words(text) < _MIN_SENTENCE_WORDS.get(name, 0):
            yield f'"{name}" must be a whole sentence, and not "{text}".'


def _normalize_level(text: str) -> str:
    return _LEVEL_SYNONYMS.get(fold_name(text).rstrip("."), "")
