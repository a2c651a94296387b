"""Names: which groups of a template a brief names, and which names can be used."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import dropwhile

from assistant.editing.place import Fault, label
from assistant.editing.place import name as placed_name
from assistant.markdown.elements import fold
from assistant.prompting.answer import Json, string, strings, strip_example
from assistant.prompting.request import Schema
from assistant.template.parts import PLACEHOLDER, Group, Slot, Spec, counter, identifier
from assistant.template.template import Template

LONGEST = 48  # characters of a name
QUESTION = 120  # characters of a decision, which may be a question
# What a list is filled with where it should be empty.
_NOTHING = re.compile(r"(?:none|nothing|n/a|na)\b.*|not?\s.*|\W*", re.IGNORECASE)
_KIND = re.compile(r"(?<=\w)[\s:\u2013-]+(?:bug|feature|design|document|doc)$", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:(?:new )?(?:bug|feature|fix|infrastructure|security|(?:data )?migration)(?: \w+)?"
    r"|bug-?fix|fehler(?:behebung)?|(?:neue )?funktion|nouvelle fonction(?:nalit\u00e9)?"
    r"|nueva funci\u00f3n|nuova funzione|nova funcionalidade)\s*:\s+"
    r"|(?:\u65b0?\u529f\u80fd|\u9519\u8bef|\u7f3a\u9677|\u4fee\u590d)\s*[:\uff1a]\s*)(?=\S)",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(r"[,;(]|\.\s|\s(?:for|to|that|which|when|with|while|without|in order)\s")
_METHOD = re.compile(r"`?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+/")
_LABELS = "context|options?|recommendation|pros|cons"
# Without a full stop, so that a grammar made of it can't write the prompt's own "/api/v1/...".
_PATH = r"^(GET|POST|PUT|PATCH|DELETE) /[A-Za-z0-9/_{}:-]+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A group that the brief names: `key` in the brief, `group` in the template.

    `group` is a heading group's key, or the path of the section that a list group stands in.
    `example` shows the form of a name, `pattern` is what each must match, or empty. `decision` says
    that each item holds options, `options` that the items are options themselves; `sections` are
    the template's headings, which are no names.
    """

    key: str
    group: str
    label: str
    example: str
    pattern: str
    least: int
    most: int
    decision: bool = False
    options: bool = False
    sections: frozenset[str] = frozenset()

    @property
    def longest(self) -> int:
        """How many characters a name may have."""
        return QUESTION if self.decision else LONGEST


def groups(template: Template) -> tuple[Names, ...]:
    """The groups of a template that a brief names, in order."""
    found: dict[str, Names] = {}
    heads = template.groups
    for spec in template.specs:
        if spec.group and spec.group not in found and heads[spec.group][0] is spec:
            found[spec.group] = _headings(spec, heads[spec.group])
        if spec.group:
            continue
        for part in spec.parts:
            if isinstance(part, Group) and _is_open(part):
                path = " > ".join(spec.path)
                found[path] = Names(
                    key=identifier(part.label),
                    group=path,
                    label=part.label,
                    example=part.variants[0].name,
                    pattern="",
                    least=2,
                    most=max(3, len(part.variants)),
                    options=_weighed(part),
                )
    titles = frozenset(fold(spec.title) for spec in template.specs if spec.level)
    return tuple(replace(names, sections=titles) for names in found.values())


def _weighed(group: Group) -> bool:
    """Whether the items are options, with what speaks for and against each."""
    keys = {part.key for part in group.variants[0].parts if isinstance(part, Slot)}
    return bool(keys & {"pros", "cons", "advantages", "disadvantages", "benefits", "drawbacks"})


def _is_open(group: Group) -> bool:
    """Whether the items are things to be named, not steps that are counted."""
    split = counter(group.variants[0].name)
    return bool(PLACEHOLDER.search(group.variants[0].name)) or bool(
        split and split[1].isalpha() and not split[2].strip()
    )


