"""Puts a model's words into Markdown, so that a slot can hold them: placed, never trusted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from textwrap import dedent

from assistant.markdown.blocks import Block, read_blocks
from assistant.markdown.elements import fold_name
from assistant.markdown.escape import clean_text, contain_text, escape_inline
from assistant.markdown.tables import CONTAINER_MARKS
from assistant.template.parts import split_counter

# ruff: noqa: RUF001  names may hold full-width colons and dashes
_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
# At the start of an item only, so always with `match`: ` - ` within one belongs to what it says.
_BULLETS = re.compile(r"[ \t]*(?:(?:[-*+•]|\[ \])(?:[ \t]+|$))+")
_TIMES_SIGN = re.compile(r"(?<=\d)[ ]?\*[ ]?(?=\d)")
_ITEM_NUMBER = re.compile(r"[ \t]*(?P<number>\d{1,3})[.)][ \t]+")
# Backticks with others behind them are a code span, which an escape before it would open.
_BLOCK_START = re.compile(r"[#>|=~+*:-]|`{3,}[^`]*\Z|\d{1,9}[.)]|\[[^\]]*\]:|\[[ xX]\](?:[ \t]|$)")
_INDENTED = re.compile(r"[ ]{4}|[ ]{0,3}\t")
_FENCE_MARK = re.compile(r"[ \t]*(`{3,}|~{3,})")
_WRAPPER_LANGUAGES = ("", "markdown", "md", "text", "txt", "plaintext")
_FENCE_OPENING = re.compile(
    rf"(?P<lead>{CONTAINER_MARKS.pattern})(?P<mark>`{{3,}}|~{{3,}})?[ \t]*(?P<info>.*)"
)
_MERMAID_START = re.compile(
    r"(?:---\n.*?\n---\n\s*)?(?:%%[^\n]*\n\s*)*(?:graph|flowchart|sequenceDiagram|stateDiagram(?:-v2)?"
    r"|erDiagram|classDiagram|C4Context|journey|gantt)\b",
    re.DOTALL,
)
_COMMENT_SIGNS = {
    "-- ": ("sql",),
    "# ": ("python", "yaml", "bash", "sh", "toml", "ruby"),
    "%% ": ("mermaid",),
    "// ": ("go", "java", "javascript", "typescript", "rust", "c"),
}
_SIGN_BY_LANGUAGE = {
    language: sign for sign, languages in _COMMENT_SIGNS.items() for language in languages
}
_SAME_LEVELS = {"med": "medium", "moderate": "medium", "hi": "high", "lo": "low"}


def strip_thoughts(text: str) -> str:
    """Return what was said aloud: thoughts set aside, what can't be seen dropped."""
    return clean_text(_THOUGHT.sub("", text))


def render_prose(text: str, title: str = "") -> str:
    """Return Markdown for a section's body, less the heading that models like to repeat."""
    text = unwrap_fence(strip_thoughts(text)).strip("\n")
    return contain_text(_fence_indented(_drop_title(text, title).strip("\n")))


def _fence_indented(text: str) -> str:
    """Return the text, code at its beginning fenced: indented, it would go on with a list."""
    source = text.split("\n")
    code = list(takewhile(lambda line: _INDENTED.match(line) or not line.strip(), source))
    if not any(line.strip() for line in code):
        return text.lstrip(" \t")
    rest = "\n".join(source[len(code) :])
    inner = dedent("\n".join(line.expandtabs(4) for line in code)).strip("\n")
    longest = max((len(run) for run in re.findall(r"`{3,}", inner)), default=2)
    return f"{'`' * (longest + 1)}\n{inner}\n{'`' * (longest + 1)}\n\n{rest}".rstrip("\n")


def _drop_title(text: str, title: str) -> str:
    """Return the text less a first line that only says the section's title again."""
    first, _, rest = text.partition("\n")
    bare = re.sub(r"^[#*_ \t]+|[#*_: \t]+$", "", first)
    # Some say the whole path that they were asked for.
    own = bare.rpartition(" > ")[2] if first.lstrip().startswith(("#", "*")) else bare
    if not title or fold_name(own) != fold_name(title):
        return text
    if re.match(r"[ \t]*(?:=+|-+)[ \t]*(?:\n|\Z)", rest):
        return rest.partition("\n")[2]
    if first.lstrip().startswith(("#", "*")):
        return rest
    return rest if rest.startswith("\n") and rest.strip() else text


def unwrap_fence(text: str) -> str:
    """Return the text less a fence around the whole of it."""
    body = text.strip("\n").split("\n")
    opening, last = _FENCE_MARK.match(body[0]), body[-1].strip()
    if not opening or len(body) == 1:
        return text
    info = body[0].strip().lstrip("`~").strip().casefold()
    closed = not last.strip(opening[1][0]) and last.startswith(opening[1])
    if info in ("markdown", "md") and closed:
        # Fences inside are often no shorter than the one around them.
        return "\n".join(body[1:-1])
    found = read_blocks("\n".join(body))
    if len(found) == 1 and info in _WRAPPER_LANGUAGES:
        return "\n".join(body[1 : -1 if closed else len(body)])
    return text


