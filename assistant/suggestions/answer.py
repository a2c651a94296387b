"""What a reviewer's answer must look like, and the suggestions of it that rest on something."""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.editing.answer import Fault as Fault_of_place
from assistant.editing.answer import find_faulty_keys
from assistant.editing.place import render_line, strip_thoughts
from assistant.markdown.comments import find_comments
from assistant.markdown.document import Document
from assistant.markdown.elements import fold_name
from assistant.markdown.escape import clean_text
from assistant.prompting.answer import Json, flatten_json, parse_json
from assistant.prompting.prompts import PointOfView
from assistant.suggestions.listed import find_listed_items
from assistant.suggestions.model import LEVELS, Basis, Opinion, Question, Risk, WantedKinds
from assistant.template.pairing import fold_title
from assistant.template.template import Template

MIN_QUOTE_WORDS = 4  # words of a quote
_MIN_QUOTE_SHARE = 0.6  # of a quote's words that have to be there in a row
# A script without spaces has a word in each character.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


@dataclass(frozen=True, slots=True)
class _WordIndex:
    """A text's words, folded, each between two spaces, and where each begins and ends."""

    joined: str
    spans: tuple[tuple[int, int], ...]
    places: tuple[int, ...]


QuoteFault = Literal["", "nowhere", "template", "listed"]


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """Where a quote was found, or the fault for which it does not count."""

    quote: str = ""
    section: str = ""
    fault: QuoteFault = ""


class Ground:
    """A document that quotes are looked for in; `template` is that which it was written to."""

    def __init__(self, document: Document, template: Template | None) -> None:
        self._document = document
        self._listed = frozenset(find_listed_items(document).own)
        self._words = _index_words(_blank_comments(document.text))
        self._template = "" if template is None else _index_words(template.text).joined
        self.headings = tuple(dict.fromkeys(_list_headings(document, template)))
        self._named = {fold_title(title): title for title in self.headings}

    def heading(self, name: str) -> str:
        """The heading that is meant by `name`; empty where there is none."""
        bare = name.strip().lstrip("#").strip()
        last = bare.rsplit(" > ", 1)[-1]
        return self._named.get(fold_title(bare)) or self._named.get(fold_title(last), "")

    def find(self, quote: str) -> FoundQuote:
        """The longest run of a quote's words that stands in the document, as it stands there."""
        words = [word.casefold() for word in _WORD.findall(quote)]
        start, length = self._longest(words)
        if length < max(MIN_QUOTE_WORDS, _MIN_QUOTE_SHARE * len(words)):
            return FoundQuote(fault="nowhere")
        run = self._run(start, length)
        if self._is_template(run):
            return FoundQuote(fault="template")
        first, last = self._words.spans[start][0], self._words.spans[start + length - 1][1]
        index = self._section(first)
        if index in self._listed:
            return FoundQuote(fault="listed")
        text = " ".join(clean_text(self._document.text[first:last]).split())
        return FoundQuote(quote=text, section=self._document.sections[index].title)

    def _longest(self, words: Sequence[str]) -> tuple[int, int]:
        """Where in the document the longest run of these words begins, and how long it is."""
        best, length = 0, 0
        for at in range(len(words) - MIN_QUOTE_WORDS + 1):
            if length >= len(words) - at:
                break
            needle = f" {' '.join(words[at : at + max(MIN_QUOTE_WORDS, length + 1)])} "
            position = self._words.joined.find(needle)
            while position >= 0:
                start = _find_word_at(self._words.places, position + 1)
                own = self._extent(words, at, start)
                if own > length:
                    best, length = start, own
                    needle = f" {' '.join(words[at : at + length + 1])} "
                    if at + length >= len(words):
                        break
                position = self._words.joined.find(needle, position + 1)
        return best, length

    def _extent(self, words: Sequence[str], at: int, start: int) -> int:
        length = 0
        while at + length < len(words) and start + length < len(self._words.spans):
            if self._word(start + length) != words[at + length]:
                break
            length += 1
        return length

    def _word(self, number: int) -> str:
        places, joined = self._words.places, self._words.joined
        after = places[number + 1] if number + 1 < len(places) else len(joined)
        return joined[places[number] : after - 1]

    def _run(self, start: int, length: int) -> tuple[str, ...]:
        return tuple(self._word(start + number) for number in range(length))

    def _is_template(self, run: Sequence[str]) -> bool:
        """Whether any four words of the run in a row are the template's."""
        windows = (run[at : at + MIN_QUOTE_WORDS] for at in range(len(run) - MIN_QUOTE_WORDS + 1))
        return all(f" {' '.join(window)} " in self._template for window in windows)

    def _section(self, offset: int) -> int:
        """Which section a place in the text is in."""
        starts = [section.start for section in self._document.sections]
        return max(0, bisect_right(starts, offset) - 1)


def count_any_words(text: str) -> int:
    """How many words a text has, in any script."""
    return len(_WORD.findall(text))


def _list_headings(document: Document, template: Template | None) -> Iterator[str]:
    """The headings that something can be missing under; a title is one where there is no other."""
    named = [section for section in document.sections if section.level]
    tops = [section for section in named if section.level == 1]
    titled = len(tops) == 1 and len(named) > 1
    yield from (one.title for one in named if one.title and not (titled and one is tops[0]))
    if template is not None:
        known = {fold_title(section.title) for section in named}
        for spec in template.specs:
            if spec.level > 1 and spec.open is None and fold_title(spec.title) not in known:
                yield spec.title


