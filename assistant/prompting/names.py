"""Names that a brief gives a document's parts and decisions: what is asked, what can be used."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import dropwhile

from assistant.editing.answer import Fault
from assistant.editing.place import render_label, render_name
from assistant.markdown.elements import fold_name
from assistant.prompting.answer import Json, flatten_json, list_json_texts, strip_example
from assistant.prompting.faults import is_placeholder_name
from assistant.prompting.form import Schema, make_object_schema
from assistant.template.parts import PLACEHOLDER, Group, Slot, Spec, make_identifier, split_counter
from assistant.template.template import Template

# Characters of a name, which is a heading or a label: one line of five words. By judgement.
MAX_NAME_LENGTH = 48
# Characters of a decision: questions of 48 were cut in the middle (memory/design/015).
MAX_DECISION_LENGTH = 120
# What a list is filled with that should be empty.
_NO_ITEM = re.compile(r"(?:none|nothing|n/a|na)\b.*|not?\s.*|\W*", re.IGNORECASE)
# Words that say what kind of document it is; a title of these alone names no subject.
KIND_WORDS = ("bug", "feature", "design", "document", "doc")
_KIND_SUFFIX = re.compile(rf"(?<=\w)[\s:\u2013-]+(?:{'|'.join(KIND_WORDS)})$", re.IGNORECASE)
_KIND_PREFIX = re.compile(
    r"^(?:(?:(?:new )?(?:bug|feature|fix|infrastructure|security|(?:data )?migration)(?: \w+)?"
    r"|bug-?fix|fehler(?:behebung)?|(?:neue )?funktion|nouvelle fonction(?:nalit\u00e9)?"
    r"|nueva funci\u00f3n|nuova funzione|nova funcionalidade)\s*:\s+"
    r"|(?:\u65b0?\u529f\u80fd|\u9519\u8bef|\u7f3a\u9677|\u4fee\u590d)\s*[:\uff1a]\s*)(?=\S)",
    re.IGNORECASE,
)
_EXPLANATION_START = re.compile(
    r"[,;(]|\.\s|\s(?:for|to|that|which|when|with|while|without|in order)\s"
)
# What stands before the colon names no part: the model gave a label with its text.
_LABEL_WORDS = "context|options?|recommendation|pros|cons"
_HTTP_METHOD = re.compile(r"`?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+/")
# Without a full stop, so that a grammar made of it can't write the prompt's own "/api/v1/...".
_ENDPOINT_PATTERN = r"^(GET|POST|PUT|PATCH|DELETE) /[A-Za-z0-9/_{}:-]+$"

QUESTION_KEY, ANSWERS_KEY = "question", "answers"
MIN_ANSWERS, MAX_ANSWERS = 2, 3  # answers to one question
# Characters of an answer, which names an option: longer than a name since it may be a sentence
# without the words of its question. By judgement.
MAX_ANSWER_LENGTH = 64

# Words with which a sentence repeats its question.
_JOINING_VERBS = frozenset(
    ("is", "are", "was", "be", "will", "would", "should", "can", "gets", "get")
)
_JOINING_WORDS = _JOINING_VERBS | {"a", "an", "the", "it", "this", "been", "being"}
_OPTION_PREFIX = re.compile(
    r"\A(?:(?:proposed|alternative|option|answer)(?:\s+(?:\d|[A-C]))?\s*[:\u2013-]+\s*"
    r"|\d[.)]\s+)",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\A(?:if|when|once|after|in case)\s[^,]{3,60},\s+", re.IGNORECASE)
_NO_ANSWER = re.compile(r"(?:none|nothing|n/?a)\W*", re.IGNORECASE)
_YES_OR_NO = re.compile(r"(?:yes|no|ja|nein|oui|non|true|false|maybe)\b.{0,3}", re.IGNORECASE)

DecisionOptions = tuple[tuple[str, tuple[str, ...]], ...]
_EXAMPLE_PROBLEM = "is the template's example; name the real thing."


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGroup:
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
        """Return how many characters a name may have."""
        return MAX_DECISION_LENGTH if self.decision else MAX_NAME_LENGTH


def list_named_groups(template: Template) -> tuple[NamedGroup, ...]:
    """Return the groups of a template whose items a brief names, in order."""
    found: dict[str, NamedGroup] = {}
    heads = template.groups
    for spec in template.specs:
        if spec.group and spec.group not in found and heads[spec.group][0] is spec:
            found[spec.group] = _make_heading_group(spec, heads[spec.group])
        if spec.group:
            continue
        for part in spec.parts:
            if isinstance(part, Group) and _is_open(part):
                path = " > ".join(spec.path)
                found[path] = NamedGroup(
                    key=make_identifier(part.label),
                    group=path,
                    label=part.label,
                    example=part.variants[0].name,
                    pattern="",
                    least=2,
                    most=max(3, len(part.variants)),
                    options=_has_pros_and_cons(part),
                )
    titles = frozenset(fold_name(spec.title) for spec in template.specs if spec.level)
    return tuple(replace(names, sections=titles) for names in found.values())


def _has_pros_and_cons(group: Group) -> bool:
    """Return whether the items are options, with what speaks for and against each."""
    keys = {part.key for part in group.variants[0].parts if isinstance(part, Slot)}
    return bool(keys & {"pros", "cons", "advantages", "disadvantages", "benefits", "drawbacks"})


def _is_open(group: Group) -> bool:
    """Return whether the items are things to be named, not steps that are counted."""
    split = split_counter(group.variants[0].name)
    return bool(PLACEHOLDER.search(group.variants[0].name)) or bool(
        split and split[1].isalpha() and not split[2].strip()
    )


def _make_heading_group(spec: Spec, heads: tuple[Spec, ...]) -> NamedGroup:
    parent = spec.path[-2] if len(spec.path) > 1 else spec.title
    decision = any(isinstance(part, Group) for part in heads[0].parts)
    method = all(_HTTP_METHOD.match(head.title) for head in heads)
    return NamedGroup(
        key=make_identifier(parent),
        group=spec.group,
        label=parent,
        example=", ".join(head.title.strip("`") for head in heads),
        pattern=_ENDPOINT_PATTERN if method else "",
        least=1,
        most=max(2, len(heads)),
        decision=decision,
    )


def strip_title_frame(title: str, template: Template) -> str:
    """Return a title without the words that the template's heading, or its kind, puts around it."""
    bare = title
    for text in list_title_frame(template):
        fixed = re.escape(text.strip(" :-"))
        joined = r"(?:\s+(?:for|of|on|about)\b)?[\s:\u2013-]*"
        pattern = rf"^{fixed}{joined}|[\s:\u2013-]*{fixed}$"
        bare = re.sub(pattern, "", bare, flags=re.IGNORECASE) or bare
    bare = _KIND_PREFIX.sub("", bare)
    while _KIND_SUFFIX.search(bare):
        bare = _KIND_SUFFIX.sub("", bare)
    # "Design Document" names no subject; cut to "Design" it would look as if it did.
    return title if set(re.findall(r"\w+", fold_name(bare))) <= set(KIND_WORDS) else bare


