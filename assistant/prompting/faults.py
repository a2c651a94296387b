"""Faults of an answer to a section, each with a sentence that goes back to the model."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from assistant.editing.answer import (
    AnsweredItem,
    Fault,
    SectionAnswer,
    Value,
    count_words,
    is_unspaced_character,
    split_words,
)
from assistant.editing.place import extract_code, extract_words_outside, render_prose
from assistant.markdown import code as fence
from assistant.markdown.elements import fold_name
from assistant.prompting import claims
from assistant.prompting.language import has_english_sentence
from assistant.prompting.request import SectionRequest, Want
from assistant.repo.files import Repository
from assistant.template.parts import PLACEHOLDER, split_counter

# Words from which on a text says something; shorter ones, such as "It is simple", are alike by
# chance. By judgement.
MIN_COMPARED_WORDS = 4
# Of the words of two texts, which say the same then. By judgement.
ALIKE_SHARE = 0.7
# Budgets are what people write at the median; one answer in ten of theirs is three times as long.
MAX_LENGTH_FACTOR = 3.0
# Words that are never too many: repairs for 32 words where 30 were allowed cost a request each
# (memory/design/012).
MIN_WORD_LIMIT = 45
# Arrows of a diagram: a model that was asked for 4 to 6 has begun to repeat itself.
MAX_ARROWS = 12
_MAX_CLAIMS_TOLD = 3  # of a kind, for one value: what is sent back stays short. By judgement.
BULLET_CHARACTERS = " \t\r\n-*+>#_"
# What small models write that were told to mark a proposal, and had none.
_EMPTY_PHRASES = ("proposed", "to be proposed", "string", "text", "value")
_ABOUT_DOCUMENT = re.compile(
    r"\b(?:this|the) (?:design )?(?:document|section)\b|\barchitecture diagram\b", re.IGNORECASE
)
# What a chat begins with, and a section does not.
_CHAT_OPENING = re.compile(
    r"\W*(?:(?:certainly|sure|of course|as requested|nat\u00fcrlich|\u597d\u7684)"
    r"[,!.\uff0c\uff01\u3002]"
    r"|(?:here (?:is|are)|below (?:is|are)|i(?: have|'ve)|hier (?:ist|sind)|voici)\b"
    r"(?=[^.\n]{0,80}(?::\s*$|\b(?:section|summary|version|text|steps|ansatz)\b))"
    r"|\u4ee5\u4e0b\u662f)[^.\n]{0,40}",
    re.IGNORECASE | re.MULTILINE,
)
_ASIDES_TITLE = re.compile(r"assum|question", re.IGNORECASE)
_ONLY_ASIDES = re.compile(
    r"\W*(?:assumptions?|open questions?)(?: \d+)?\W*:[^\n.]*\.?\s*\Z", re.IGNORECASE
)
# Top-level keys of a description of a body; the body itself is asked for.
_SCHEMA_KEYS = {
    "type",
    "properties",
    "description",
    "parameters",
    "params",
    "responses",
    "response",
    "request",
    "schema",
    "fields",
    "method",
    "url",
    "path",
    "endpoint",
    "headers",
    "body",
    "inputs",
    "outputs",
    "status_code",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A field of a group's item `name` that says what an `earlier` item's does.

    `key` is the group's; `equal` tells texts that are the same from texts that are nearly so.
    """

    key: str
    field: str
    earlier: str
    name: str
    equal: bool


def find_repeats(answer: SectionAnswer, asked: SectionRequest) -> Iterator[Repeat]:
    """Yield the repeats in an answer's groups of items with several fields."""
    for want in asked.wants:
        value = answer.value(want.key)
        if want.kind != "group" or value is None:
            continue
        for one, other in combinations(value.entries, 2):
            yield from _compare_entries(want, one, other)


def _compare_entries(want: Want, one: AnsweredItem, other: AnsweredItem) -> Iterator[Repeat]:
    for (field, text), (_, same) in zip(one.texts, other.texts, strict=False):
        equal = fold_name(text) == fold_name(same)
        if (equal and bool(fold_name(text)) and len(want.fields) > 1) or (
            not equal and are_much_alike(text, same)
        ):
            yield Repeat(key=want.key, field=field, earlier=one.name, name=other.name, equal=equal)


