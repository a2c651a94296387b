"""Grammars of plain answers, in GBNF, for a llama.cpp server: JSON has its schema instead.

A small model that is asked for a paragraph goes on with lists, headings and the next section. Where
the decoder can hold it to the form, it does, and no second request is needed.
"""

# ruff: noqa: RUF001  sentences may end at full-width marks

from collections.abc import Sequence

from assistant.request import Request, Want
from assistant.topic import LISTED, topic

# A sentence goes on behind a full stop as in 3.5 and a.b, and nowhere else: a model that has
# written as many as it may would else go on without the space.
_SENTENCES = r"""
more ::= first rest
first ::= [^\n#*<`{|"0-9 .!?-]
rest ::= body ([.!?] " " | [。！？])
last ::= body [.!?。！？]
body ::= ([^\n.!?。！？] | [.!?] [a-z0-9,;:)"'`])*
assumed ::= "\nAssumption: " [^\n]+
"""
_ITEM = r"""
item ::= "- " first ([^\n.!?。！？] | [.!?] [a-z0-9,;:)"'`])* [.!?。！？]? "\n"
"""
_ANY = r"""first ::= [^\n#*<`{|"' .!?-]"""
_MERMAID = r"""
root ::= "flowchart LR\n" arrow{3,6}
arrow ::= box " -->|" [^|\[\]"(){};.\n] [^|\[\]"(){};\n]{1,60} "| " box "\n"
box ::= [a-z] [a-z0-9]? "[" [^\[\]"(){};|\n]{2,48} "]"
"""
_SQL = r"""
root ::= statement{1,3}
statement ::= ("CREATE TABLE " | "ALTER TABLE " | "CREATE INDEX ") [^`;]+ ";\n" "\n"?
"""
_PYTHON = r"""
root ::= head line{0,20} (head line{0,4}){0,4}
head ::= ("def " | "async def " | "class ") [^`\n]+ ":\n" "    " [^`\n ] [^`\n]* "\n"
line ::= ("    " [^`\n]+)? "\n"
"""
_CODE = {"": _MERMAID, "mermaid": _MERMAID, "sql": _SQL, "python": _PYTHON}
_PER_SENTENCE = 13  # words


def grammar(asked: Request, begins: Sequence[str] = ()) -> str:
    """The grammar of a request's plain answer, or nothing where it has none.

    A text, and each item of a list, begins with one of the words in `begins`, if there are any.
    """
    if not asked.plain:
        return ""
    want = asked.wants[0]
    if want.kind == "code":
        return _CODE.get(want.language, "").strip()
    words = " | ".join(f'"{word} "' for word in begins)
    if want.kind == "items" or (want.kind == "prose" and topic(asked.path) in LISTED):
        least = 1 if want.kind == "items" else 3
        first = f"first ::= {words}" if words else _ANY
        return "\n".join((f"root ::= item{{{least},4}}", _ITEM.strip(), first))
    least, most = sentences(want)
    first = f"({words})" if words else "first"
    between = f"{{{max(0, least - 2)},{most - 2}}}"
    root = f"root ::= {first} (last | rest more{between} first last) assumed?"
    return f"{root}\n{_SENTENCES.strip()}"


def sentences(want: Want) -> tuple[int, int]:
    """How many sentences a text has at least and at most: small models count them, not words."""
    most = max(2, round(want.words / _PER_SENTENCE))
    return (1 if want.kind == "text" else most - 1), most
