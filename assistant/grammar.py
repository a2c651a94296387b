"""Grammars of plain answers, in GBNF, for a llama.cpp server: JSON has its schema instead.

A small model that is asked for a paragraph goes on with lists, headings and the next section. Where
the decoder can hold it to the form, it does, and no second request is needed.
"""

# ruff: noqa: RUF001  sentences may end at full-width marks

from collections.abc import Sequence

from assistant.request import Request, Want
from assistant.topic import LISTED, topic

# A sentence goes on behind a full stop as in 3.5, a.b and z. B., and nowhere else: a model that has
# written as many as it may would else go on without the space. A colon stands inside a word, as in
# 10:30 and orders:read; behind one it makes a label, such as the brief's own "Approach:", or a
# purpose that is repeated. And a sentence has an end: "4.4.4.4" has none of its own.
_BODY = r"""
part ::= plain | inner "." [a-z0-9] | [.!?] [,;:)"'`] | short | colon | span
plain ::= [^\n.!?:。！？：।؟]
inner ::= [^A-Z \n.!?:。！？：।؟] | [A-Z] [A-Z]
short ::= [ (] [a-zA-Z] "." " "? [a-zA-Z] "."
colon ::= ":" [a-z] | [0-9] ":" [0-9] | [a-z] ":" [0-9] [0-9] | "http" "s"? "://"
span ::= "`" [^`\n]{1,80} "`"
"""
_SENTENCES = rf"""
more ::= first rest
first ::= [^\n#*<`{{|"0-9 .!?:,。！？：，、।؟-]
rest ::= part{{0,300}} ([.?؟] " " | [。？] | "।" " "?)
last ::= part{{0,300}} [.?。？।؟]
assumed ::= "\nAssumption: " first last
{_BODY.strip()}
"""
# A list may end behind any item: a model that has no more to say and must go on writes nonsense.
_ITEM = rf"""
item ::= "- " begin (part | ": " | "："){{0,300}} [.!?。！？]?
{_BODY.strip()}
"""
_ANY = r"""begin ::= [^\n#*<`{|"' .!?:：-]"""
_NEXT_LETTER = r"[^\n .,!?:。，、！？：]"  # behind the words that a text begins with
_MERMAID = r"""
root ::= "flowchart LR\n" arrow{3,6}
arrow ::= box " -->|" [^|\[\]"(){};.\n] [^|\[\]"(){};\n]{1,60} "| " box "\n"
box ::= [a-z] [a-z0-9]? "[" [^\[\]"(){};|\n]{2,48} "]"
"""
_SQL = r"""
root ::= statement{1,3}
statement ::= ("CREATE TABLE " | "ALTER TABLE " | "CREATE INDEX ") [^`;]+ ";\n" "\n"?
"""
# One function: where a model wants to begin another it says so, which is a stop, and is not made
# to indent it into the first.
_PYTHON = r"""
root ::= head line{0,24} next?
head ::= ("def " | "async def ") [^`\n]+ ":\n" "    " [^`\n ] [^`\n]*
line ::= "\n" ("    " [^`\n]+)?
next ::= "\n" ("def " | "async def " | "class " | "# ")
"""
_NEXT = ("\ndef ", "\nasync def ", "\nclass ", "\n# ")
_STOPS = {"python": _NEXT}
_CODE = {"": _MERMAID, "mermaid": _MERMAID, "sql": _SQL, "python": _PYTHON}
_NEXT_TASK = "\n# Task"
_FENCE_END = "\n```\n"
_PER_SENTENCE = 13  # words


def grammar(asked: Request, begins: Sequence[str] = ()) -> str:
    """The grammar of a request's plain answer, or nothing where it has none.

    A text, and each item of a list, begins with one of the texts in `begins`, if there are any.
    """
    if not asked.plain:
        return ""
    want = asked.wants[0]
    if want.kind == "code":
        return _CODE.get(want.language, "").strip()
    words = " | ".join(f'"{word}"' for word in begins)
    if want.kind == "items" or (want.kind == "prose" and topic(asked.path) in LISTED):
        least = 1 if want.kind == "items" else 3
        begin = f"begin ::= ({words}) {_NEXT_LETTER}" if words else _ANY
        root = f'root ::= item ("\\n" item){{{least - 1},3}} "\\n"?'
        return f"{root}\n{_ITEM.strip()}\n{begin}"
    least, most = sentences(want)
    first = f"({words}) {_NEXT_LETTER}" if words else "first"
    # A single sentence, where more were asked for, says that this is about to be written; the last
    # of many that have to be there says nothing.
    fewest = 0 if least == 1 else max(0, least - 3)
    several = f"rest more{{{fewest},{most - 2}}} first last"
    root = f"root ::= {first} {several if least > 1 else f'(last | {several})'} assumed?"
    if not words and want.kind == "prose":
        root += ' | "Not applicable: " first last'
    return f"{root}\n{_SENTENCES.strip()}"


def sentences(want: Want) -> tuple[int, int]:
    """How many sentences a text has at least and at most: small models count them, not words."""
    most = max(2, round(want.words / _PER_SENTENCE))
    return (1 if want.kind == "text" else most - 1), most


def stops(asked: Request) -> tuple[str, ...]:
    """Where code ends: small models go on to explain it, to the next function or the next task.

    A text has its grammar, which knows no second line.
    """
    want = asked.wants[0]
    if not asked.plain or want.kind != "code":
        return ()
    return (_NEXT_TASK, _FENCE_END, *_STOPS.get(want.language, ()))