def render_line(text: str) -> str:
    """Return words for one line: several lines are joined, bullets become semicolons."""
    return _join_lines(strip_thoughts(text))


def _join_lines(text: str) -> str:
    """Return the lines of a text as one, each bullet set off by a semicolon."""
    source = [part.strip() for part in unwrap_fence(text).split("\n") if part.strip()]
    result = ""
    for part in source:
        bare = _strip_bullets(part).strip() if part[0] in "-*+•" else part
        dashed = bare != part
        joint = "; " if dashed and result and not result.endswith((":", ";", ".")) else " "
        result = f"{result}{joint}{bare}" if result and bare else result or bare
    return escape_inline(result, closed=True)


def render_item(text: str) -> str:
    """Return words for a list item: one line that begins nothing."""
    return _join_item(strip_thoughts(text))


def _join_item(text: str) -> str:
    """Return an item's words, thoughts set aside before, as one line that begins nothing."""
    return escape_start(_join_lines(_strip_bullets(unwrap_fence(text).lstrip("\n"))))


def _strip_bullets(text: str) -> str:
    """Return the text less the bullets that it begins with."""
    found = _BULLETS.match(text)
    return text[found.end() :] if found else text


def escape_start(text: str) -> str:
    """Return the line, escaped if its first characters would begin a block."""
    if _BLOCK_START.match(text):
        digits = re.match(r"\d+", text)
        at = digits.end() if digits else 0
        return f"{text[:at]}\\{text[at:]}"
    return text


def render_items(source: str | Sequence[str]) -> tuple[str, ...]:
    """Return the items of a list, given as a list or as lines."""
    # Thoughts stand before all that is said aloud: a line of it that looks like one is words.
    listed = isinstance(source, str)
    parts = (
        _split_items(strip_thoughts(source))
        if isinstance(source, str)
        else map(strip_thoughts, source)
    )
    return tuple(
        found for part in _strip_numbers(parts, listed=listed) if (found := _join_item(part))
    )


def _split_items(text: str) -> Iterator[str]:
    """Yield a list's items, lines that go on with one joined to it."""
    held = ""
    for part in unwrap_fence(text).split("\n"):
        listed = _BULLETS.match(part) or _ITEM_NUMBER.match(part)
        if held and part.startswith(("  ", "\t")) and not listed:
            held += f"\n{part}"
            continue
        if held.strip():
            yield held
        held = part
    if held.strip():
        yield held


def _strip_numbers(source: Iterable[str], *, listed: bool) -> list[str]:
    """Return the items without bullets, and without numbers if they count from 1.

    The lone item of a sequence that is not `listed` in Markdown may be a date: `1. Januar`.
    """
    said = list(source)
    parts = [_strip_bullets(part) for part in said]
    # Items nested in numbered ones have no number of their own.
    counted = [at for at, part in enumerate(said) if not part[:1].isspace()]
    found = [_ITEM_NUMBER.match(parts[at]) for at in counted]
    numbers = [int(number["number"]) for number in found if number]
    if numbers == list(range(1, len(counted) + 1)) and (listed or len(parts) > 1):
        for at in counted:
            parts[at] = _ITEM_NUMBER.sub("", parts[at], count=1)
    return parts


def render_cell(text: str, allowed: tuple[str, ...] = ()) -> str:
    """Return words for a table's cell, or the one of `allowed` that they are."""
    text = render_line(text)
    for value in allowed:
        own, said = fold_name(value), fold_name(text).rstrip(".")
        if _SAME_LEVELS.get(own, own) == _SAME_LEVELS.get(said, said):
            return value
    # Two backslashes are one that escapes nothing, so the border needs another way.
    text = re.sub(r"(?<!\\)((?:\\\\)+)\|", r"\1&#124;", text)
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def render_name(text: str, *, code: bool = False, examples: tuple[str, ...] = ()) -> str:
    """Return words for a heading or a label: one line, without emphasis of its own.

    `examples` are the template's names; `Service A: Sign-in` is then called `Sign-in`.
    """
    text = " ".join(_TIMES_SIGN.sub(" × ", strip_thoughts(text)).replace("*", "").split())
    text = re.sub(r"^#+\s*|\s+#+$", "", text).rstrip(":： ")
    text = re.sub(r"^(?:\d{1,2}|[A-Z])[.)]\s+(?=\S)", "", text).lstrip("# ")
    text = _strip_counter(text, examples)
    if code:
        return text.replace("`", "").strip()
    text = escape_inline(text.replace("[", "(").replace("]", ")"), closed=True)
    text = re.sub(r"^_", r"\\_", text).rstrip("\\")
    return re.sub(r"(^|\s)(?=#+$)", r"\1\\", text).strip()


