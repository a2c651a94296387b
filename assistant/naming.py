"""Names: which groups of a template a brief names, and which names can be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.answer import Json, strings
from assistant.mark import fold
from assistant.option import strip_example
from assistant.place import name as placed_name
from assistant.slot import PLACEHOLDER, Group, Slot, Spec, counter, identifier
from assistant.template import Template
from assistant.value import Fault

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