def _headings(spec: Spec, heads: tuple[Spec, ...]) -> Names:
    parent = spec.path[-2] if len(spec.path) > 1 else spec.title
    decision = any(isinstance(part, Group) for part in heads[0].parts)
    method = all(_METHOD.match(head.title) for head in heads)
    return Names(
        key=identifier(parent),
        group=spec.group,
        label=parent,
        example=", ".join(head.title.strip("`") for head in heads),
        pattern=_PATH if method else "",
        least=1,
        most=max(2, len(heads)),
        decision=decision,
    )


def bare_title(title: str, template: Template) -> str:
    """A title without the words that the template's own heading has around it."""
    spec = template.title
    around = (spec.open[0], spec.open[2]) if spec is not None and spec.open else ()
    for text in around:
        fixed = re.escape(text.strip(" :-"))
        if not re.search(r"\w", fixed):
            continue
        joined = r"(?:\s+(?:for|of|on|about)\b)?[\s:\u2013-]*"
        pattern = rf"^{fixed}{joined}|[\s:\u2013-]*{fixed}$"
        title = re.sub(pattern, "", title, flags=re.IGNORECASE) or title
    # What kind of document it is, stands around it.
    title = _LEAD.sub("", title)
    while _KIND.search(title):
        title = _KIND.sub("", title)
    return title


def nothing(text: str) -> bool:
    """Whether a text says that there is none."""
    return _NOTHING.fullmatch(text.strip()) is not None


def none(group: Names, known: Mapping[str, Json]) -> bool:
    """Whether an answer says that a group has no item."""
    said = known.get(group.key)
    return said is not None and all(nothing(text) for text in strings(said))


def usable(group: Names, known: Mapping[str, Json], errors: list[Fault]) -> tuple[str, ...]:
    """The usable names of a group's items; what is wrong with the others goes to `errors`."""
    good: dict[str, str] = {}
    long: dict[str, str] = {}
    taken: dict[str, str] = {}
    for text in strings(known.get(group.key))[: group.most * 2]:
        name = strip_example(placed_name(text, code=bool(group.pattern)), group.example.split(", "))
        name = name if group.pattern else shortened(name, group.longest)
        problem = _problem(group, name)
        if not problem:
            good.setdefault(fold(name), name)
            continue
        errors.append(Fault(group.key, f'"{group.key}": {problem}'))
        if not _problem(group, name[: group.longest]) and len(name) <= 3 * group.longest:
            long.setdefault(fold(name), name)
        if fold(name) in group.sections:
            taken.setdefault(fold(name), name)
    if group.key not in known:
        missing = f'"{group.key}" is missing: give {group.least} to {group.most} names.'
        errors.append(Fault(group.key, missing))
    # A long name, and one that a section has, are asked for again; where they stay they are better
    # than none.
    return tuple((good or long or taken).values())[: group.most]


def shortened(name: str, longest: int = LONGEST) -> str:
    """A name that is a sentence, up to where it begins to explain itself."""
    if len(name) <= longest:
        return name
    head = _EXPLAINS.split(name, maxsplit=1)[0].rstrip(" .,;:")
    return head if " " in head else name


def _problem(group: Names, name: str) -> str:
    """What is wrong with a name, or nothing."""
    examples = {fold(part) for part in group.example.split(", ")}
    unreal = not name or nothing(name) or fold(name) in examples or PLACEHOLDER.fullmatch(name)
    label = re.match(rf"(?:{_LABELS})\s*[:\uff1a]", name, re.IGNORECASE)
    problems = (
        (group.pattern and not _METHOD.match(name), f'must look like "{group.example}".'),
        (len(name) > group.longest, "is too long for a name; use 1 to 5 words."),
        ("..." in name or "\u2026" in name, "is only the form; name what this subject has."),
        (fold(name) in group.sections, "is a section of the document; name a part of the system."),
        (unreal, "is the template's example; name the real thing."),
        (label, "begins with a label; give the name alone."),
    )
    shown = name if len(name) <= group.longest else f"{name[:30]}..."
    return next((f'"{shown}" {words}' for wrong, words in problems if wrong), "")


QUESTION_decision, ANSWERS = "question", "answers"
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
        "properties": {QUESTION_decision: dict(text), ANSWERS: answers},
        "required": [QUESTION_decision, ANSWERS],
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
        question = string(own.get(QUESTION_decision, own.get("decision", part if not own else "")))
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
