"""What a model is given to read of a document that people began."""

from dataclasses import dataclass
from pathlib import Path

from assistant import builtin, prompts, shape
from assistant.align import Alignment
from assistant.connect import Connection
from assistant.document import Document
from assistant.instruct import Subject
from assistant.language import guess_language, spelled
from assistant.mark import fold
from assistant.pairing import untouched
from assistant.template import Template
from assistant.tokens import Counter, fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The description that a document was drafted from, if it was, a hint, and what is written."""

    description: str
    kind: str
    language: str
    hint: str
    text: str

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to go by."""
        said = (self.description, self.hint, self.text)
        return not any(character.isalnum() for part in said for character in part)


def written(alignment: Alignment) -> str:
    """What people wrote in a document: the template's own text left out."""
    matches = {match.index: match for match in alignment.matches}
    found: list[str] = []
    for index, section in enumerate(alignment.document.sections):
        match = matches.get(index)
        if match is None:
            found.append(section.heading + section.body)
            continue
        renamed = fold(section.title) != fold(match.spec.title)
        if untouched(match):
            if renamed:
                found.append(section.heading)
            continue
        body = section.body
        for start, end in reversed(match.body.guidance):
            body = body[:start] + body[end:]
        found.append(section.heading + body)
    return "\n".join(part.strip() for part in found).strip()


def subject_of(reading: Reading, room: int, counter: Counter, language: str) -> Subject:
    """The subject of all requests, in at most `room` tokens."""
    description, text = reading.description, reading.text
    if not counter.is_within(description + text, room):
        description = fit(description, room // 3, counter)
        text = fit(text, max(128, room - counter.count(description)), counter)
    said = spelled(language or reading.language)
    guess = guess_language((reading.description or reading.text)[:4000])
    return Subject(
        description=prompts.write_begun(description, reading.hint, text),
        kind=reading.kind,
        language=said or guess.name,
        foreign=not said and not guess.english,
        hint=reading.hint,
    )


def fitted(reading: Reading, connection: Connection, language: str) -> Subject:
    """The subject, cut to what the model can read beside all the rest."""
    return subject_of(reading, max(256, connection.window // 2), connection.counter, language)


def template_of(document: Document, named_by: Path | None) -> Template | None:
    """The template that was named, or the built-in one where the headings fit it, or none."""
    made = builtin.chosen(named_by)
    return made if named_by or shape.fits(made, document) else None