def make_repeat_faults(found: Iterable[Repeat], *, equal: bool) -> tuple[Fault, ...]:
    """Return the faults of repeats that are `equal`, or of those that are nearly so."""
    return tuple(
        dict.fromkeys(Fault(one.key, _describe_repeat(one)) for one in found if one.equal is equal)
    )


def _describe_repeat(one: Repeat) -> str:
    if one.equal:
        return f'"{one.key}": two items have the same "{one.field}"; say how they differ.'
    return (
        f'"{one.key}": "{one.field}" of "{one.earlier}" and "{one.name}" are nearly the '
        "same; say what only one of them does."
    )


def find_known_rows(value: Value, known: str) -> Iterator[Fault]:
    """Yield a fault for each row that only says again what the model was told."""
    said = fold_name(known)
    for row in value.rows:
        if count_words(row[0]) >= MIN_COMPARED_WORDS and fold_name(row[0]).rstrip(".") in said:
            said_again = f'"{value.key}": "{row[0][:40]}" is known already; say what can go wrong.'
            yield Fault(value.key, said_again)


def are_much_alike(one: str, other: str) -> bool:
    """Return whether two texts have most of their words in common."""
    first, second = _split_pieces(one), _split_pieces(other)
    both = first | second
    return len(both) >= MIN_COMPARED_WORDS and len(first & second) >= ALIKE_SHARE * len(both)


def _split_pieces(text: str) -> set[str]:
    """Return a text's words; pairs of characters, which have an order, if it has no spaces."""
    found = split_words(fold_name(text))
    pairs = {
        a + b for a, b in pairwise(found) if is_unspaced_character(a) and is_unspaced_character(b)
    }
    return pairs | {word for word in found if not is_unspaced_character(word)}


def is_code(value: Value, asked: SectionRequest) -> bool:
    """Return whether a value is code, whose figures and names are examples."""
    return any(want.key == value.key and want.kind == "code" for want in asked.wants)


def find_flaws(
    answer: SectionAnswer, asked: SectionRequest, known: str, repository: Repository
) -> Iterator[Fault]:
    """Yield what makes an answer worse without making it useless."""
    for want in asked.wants:
        value = answer.value(want.key)
        limit = max(MIN_WORD_LIMIT, _compute_word_limit(want))
        if value and value.words > limit:
            yield _make_fault(want, f" has {value.words} words; write at most {limit}.")
    for value in answer.values:
        if known and not is_code(value, asked):
            yield from _find_claim_faults(value, known)
            yield from _find_path_faults(value, known, repository)
        yield from _find_code_faults(value, asked)
        yield from _find_section_faults(value, asked)
        yield from find_known_rows(value, known)
    yield from make_repeat_faults(find_repeats(answer, asked), equal=False)


def find_foreign_texts(
    answer: SectionAnswer, asked: SectionRequest, language: str
) -> Iterator[Fault]:
    """Yield what is in English although another language was asked for: small models fall back."""
    for value in answer.values:
        texts = () if is_code(value, asked) else value.texts
        if any(has_english_sentence(text, language) for text in texts):
            yield _make_fault(value, f" is partly in English; write all of it in {language}.")


def _find_section_faults(value: Value, asked: SectionRequest) -> Iterator[Fault]:
    """Yield what of a section's text belongs into no section, or into sections of their own."""
    want = next(want for want in asked.wants if want.key == value.key)
    itself = _ABOUT_DOCUMENT.search(value.text)
    if want.kind == "prose" and itself:
        yield _make_fault(want, f': write about the subject; leave out "{itself[0]}".')
    if (
        want.kind == "prose"
        and _ONLY_ASIDES.match(value.text)
        and not _ASIDES_TITLE.search(asked.title)
    ):
        yield _make_fault(want, " only assumes or asks; write the section itself.")
    chat = _CHAT_OPENING.match(value.text)
    if want.kind == "prose" and chat:
        yield _make_fault(want, f': write the section itself, without "{chat[0].strip()}".')
    labels = re.findall(r"(?m)^[ \t]*(?:[-*+][ \t]+)?\*\*[^*\n]+\*\*", value.text)
    headed = re.search(r"(?m)^#{1,6}[ \t]+\S.*", value.text.partition("\n")[2])
    if want.kind == "prose" and headed:
        yield _make_fault(want, f': write this section alone, without "{headed[0][:40]}".')
    if want.kind == "prose" and len(labels) > 1:
        yield _make_fault(
            want, " is a list with labels; write plain sentences on this section alone."
        )


