"""Strategies for the laws: Markdown, templates of every shape, answers that try to get out."""

# ruff: noqa: E501, ISC004, RUF001  tables of examples

from hypothesis import strategies as st

ODD = "\r\n\t\x0b\x0c\x1b\x85\u2028\u2029\ufeff\ud800\0 -#`~>*_=|[]():<!./\\aA1é漢"
NEWLINES = ("\n", "\r\n", "\r")

_LINES = (
    "",
    "",
    "",
    "words here",
    "# One",
    "## Two ##",
    "### ",
    "###### Six",
    "####### seven",
    "#no",
    "   # indented",
    "    # code",
    "\t# tab",
    "Setext",
    "===",
    "---",
    "--- -",
    "= =",
    "```",
    "```sql",
    "~~~",
    "````",
    "~~~~ `x`",
    "    indented",
    "> quote",
    "> # quoted",
    ">",
    "> ```",
    "- item",
    "- # in an item",
    "  # in the item",
    "  under",
    "* * *",
    "1. one",
    "10) ten",
    "- ",
    "+ [ ] box",
    "<!--",
    "-->",
    "<!-- # one line -->",
    "<div>",
    "</div>",
    "<script>",
    "</script>",
    "<?php",
    "?>",
    "[a]: b",
    "[a]:",
    "  'title'",
    "| a | b |",
    "|---|---|",
    "| c |",
    "**Bold:** text",
    "Plain: text",
    "\\# escaped",
    "a  ",
    "\x0c# feed",
    "\u2028# separator",
    "* a\n\n      b",
    "é",
    "…",
)


@st.composite
def markdown(draw: st.DrawFn) -> str:
    """Text made of lines that mean something to Markdown."""
    parts = draw(st.lists(st.sampled_from(_LINES), max_size=12))
    newline = draw(st.sampled_from(NEWLINES))
    text = newline.join(part.replace("\n", newline) for part in parts)
    return text + draw(st.sampled_from(("", newline)))


_CONTAINERS = (
    "- ",
    "> ",
    "  ",
    "    ",
    "\t",
    " ",
    "1. ",
    ">",
    "   ",
    "-   ",
    "*\t",
    ">\t",
    "+ ",
    "2) ",
)
_MORE = (
    "--|:-:",
    "-|-",
    "|:-|",
    "--",
    "::",
    "__",
    "_ _ _",
    "*\t*\t*",
    "``` a`",
    "    ",
    "  \t",
    "<b>",
    "<b c='d'>",
    "</p >",
    "<!x",
    "<!->",
    "<![CDATA[",
    "]]>",
    "[a]: b 'c'",
    "[a](b) c",
    "[a\\",
    "]: b",
    "| \\| |",
    "a | b",
    "\xa0",
    "a\x85b",
    "-",
    "2. two",
    ">> a",
    "- > a",
    "- - a",
)


@st.composite
def soup(draw: st.DrawFn) -> str:
    """Text made of lines that mean something, in lists and quotes that they may or may not be in."""
    line = st.builds(
        lambda around, within: "".join(around) + within,
        st.lists(st.sampled_from(_CONTAINERS), max_size=4),
        st.sampled_from(_LINES + _MORE),
    )
    return "\n".join(draw(st.lists(line, max_size=10))) + draw(st.sampled_from(("", "\n", "\n\n")))


TEXTS = (
    "# Out",
    "## Metadata",
    "### Out ###",
    "######",
    "Out\n===",
    "Out\n---",
    "a\n=\n=\n=",
    "- a\n  ===",
    "1. # Out",
    "> ## Out",
    "> Out\n> ===",
    "* - + # Out",
    "```",
    "~~~",
    "````",
    "~~~~~~",
    "    ```",
    "```mermaid",
    "- ```\n  code",
    "<!-- comment -->",
    "<!--",
    "-->",
    "<!-->",
    "<script>alert(1)",
    "</script>",
    "<b onclick=x>bold</b>",
    "<div>\n\n# Out\n\n</div>",
    "<?php x ?>",
    "<![CDATA[ x",
    "<!DOCTYPE html>",
    "a <b",
    "c> d",
    "`<b>`",
    "`` <i> ` <u>",
    "\\`<b>`",
    "\\``` x `` <b> ``",
    "<https://example.org>",
    "<javascript:x>",
    "[a]: /url 'x'",
    "[a\nb]: /url",
    "[^1]: note",
    "> [b]: /url",
    "- [c]: /url",
    "\\[d]: /url",
    "[metadata]: x",
    "---",
    "---\ntitle: x\n---",
    "***",
    "- - -",
    "| a | b |",
    "| a | b |\n|---|---|\n| <b> | `x | y` |",
    "a | b\n- | -\n    # Out",
    "|",
    "\\|",
    "\\\\|",
    "a | b",
    "x\\",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\u202eevil\u202c",
    "\ufeff",
    "\0",
    "a\rb",
    "a\x0b# Out",
    "a\x0c# Out",
    "a\u2028# Out",
    "a\x85# Out",
    "<think>",
    "</think>",
    "**Context:** x",
    "**Recommendation:**",
    "- Pros: x",
    "- **Option A:** x",
    "Cons:",
    "- [ ] box",
    "[ ] box",
    "- [x] **done:** x",
    "Not applicable",
    "Not applicable: because",
    "N/A",
    "None",
    "-",
    "- ",
    "- - - nested",
    "1) one",
    "2. two",
    "- a\n    - b\n        - c",
    "•  dot",
    "**bold",
    "*",
    "_",
    "__init__",
    "`",
    "``",
    "~~x~~",
    "&lt;script&gt;",
    "&#60;",
    "\t# tab",
    "\ttab",
    "    indented",
    "   # three",
    "    # four",
    ":",
    "：",
    "::",
    "a:",
    "[x](y)",
    "![x](y)",
    "[",
    "]",
    "](",
    "]:",
    "$$x$$",
    "\ud800",
    "é漢",
    "{{ x }}",
    "{% x %}",
    "High",
    "…",
    "word",
    "two words",
    "",
    "",
    "",
    "> " * 30 + "# Out",
    "- " * 30 + "x",
    "a\n" * 30,
    "# h\n" * 40,
    "[x]: y\n" * 20,
    "<p>\n" * 40,
    "x " * 300,
)

