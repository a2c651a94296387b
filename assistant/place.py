"""Turns a model's answer into the bytes of a slot: placed, never trusted."""

import re

from assistant.block import scan
from assistant.escape import blocks, clean, inline
from assistant.mark import fold
from assistant.slot import choices

_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_BULLET = re.compile(r"[ \t]*(?:[-*+•]|\[[ xX]\]|\d{1,3}[.)])[ \t]+")
_DASH = re.compile(r"[ \t]*[-*+•][ \t]+")
_MERMAID = re.compile(
    r"(?:---\n.*?\n---\n\s*)?(?:%%.*\n\s*)*(?:graph|flowchart|sequenceDiagram|stateDiagram(?:-v2)?"
    r"|erDiagram|classDiagram|C4Context|journey|gantt)\b",
    re.DOTALL,
)
_COMMENT = {"sql": "-- ", "python": "# ", "yaml": "# ", "bash": "# ", "sh": "# ", "mermaid": "%% ",
            "toml": "# ", "ruby": "# ", "go": "// ", "java": "// ", "javascript": "// ",
            "typescript": "// ", "rust": "// ", "c": "// "}  # fmt: skip
_WRAPPERS = ("", "markdown", "md", "text", "txt", "plaintext")


def words(text: str) -> str:
    """The answer as it was said aloud: thoughts set aside, what can't be seen dropped."""
    return clean(_THOUGHT.sub("", text))


def prose(text: str, title: str = "") -> str:
    """Markdown for a section's body, without the heading that models like to repeat."""
    text = _unwrapped(words(text))
    first, _, rest = text.lstrip("\n").partition("\n")
    bare = re.sub(r"^[#*_ \t]+|[#*_: \t]+$", "", first)
    if title and first.lstrip().startswith(("#", "*")) and fold(bare) == fold(title):
        text = rest
    return blocks(text.strip("\n"))


def _unwrapped(text: str) -> str:
    """The text less a fence around the whole of it."""
    found = scan(text.strip("\n"))
    if len(found) == 1 and found[0].kind == "fence" and found[0].info.casefold() in _WRAPPERS:
        body = text.strip("\n").split("\n")
        closed = len(body) > 1 and not body[-1].strip().strip("`~")
        return "\n".join(body[1 : -1 if closed else len(body)])
    return text


def line(text: str) -> str:
    """Words for one line: what stood on several is joined, bullets become semicolons."""
    source = [part.strip() for part in words(text).split("\n") if part.strip()]
    dashed = [bool(_DASH.match(part + " ")) for part in source]
    result = ""
    for part, bullet in zip(source, dashed, strict=True):
        bare = _DASH.sub("", part + " ", count=1).strip() if bullet else part
        joint = "; " if bullet and result and not result.endswith((":", ";", ".")) else " "
        result = f"{result}{joint}{bare}" if result else bare
    return inline(result)


def item(text: str) -> str:
    """Words for a list item: one line that begins nothing."""
    text = line(_BULLET.sub("", words(text).lstrip("\n"), count=1))
    if re.match(r"(?:[#>|=~+*-]|`{3}|\d{1,9}[.)]|\[[^\]]*\]:|\[[ xX]\][ \t]|:)", text):
        digits = re.match(r"\d+", text)
        at = digits.end() if digits else 0
        return f"{text[:at]}\\{text[at:]}"
    return text


def items(text: str) -> tuple[str, ...]:
    """The items of a list, given as a list or as lines."""
    source = _unwrapped(words(text)).split("\n")
    result: list[str] = []
    for part in source:
        if not part.strip():
            continue
        if result and part.startswith(("  ", "\t")) and not _BULLET.match(part):
            result[-1] += f" {part.strip()}"
        else:
            result.append(part)
    return tuple(found for found in (item(part) for part in result) if found)


def cell(text: str, allowed: tuple[str, ...] = ()) -> str:
    """Words for a table's cell; one of `allowed` where the column says so and the words mean it."""
    text = line(text)
    for value in allowed:
        if fold(value) == fold(text) or fold(text).startswith((fold(value) + " ", fold(value)[:3] + "ium")):
            return value
    text = re.sub(r"(?<!\\)((?:\\\\)+)\|", r"\1&#124;", text)
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def name(text: str, *, code: bool = False) -> str:
    """A name for a heading or a label: one line, without emphasis of its own."""
    text = re.sub(r"\s+", " ", words(text)).strip().strip("#*").rstrip(":：").strip()
    text = re.sub(r"^(?:\d{1,2}|[A-Z])[.)]\s+", "", text).replace("*", "")
    if code:
        return text.replace("`", "").strip()
    text = inline(text.replace("[", "(").replace("]", ")"))
    return re.sub(r"(\s)#+$", r"\1\\#", text).strip()


def code(text: str, language: str) -> tuple[str, str]:
    """A fence's language and content; words around a fence in the answer become comments."""
    text = words(text)
    found = [block for block in scan(text) if block.kind == "fence"]
    if not found:
        return language or _language(text), text.strip("\n")
    source = text.split("\n")
    own = next((block.info.split()[0].casefold() for block in found if block.info), "")
    language = language or (own if own not in _WRAPPERS else "")
    pieces: list[str] = []
    position = 0
    for block in (*found, None):
        first = block.first if block else len(source)
        pieces.extend(_aside(source[position:first], language))
        if block:
            closed = block.last - block.first > 1 and not source[block.last - 1].strip().strip("`~")
            pieces.extend(source[block.first + 1 : block.last - closed])
            position = block.last
    content = "\n".join(pieces).strip("\n")
    return language or _language(content), content


def _aside(source: list[str], language: str) -> list[str]:
    sign = _COMMENT.get(language, "")
    return [f"{sign}{part}" for part in source if part.strip()]


def _language(content: str) -> str:
    return "mermaid" if _MERMAID.match(content.strip()) else ""


def fence(opening: str, content: str, language: str) -> tuple[str, str]:
    """The opening and closing lines of a fence that `content` can't close.

    `opening` is the template's line, whose indentation and character stay.
    """
    bare = opening.rstrip("\r\n")
    indent = bare[: len(bare) - len(bare.lstrip())]
    marker = re.match(r"`+|~+", bare.strip())
    mark = marker[0] if marker else "```"
    longest = max((len(run) for run in re.findall(rf"(?m)^[ \t]*({mark[0]}{{3,}})", content)), default=0)
    mark = mark[0] * max(len(mark), longest + 1 if longest else 0)
    info = bare.strip()[len(marker[0]) if marker else 0 :].strip() or language
    return f"{indent}{mark}{info}", f"{indent}{mark}"


def choice(text: str, placeholder: str) -> str:
    """One of the values that an enumeration lists, or the words as they are."""
    return cell(text, choices(placeholder))