def _find_claim_faults(value: Value, known: str) -> Iterator[Fault]:
    text = "\n".join(value.texts)
    for figure in claims.find_unmarked_figures(text, known)[:_MAX_CLAIMS_TOLD]:
        yield _make_fault(
            value,
            f': nobody gave the figure "{figure}". If it is a limit that you propose, '
            'write "proposed" in front of it; if it is an amount, say what has to be measured.',
        )
    for found in claims.find_inventions(text, known)[:_MAX_CLAIMS_TOLD]:
        yield _make_fault(value, f': "{found}" is not in the subject: leave it out.')


def _find_path_faults(value: Value, known: str, repository: Repository) -> Iterator[Fault]:
    unknown = (
        one for text in value.texts for one in claims.find_unknown_paths(text, repository, known)
    )
    for path in tuple(dict.fromkeys(one.text for one in unknown))[:_MAX_CLAIMS_TOLD]:
        yield _make_fault(
            value,
            f': there is no "{path}" in the repository. If it is to be created, '
            'write "(proposed)" behind it; else leave it out.',
        )


def _find_code_faults(value: Value, asked: SectionRequest) -> Iterator[Fault]:
    want = next(want for want in asked.wants if want.key == value.key)
    if want.kind != "code":
        return
    language, content = extract_code(value.text, want.language)
    said = extract_words_outside(value.text)
    if said:
        yield _make_fault(want, f': give the code alone, without "{said[:40]}".')
    arrows = sum(line.count("-->") for line in content.split("\n"))
    if language == "mermaid" and arrows > MAX_ARROWS:
        yield _make_fault(want, f": the diagram has {arrows} arrows; draw at most 8, each once.")
    if want.language == "json" and content.strip() in ("{}", "[]"):
        yield _make_fault(want, " is an empty body; give at least one field with an example value.")
    if want.language == "json" and len(_SCHEMA_KEYS & set(_list_json_keys(content))) > 1:
        yield _make_fault(want, " describes the body; give the body itself, with example values.")
    problem = fence.check_code(language, content)
    if problem and (not problem.note or language == "mermaid"):
        where = f"line {problem.line}: {problem.message}"
        yield _make_fault(want, f": the {language} does not parse, {where}")


def _list_json_keys(content: str) -> list[str]:
    """Return the keys of a JSON object; none if the content is something else."""
    try:
        data = json.loads(content, strict=False)  # newlines in its strings are one fault less
    except ValueError:
        return []
    return list(data) if isinstance(data, dict) else []


def find_errors(answer: SectionAnswer, asked: SectionRequest) -> Iterator[Fault]:
    """Yield what keeps slots from being written: what is missing, empty or the template's."""
    for want in asked.wants:
        value = answer.value(want.key)
        if value is None or not _says_something(value, want, asked.title):
            yield (
                Fault("", "The answer is empty.")
                if asked.plain
                else _make_fault(want, " is missing or empty.")
            )
            continue
        if fold_name(value.text) and fold_name(value.text) in (
            fold_name(want.placeholder),
            fold_name(want.guidance),
        ):
            yield _make_fault(want, " repeats the template instead of answering it.")
        yield from _find_group_errors(want, value)
        if (
            want.kind == "code"
            and want.language != "json"
            and _list_json_keys(extract_code(value.text, "")[1])
        ):
            form = want.language or "the diagram"
            yield _make_fault(want, f" is a JSON object; answer with {form}.")
    yield from make_repeat_faults(find_repeats(answer, asked), equal=True)
    yield from _find_choice_errors(answer, asked)