def _blank_comments(text: str) -> str:
    """The text with its comments blanked: they are for writers, not for readers."""
    pieces: list[str] = []
    position = 0
    for start, end in find_comments(text):
        pieces += [text[position:start], " " * (end - start)]
        position = end
    return "".join(pieces) + text[position:]


def _index_words(text: str) -> _WordIndex:
    spans: list[tuple[int, int]] = []
    places: list[int] = []
    pieces: list[str] = []
    at = 1
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        spans.append(found.span())
        places.append(at)
        pieces.append(word)
        at += len(word) + 1
    return _WordIndex(f" {' '.join(pieces)} ", tuple(spans), tuple(places))


def _find_word_at(places: Sequence[int], position: int) -> int:

    return bisect_left(places, position)


RISKS_KEY, QUESTIONS_KEY = "risks", "questions"
MAX_SUGGESTIONS = 2  # of a kind, from one point of view
MAX_TEXT_WORDS = 45  # words of a text; it is told 25
_MIN_SENTENCE_WORDS = {
    "what_goes_wrong": 5,
    "question": 4,
}  # words of what must be a whole sentence
_FIELDS_BY_KEY = {
    RISKS_KEY: ("what_goes_wrong", "impact", "likelihood", "mitigation"),
    QUESTIONS_KEY: ("question", "why", "who"),
}
_BASIS_FIELDS = ("quote", "section")
_MIN_COPIED_WORDS = 8  # words of a sentence that is not as short as its subject
_MAX_HEADINGS_ALLOWED = 120  # of a document, that an answer is held to by its schema
_MAX_HEADINGS_SHOWN = 12
_MAX_QUOTE_SHOWN = 120  # characters of a wrong quote that are sent back
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
    """The JSON Schema that an answer must follow; `quotes` are those that it may choose from."""
    known = headings if len(headings) <= _MAX_HEADINGS_ALLOWED else ()
    shared = {"section": _make_choice_schema(known), "quote": _make_choice_schema(quotes)}
    properties: dict[str, object] = {}
    for key in list_wanted_keys(kinds):
        own: dict[str, object] = {name: {"$ref": f"#/$defs/{name}"} for name in _BASIS_FIELDS}
        for name in _FIELDS_BY_KEY[key]:
            level = name in ("impact", "likelihood")
            text = {"type": "string", "minLength": 1}
            own[name] = {"type": "string", "enum": list(LEVELS)} if level else text
        item = {
            "type": "object",
            "properties": own,
            "required": list(own),
            "additionalProperties": False,
        }
        properties[key] = {"type": "array", "maxItems": MAX_SUGGESTIONS, "items": item}
    whole = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": shared,
    }
    return json.dumps(whole, ensure_ascii=False)


def _make_choice_schema(known: Sequence[str]) -> dict[str, object]:
    return {"type": "string", "enum": list(known)} if known else {"type": "string"}


def list_wanted_keys(kinds: WantedKinds) -> tuple[str, ...]:
    """Return the keys of an answer that says what is wanted."""
    return (RISKS_KEY,) * kinds.risks + (QUESTIONS_KEY,) * kinds.questions


def select_opinion_keys(opinion: Opinion, kinds: WantedKinds) -> tuple[str, ...]:
    """Return the keys of an answer that have to be said again; none where all of it has to."""
    return find_faulty_keys((*opinion.errors, *opinion.flaws), list_wanted_keys(kinds))


def read_opinion(
    raw: str, ground: Ground, kinds: WantedKinds, view: PointOfView, told: str = ""
) -> Opinion:
    """Return the suggestions of an answer that rest on something; `errors` is about the others.

    `told` is what the model was told beside the document and the point of view: no answer either.
    """
    try:
        data = parse_json(strip_thoughts(raw))
    except (ValueError, RecursionError) as error:
        return Opinion(
            errors=(Fault_of_place("", f"The answer is not valid JSON: {error}"),), said=False
        )
    if not isinstance(data, dict):
        return Opinion(errors=(Fault_of_place("", "The answer is not a JSON object."),), said=False)
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
        self.errors: list[Fault_of_place] = []
        self.flaws: list[Fault_of_place] = []
        self.dropped = 0

    def read(self, key: str, data: Json) -> None:
        """The list under `key`."""
        if not isinstance(data, list):
            self.errors.append(Fault_of_place(key, f'"{key}" is missing, or is no list.'))
            return
        for number, entry in enumerate(data, start=1):
            if not isinstance(entry, dict):
                self.errors.append(Fault_of_place(key, f'"{key}", item {number} is no object.'))
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
                self.errors += [
                    Fault_of_place(key, f'"{key}", item {number}: {one}') for one in wrong
                ]
                self.dropped += 1
                continue
            long = [name for name, text in texts.items() if len(text.split()) > MAX_TEXT_WORDS]
            self.flaws += [
                Fault_of_place(
                    key, f'"{key}", item {number}: "{name}" is too long; write at most 25 words.'
                )
                for name in long
            ]
            self._keep(key, texts, basis)

    def _is_copied(self, text: str) -> bool:
        """Whether most of a sentence are the document's own words in a row."""
        return (
            count_any_words(text) >= _MIN_COPIED_WORDS and self.ground.find(text).fault != "nowhere"
        )

    def _is_told(self, text: str) -> bool:
        """Whether a text stands in the instruction itself."""
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
        """What an entry rests on, or what is wrong with that."""
        said = " ".join(clean_text(flatten_json(entry.get("quote"))).split())
        section = self.ground.heading(clean_text(flatten_json(entry.get("section"))))
        if any(character.isalnum() for character in said):
            found = self.ground.find(said)
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