wild = st.lists(
    st.one_of(st.sampled_from(TEXTS), st.text("# -`~<>!|[]:\\*_=\n ab1", max_size=12)), max_size=6
).map("\n".join)

_WORDS = st.sampled_from(
    (
        "The",
        "server",
        "keeps",
        "each",
        "token",
        "for",
        "ten",
        "minutes",
        "and",
        "is",
        "safe",
        "42",
        "naïve",
    )
)
_SENTENCE = st.lists(_WORDS, min_size=2, max_size=9).map(lambda found: " ".join(found) + ".")
_LIST = st.lists(_SENTENCE, min_size=2, max_size=4).map(lambda found: "- " + "\n- ".join(found))
_FENCE = _SENTENCE.map(lambda text: f"```python\n# {text}\n<b>\n```")

sentences = _SENTENCE
# What looks like a bullet, a count or a range within a sentence is what it says.
_JOINTS = st.sampled_from((" - ", " * ", " + ", " • ", "-", "–", " – ", " ", ", ", " [ ] ", " 1. "))
figures = (
    st.tuples(_WORDS, st.lists(st.tuples(_JOINTS, _WORDS | st.sampled_from(("5", "10", "p95")))))
    .map(lambda found: found[0] + "".join(joint + word for joint, word in found[1]))
    .map(lambda said: f"Limit {said}.")
)
tame = st.lists(st.one_of(_SENTENCE, _LIST, _FENCE), min_size=1, max_size=4).map("\n\n".join)

_BODIES = (
    "",
    "<!-- What and why? -->",
    "<!-- One -->\n\n<!-- Two\n\nlines -->",
    "Say what it is about.\n\nAnd why.",
    "Some prose with [a link][ref].\n\n[ref]: https://example.org",
    "<!-- Guidance -->\n- **First:** \n- **Second:** <!-- own -->\n- **Third:** [x | y]",
    "**Context:** <!-- c -->\n\n**Options:**\n- **Option A:** \n  - Pros: \n  - Cons: \n"
    "- **Option B:** \n  - Pros: \n  - Cons: \n\n**Recommendation:** ",
    "<!-- Pieces -->\n1. **Piece A:** \n2. **Piece B:** ",
    "<!-- Plain -->\n- Part A: \n- Part B: \n- Part C: ",
    "<!-- g -->\n* **Step 1:** \n  ```sql\n  x\n  ```\n* **Step 2:** \n  ```sql\n  x\n  ```",
    "```sql\nSELECT 1\n```",
    "**Request:**\n```json\n{}\n```\n\n**Response:**\n~~~~\n~~~~",
    "- a\n\n  ```\n  [code]\n  ```",
    "<!-- c -->\n1. ```\n   x\n   ```",
    "| Risk | Impact |\n|---|---|\n| [x] | High/Med/Low |\n| | |",
    "| Risk | Impact |\n|---|---|",
    "| | |\n|---|---|\n| Author | _Name_ |\n| Status | _Draft / Done_ |",
    "- [ ] Flag\n- [ ] Share: \n- [x] Criteria: ",
    "[ ] I agree.\n\n<!-- g -->",
    "<!-- c -->\n- ",
    "- [Link to x]\n- [Link to y]",
    "  * [x]\n  * [y]",
    "<!-- c -->\nFixed prose stays.\n\n<!-- d -->\n\nMore of it.",
    "<!-- c -->\n\n[one]: https://example.org\n[two]: https://example.org 'x'",
    "Label: \nOther: [x]",
    "**A:** \n**B:** \n**C:** ",
    "<!-- c -->\n- **Outer:**\n  - Inner: \n  - Other: \n    - Deep: ",
    "> **Quoted:** \n> words",
)
_TITLES = ("Overview", "Goals", "Rollout", "Checks", "Why?", "A: b")
# Two groups side by side would be one: nothing in a document tells where the first ends.
_GROUPS = (("Item A", "Item B", "Item C"), ("`GET /[x]`", "[Name]", "1. [Choice]"))


@st.composite
def templates(draw: st.DrawFn) -> str:
    """A template's text: headings of several levels with bodies of every shape."""
    parts = [
        draw(
            st.sampled_from(
                ("# [Name] Design", "# Title", "---\nstatus: x\n---\n\n# T", "intro\n\n# T")
            )
        )
    ]
    titles = (*_TITLES, *draw(st.sampled_from(_GROUPS)))
    for title in draw(st.lists(st.sampled_from(titles), min_size=1, max_size=6, unique=True)):
        level = "#" * draw(st.integers(2, 4))
        blank = draw(st.sampled_from(("\n", "\n\n")))
        parts.append(f"{level} {title}{blank}{draw(st.sampled_from(_BODIES))}")
    text = "\n\n".join(parts) + draw(st.sampled_from(("", "\n", "\n\n")))
    return text.replace("\n", draw(st.sampled_from(NEWLINES)))
