"""Strategies of Markdown-ish text for the laws."""

# ruff: noqa: E501  tables of examples

from hypothesis import strategies as st

ODD = "\r\n\t\x0b\x0c\x1b\x85\u2028\u2029\ufeff\ud800\0 -#`~>*_=|[]():<!./\\aA1é漢"
NEWLINES = ("\n", "\r\n", "\r")

_LINES = (
    "", "", "", "words here", "# One", "## Two ##", "### ", "###### Six", "####### seven", "#no",
    "   # indented", "    # code", "\t# tab", "Setext", "===", "---", "--- -", "= =", "```", "```sql",
    "~~~", "````", "~~~~ `x`", "    indented", "> quote", "> # quoted", ">", "> ```", "- item",
    "- # in an item", "  # in the item", "  under", "* * *", "1. one", "10) ten", "- ", "+ [ ] box",
    "<!--", "-->", "<!-- # one line -->", "<div>", "</div>", "<script>", "</script>", "<?php", "?>",
    "[a]: b", "[a]:", "  'title'", "| a | b |", "|---|---|", "| c |", "**Bold:** text", "Plain: text",
    "\\# escaped", "a  ", "\x0c# feed", "\u2028# separator", "* a\n\n      b", "é", "…",
)  # fmt: skip


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
    "--|:-:", "-|-", "|:-|", "--", "::", "__", "_ _ _", "*\t*\t*", "``` a`", "    ", "  \t", "<b>",
    "<b c='d'>", "</p >", "<!x", "<!->", "<![CDATA[", "]]>", "[a]: b 'c'", "[a](b) c", "[a\\", "]: b",
    "| \\| |", "a | b", "\xa0", "a\x85b", "-", "2. two", ">> a", "- > a", "- - a",
)  # fmt: skip


@st.composite
def soup(draw: st.DrawFn) -> str:
    """Text made of lines that mean something, in lists and quotes that they may or may not be in."""
    line = st.builds(
        lambda around, within: "".join(around) + within,
        st.lists(st.sampled_from(_CONTAINERS), max_size=4),
        st.sampled_from(_LINES + _MORE),
    )
    return "\n".join(draw(st.lists(line, max_size=10))) + draw(st.sampled_from(("", "\n", "\n\n")))