def list_title_frame(template: Template) -> tuple[str, ...]:
    """Return the texts that the template's heading has around a document's title."""
    spec = template.title
    around = (spec.open[0], spec.open[2]) if spec is not None and spec.open else ()
    return tuple(text for text in around if re.search(r"\w", text))


def says_nothing(text: str) -> bool:
    """Return whether a text says that there is nothing, as `none` and `n/a` do."""
    return _NO_ITEM.fullmatch(text.strip()) is not None


def has_no_items(group: NamedGroup, known: Mapping[str, Json]) -> bool:
    """Return whether an answer says that a group has no item."""
    said = known.get(group.key)
    return said is not None and all(says_nothing(text) for text in list_json_texts(said))


def read_names(
    group: NamedGroup, known: Mapping[str, Json], errors: list[Fault]
) -> tuple[str, ...]:
    """Return the usable names of a group's items, and add the faults of others to `errors`."""
    good: dict[str, str] = {}
    long: dict[str, str] = {}
    taken: dict[str, str] = {}
    for text in list_json_texts(known.get(group.key))[: group.most * 2]:
        examples = group.example.split(", ")
        name = strip_example(render_name(text, code=bool(group.pattern)), examples)
        name = name if group.pattern else shorten_name(name, group.longest)
        # As a name is placed, brackets become round: what was a placeholder is none any more.
        if is_placeholder_name(strip_example(text.replace("*", "").strip(), examples)):
            errors.append(_make_example_fault(group, text))
            continue
        problem = _find_problem(group, name)
        if not problem:
            good.setdefault(fold_name(name), name)
            continue
        errors.append(Fault(group.key, f'"{group.key}": {problem}'))
        if not _find_problem(group, name[: group.longest]) and len(name) <= 3 * group.longest:
            long.setdefault(fold_name(name), name)
        if fold_name(name) in group.sections:
            taken.setdefault(fold_name(name), name)
    if group.key not in known:
        missing = f'"{group.key}" is missing: give {group.least} to {group.most} names.'
        errors.append(Fault(group.key, missing))
    # A long name, and one that a section has, are asked for again; if nothing better comes they are
    # better than none.
    return tuple((good or long or taken).values())[: group.most]


def shorten_name(name: str, longest: int = MAX_NAME_LENGTH) -> str:
    """Return a name, without the explanation that it goes on with if it is too long."""
    if len(name) <= longest:
        return name
    head = _EXPLANATION_START.split(name, maxsplit=1)[0].rstrip(" .,;:")
    return head if " " in head else name


