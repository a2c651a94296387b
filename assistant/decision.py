"""Decisions: questions that a design answers, each with the answers that it chooses from."""

import re
from collections.abc import Iterator, Mapping
from itertools import dropwhile

from assistant.answer import Json, string, strings
from assistant.mark import fold
from assistant.naming import Names, shortened, usable
from assistant.place import label
from assistant.request import Schema
from assistant.slot import identifier
from assistant.value import Fault

QUESTION, ANSWERS = "question", "answers"
FEWEST, MOST = 2, 3  # answers to one question
LONGEST_ANSWER = 64  # characters; it names an option

# Words with which a sentence repeats its question.
_JOINED = frozenset(("is", "are", "was", "be", "will", "would", "should", "can", "gets", "get"))
_JOINTS = _JOINED | {"a", "an", "the", "it", "this", "been", "being"}
_PREFIX = re.compile(
    r"\A(?:(?:proposed|alternative|option|answer)(?:\s+(?:\d|[A-C]))?\s*[:\u2013-]+\s*"
    r"|\d[.)]\s+)",
    re.IGNORECASE,
)
_IF = re.compile(r"\A(?:if|when|once|after|in case)\s[^,]{3,60},\s+", re.IGNORECASE)
_NONE = re.compile(r"(?:none|nothing|n/?a)\W*", re.IGNORECASE)
_YES_OR_NO = re.compile(r"(?:yes|no|ja|nein|oui|non|true|false|maybe)\b.{0,3}", re.IGNORECASE)

Options = tuple[tuple[str, tuple[str, ...]], ...]


def schema() -> Schema:
    """The JSON Schema of one decision."""
    text: Schema = {"type": "string", "minLength": 2}
    answers: Schema = {"type": "array", "minItems": FEWEST, "maxItems": MOST, "items": text}
    return {
        "type": "object",
        "properties": {QUESTION: dict(text), ANSWERS: answers},
        "required": [QUESTION, ANSWERS],
        "additionalProperties": False,
    }


def read_decisions(group: Names, known: Mapping[str, Json], errors: list[Fault]) -> Options:
    """Return the usable decisions of a group with their answers, none where they can't be used.

    What is wrong with the others goes to `errors`. A decision may be said as its name alone.
    """
    data = known.get(group.key)
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    said = data if isinstance(data, list) else []
    if not any(isinstance(part, dict) for part in said):
        return tuple((name, ()) for name in usable(group, known, errors))
    for part in said:
        own = {identifier(k): v for k, v in part.items()} if isinstance(part, dict) else {}
        question = string(own.get(QUESTION, own.get("decision", part if not own else "")))
        for name in usable(group, {group.key: [question]}, errors):
            answers = tuple(_answers(own.get(ANSWERS, own.get("options")), name))
            if own and len(answers) < FEWEST:
                few = (
                    f'"{group.key}": give "{name}" {FEWEST} or {MOST} different "{ANSWERS}" of '
                    "2 to 5 words."
                )
                errors.append(Fault(group.key, few))
                answers = ()
            found.setdefault(fold(name), (name, answers))
    return tuple(found.values())[: group.most]


def _answers(data: Json, question: str) -> Iterator[str]:
    seen: set[str] = set()
    for text in strings(data)[:MOST]:
        name = shortened(label(_bare(text, question)), LONGEST_ANSWER).rstrip(".\u3002 ")
        # A bare number is an amount that nobody gave, and "yes" does not say what is built.
        said = re.search(r"[^\W\d]{2}", name) and not _YES_OR_NO.fullmatch(name)
        if not said or len(name) > LONGEST_ANSWER or _NONE.fullmatch(name):
            continue
        if fold(name) not in seen:
            seen.add(fold(name))
            yield name


def _bare(answer: str, question: str) -> str:
    """An answer's first sentence, less the words at its beginning that only repeat the question.

    "The report is generated when the user asks" is "When the user asks" to "When is it generated?".
    """
    answer = _IF.sub("", _PREFIX.sub("", answer.strip()))
    sentence = re.split(r"(?<=\w)[.;!?](?:\s|$)|\u3002", answer, maxsplit=1)[0].split()
    said = set(re.findall(r"\w+", fold(question))) | _JOINTS
    own = list(dropwhile(lambda word: fold(word).strip(",:'\"") in said, sentence))
    # Only a sentence repeats its question: "Run them on a cluster" is an answer as it is.
    if not _JOINED & {fold(word) for word in sentence[: len(sentence) - len(own)]}:
        own = sentence
    text = " ".join(own if len(own) > 1 else sentence)
    return text[:1].upper() + text[1:]