def _says_something(value: Value, want: Want, title: str) -> bool:
    """Return whether a value for a section called `title` is more than a form without content."""
    if fold_name(value.text).strip(".") in _EMPTY_PHRASES:
        return False
    if want.kind == "prose":
        # A repeated heading alone says nothing, and neither do bare bullets.
        return bool(render_prose(value.text, title).strip(BULLET_CHARACTERS))
    return value.words > 0


def _compute_word_limit(want: Want) -> int:
    if want.kind == "rows":
        return round(MAX_LENGTH_FACTOR * want.words * len(want.columns) * want.most)
    if want.kind == "group":
        return round(
            MAX_LENGTH_FACTOR * max(len(want.names), want.most) * sum(f.words for f in want.fields)
        )
    return round(MAX_LENGTH_FACTOR * want.words)


def _make_fault(about: Want | Value, words: str) -> Fault:
    """Return the fault whose sentence begins with the key that it is about."""
    return Fault(about.key, f'"{about.key}"{words}')


def _find_group_errors(want: Want, value: Value) -> Iterator[Fault]:
    if want.kind == "rows":
        for number, row in enumerate(value.rows, start=1):
            for (column, _), cell in zip(want.columns, row, strict=False):
                if not cell.strip():
                    yield _make_fault(want, f": row {number} has nothing under {column}.")
        said = [fold_name(row[0]) for row in value.rows if row]
        if len(set(said)) < len(said):
            yield _make_fault(want, ": two rows say the same; each must be about something else.")
    if want.kind == "group":
        yield from _find_name_errors(want, value)


def _find_name_errors(want: Want, value: Value) -> Iterator[Fault]:
    said = [fold_name(entry.name) for entry in value.entries]
    for name in want.names:
        if fold_name(name) not in said:
            yield _make_fault(want, f': "{name}" is missing.')
    if len(set(said)) < len(said):
        yield _make_fault(want, ": two items have the same name.")
    if not want.names and len(said) < want.least:
        yield _make_fault(want, f": give at least {want.least} items.")
    for entry in value.entries:
        for key, text in entry.texts:
            if not text.strip():
                yield _make_fault(want, f': "{entry.name}" has no "{key}".')
        if is_example_name(entry.name, want):
            yield _make_fault(want, f': give "{entry.name}" a name of its own.')


def is_example_name(name: str, want: Want) -> bool:
    """Return whether a name is the template's, counts as its do, or is a placeholder."""
    return is_placeholder_name(name) or _fold_counter(name) in {
        _fold_counter(example) for example in want.examples
    }


def is_placeholder_name(name: str) -> bool:
    """Return whether a name, as a model says it, is nothing but a placeholder such as `[Part]`."""
    bare = re.sub(r"^[\s#*+>-]*(?:(?:\d{1,2}|[A-Z])[.)]\s+)?", "", name)
    return PLACEHOLDER.fullmatch(bare.strip(" \t\r\n*_`\"'.:#")) is not None


def _fold_counter(name: str) -> str:
    """Return a name as names are compared, whatever its counter says."""
    found = split_counter(name)
    return fold_name(f"{found[0]}#{found[2]}" if found and found[0].strip() else name)


def _find_choice_errors(answer: SectionAnswer, asked: SectionRequest) -> Iterator[Fault]:
    """Yield the recommendations that name none of the options beside them."""
    for want in asked.wants:
        value = answer.value(want.key)
        options = answer.value(want.choice_of) if want.choice_of else None
        if value is None or options is None:
            continue
        if not find_named_option(value.text, options.entries):
            names = ", ".join(f'"{entry.name}"' for entry in options.entries)
            yield _make_fault(want, f" must name one of the options, word for word: {names}.")


def find_named_option(text: str, entries: Sequence[AnsweredItem]) -> str:
    """Return the first option that a recommendation names, or nothing."""
    found = [(fold_name(text).find(fold_name(entry.name)), entry.name) for entry in entries]
    return min(((at, name) for at, name in found if at >= 0), default=(0, ""))[1]