def _make_example_fault(group: NamedGroup, text: str) -> Fault:
    return Fault(group.key, f'"{group.key}": "{text.strip()}" {_EXAMPLE_PROBLEM}')


def _find_problem(group: NamedGroup, name: str) -> str:
    """Return what is wrong with a name, as a sentence, or nothing."""
    examples = {fold_name(part) for part in group.example.split(", ")}
    unreal = not name or says_nothing(name) or fold_name(name) in examples
    label = re.match(rf"(?:{_LABEL_WORDS})\s*[:\uff1a]", name, re.IGNORECASE)
    problems = (
        (group.pattern and not _HTTP_METHOD.match(name), f'must look like "{group.example}".'),
        (len(name) > group.longest, "is too long for a name; use 1 to 5 words."),
        ("..." in name or "\u2026" in name, "is only the form; name what this subject has."),
        (
            fold_name(name) in group.sections,
            "is a section of the document; name a part of the system.",
        ),
        (unreal, _EXAMPLE_PROBLEM),
        (label, "begins with a label; give the name alone."),
    )
    shown = name if len(name) <= group.longest else f"{name[:30]}..."
    return next((f'"{shown}" {words}' for wrong, words in problems if wrong), "")


def make_decision_schema() -> Schema:
    """Return the JSON Schema of one decision."""
    text: Schema = {"type": "string", "minLength": 2}
    answers: Schema = {
        "type": "array",
        "minItems": MIN_ANSWERS,
        "maxItems": MAX_ANSWERS,
        "items": text,
    }
    properties: Schema = {QUESTION_KEY: dict(text), ANSWERS_KEY: answers}
    return make_object_schema(properties, list(properties))


def read_decisions(
    group: NamedGroup, known: Mapping[str, Json], errors: list[Fault]
) -> DecisionOptions:
    """Return the usable decisions of a group with their answers, if these can be used.

    What is wrong with the others goes to `errors`. A decision may be said as its name alone.
    """
    data = known.get(group.key)
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    said = data if isinstance(data, list) else []
    if not any(isinstance(part, dict) for part in said):
        return tuple((name, ()) for name in read_names(group, known, errors))
    for part in said:
        own = {make_identifier(k): v for k, v in part.items()} if isinstance(part, dict) else {}
        question = flatten_json(own.get(QUESTION_KEY, own.get("decision", part if not own else "")))
        for name in read_names(group, {group.key: [question]}, errors):
            answers = tuple(_read_answers(own.get(ANSWERS_KEY, own.get("options")), name))
            if own and len(answers) < MIN_ANSWERS:
                few = (
                    f'"{group.key}": give "{name}" {MIN_ANSWERS} or {MAX_ANSWERS} different '
                    f'"{ANSWERS_KEY}" of 2 to 5 words.'
                )
                errors.append(Fault(group.key, few))
                answers = ()
            found.setdefault(fold_name(name), (name, answers))
    return tuple(found.values())[: group.most]


def _read_answers(data: Json, question: str) -> Iterator[str]:
    seen: set[str] = set()
    for text in list_json_texts(data)[:MAX_ANSWERS]:
        if is_placeholder_name(_OPTION_PREFIX.sub("", text.strip())):
            continue
        name = shorten_name(
            render_label(_strip_question(text, question)), MAX_ANSWER_LENGTH
        ).rstrip(".\u3002 ")
        # A bare number is an amount that nobody gave, and "yes" does not say what is built.
        said = re.search(r"[^\W\d]{2}", name) and not _YES_OR_NO.fullmatch(name)
        if not said or len(name) > MAX_ANSWER_LENGTH or _NO_ANSWER.fullmatch(name):
            continue
        if fold_name(name) not in seen:
            seen.add(fold_name(name))
            yield name


def _strip_question(answer: str, question: str) -> str:
    """Return an answer's first sentence without the words at its start that repeat the question.

    "The report is generated when the user asks" is "When the user asks" to "When is it generated?".
    """
    answer = _CONDITION.sub("", _OPTION_PREFIX.sub("", answer.strip()))
    sentence = re.split(r"(?<=\w)[.;!?](?:\s|$)|\u3002", answer, maxsplit=1)[0].split()
    said = set(re.findall(r"\w+", fold_name(question))) | _JOINING_WORDS
    own = list(dropwhile(lambda word: fold_name(word).strip(",:'\"") in said, sentence))
    # Only a sentence repeats its question: "Run them on a cluster" is an answer as it is.
    if not _JOINING_VERBS & {fold_name(word) for word in sentence[: len(sentence) - len(own)]}:
        own = sentence
    text = " ".join(own if len(own) > 1 else sentence)
    return text[:1].upper() + text[1:]