def render_label(text: str, examples: tuple[str, ...] = ()) -> str:
    """Return a label without emphasis, which ends at its first colon and begins nothing."""
    text = (
        re.sub(r"[:：|]+(?=\s*\S)", " -", strip_thoughts(text))
        .replace("`", "")
        .replace(". ", " - ")
    )
    text = render_name(_strip_bullets(re.sub(r"[:：|]+", "", text)), examples=examples)
    return escape_start(text) if re.search(r"\w", text) else ""


def _strip_counter(text: str, examples: Sequence[str]) -> str:
    """Return a name less the template's counted words before it, as in `Service A: Sign-in`."""
    for example in examples:
        parts = split_counter(example)
        if parts and parts[0].strip():
            before = re.escape(parts[0].strip())
            pattern = rf"{before}\s+(?:[A-Z]|\d{{1,3}})\s*(?::|：|\s[-–—])\s*(?=\S)"
            bare = re.sub(pattern, "", text, count=1, flags=re.IGNORECASE)
            if bare != text and text.endswith(bare):
                return bare
    return text


def extract_code(text: str, language: str) -> tuple[str, str]:
    """Return a fence's language and content; words around it in the answer become comments."""
    text = strip_thoughts(text)
    found = tuple(block for block in read_blocks(text) if block.kind == "fence")
    if not found:
        return language or _guess_language(text), text.strip("\n")
    own = next((_clean_info(block.info) for block in found if block.info), "")
    language = language or (own if own not in _WRAPPER_LANGUAGES else "")
    content = "\n".join(_comment_words(text.split("\n"), found, language)).strip("\n")
    return language or _guess_language(content), content


def extract_words_outside(text: str) -> str:
    """Return the words around the fences of an answer; nothing if it has no fence."""
    text = strip_thoughts(text)
    found = [block for block in read_blocks(text) if block.kind == "fence"]
    inside = {number for block in found for number in range(block.first, block.last)}
    said = (part.strip() for number, part in enumerate(text.split("\n")) if number not in inside)
    return " ".join(part for part in said if part) if found else ""


def _clean_info(info: str) -> str:
    """Return a fence's language, of characters that a fence's opening line can hold."""
    return re.sub(r"[^\w+#.-]", "", info.split(maxsplit=1)[0]).casefold()


def _comment_words(source: list[str], found: tuple[Block, ...], language: str) -> Iterator[str]:
    """Yield the lines of all fences, and the words between them as comments."""
    sign = _SIGN_BY_LANGUAGE.get(language, "")
    position = 0
    for block in found:
        yield from (f"{sign}{part}" for part in source[position : block.first] if part.strip())
        last = source[block.last - 1].strip()
        closed = block.last - block.first > 1 and last and not last.strip(block.mark[0])
        yield from source[block.first + 1 : block.last - bool(closed)]
        position = block.last
    yield from (f"{sign}{part}" for part in source[position:] if part.strip())


def _guess_language(content: str) -> str:
    """Return `mermaid` for what begins as its diagrams do, else nothing."""
    return "mermaid" if _MERMAID_START.match(content.strip()) else ""


def comment_code(content: str, language: str) -> str:
    """Return every line of code as a comment; nothing if its language has no such comments."""
    sign = _SIGN_BY_LANGUAGE.get(language, "")
    return "\n".join(f"{sign}{part}" for part in content.split("\n")) if sign else ""


def make_fence(opening: str, content: str, language: str) -> tuple[str, str]:
    """Return the opening and closing lines of a fence that `content` can't close.

    `opening` is the template's line, whose indentation, list marker and character stay.
    """
    found = _FENCE_OPENING.match(opening.rstrip("\r\n"))
    lead, mark, info = found.group("lead", "mark", "info") if found else ("", "```", "")
    mark = mark or "```"
    runs = re.findall(rf"(?m)^[ \t]*({mark[0]}{{3,}})", content)
    longest = max((len(run) for run in runs), default=0)
    mark = mark[0] * max(len(mark), longest + 1)
    return f"{lead}{mark}{info.strip() or language}", f"{_make_margin(lead)}{mark}"


def find_fence_margin(opening: str) -> str:
    """Return what the lines inside a fence begin with, given its opening line."""
    found = _FENCE_OPENING.match(opening.rstrip("\r\n"))
    return _make_margin(found["lead"]) if found else ""


def _make_margin(lead: str) -> str:
    """Return what lines under `lead` begin with: a list's marker is white space there."""
    return re.sub(r"[^ \t>]", " ", lead)
