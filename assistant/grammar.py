"""Grammars of plain answers, in GBNF, for a llama.cpp server: JSON has its schema instead.

What of them is the same for every request is in `prompts/grammars`.

A small model that is asked for a paragraph goes on with lists, headings and the next section. Where
the decoder can hold it to the form, it does, and no second request is needed.
"""

# ruff: noqa: RUF001  texts may begin with full-width marks

from collections.abc import Sequence

from assistant.request import Request, Want
from assistant.shipped import load_grammar
from assistant.topic import LISTED, topic

_ANY = r"""begin ::= [^\n#*<`{|"' .!?:：-]"""
_NEXT_LETTER = r"[^\n .,!?:。，、！？：]"  # behind the words that a text begins with
# Languages of code that have a grammar, with its name; a fence without a language is a diagram.
_CODE = {"": "mermaid", "mermaid": "mermaid", "sql": "sql", "python": "python"}
_NEXT = ("\ndef ", "\nasync def ", "\nclass ", "\n# ")
_STOPS = {"python": _NEXT}
_NEXT_TASK = "\n# Task"
_FENCE_END = "\n```\n"
_PER_SENTENCE = 13  # words


def grammar(asked: Request, begins: Sequence[str] = ()) -> str:
    """Return the grammar of a request's plain answer, or nothing where it has none.

    A text, and each item of a list, begins with one of the texts in `begins`, if there are any.
    """
    if not asked.plain:
        return ""
    want = asked.wants[0]
    if want.kind == "code":
        return load_grammar(_CODE[want.language]) if want.language in _CODE else ""
    words = " | ".join(f'"{word}"' for word in begins)
    if want.kind == "items" or (want.kind == "prose" and topic(asked.path) in LISTED):
        least = 1 if want.kind == "items" else 3
        begin = f"begin ::= ({words}) {_NEXT_LETTER}" if words else _ANY
        root = f'root ::= item ("\\n" item){{{least - 1},3}} "\\n"?'
        return "\n".join((root, load_grammar("items"), load_grammar("parts"), begin))
    least, most = sentences(want)
    first = f"({words}) {_NEXT_LETTER}" if words else "first"
    # A single sentence, where more were asked for, says that this is about to be written; the last
    # of many that have to be there says nothing.
    fewest = 0 if least == 1 else max(0, least - 3)
    several = f"rest more{{{fewest},{most - 2}}} first last"
    root = f"root ::= {first} {several if least > 1 else f'(last | {several})'} assumed?"
    if not words and want.kind == "prose":
        root += ' | "Not applicable: " first last'
    return "\n".join((root, load_grammar("sentences"), load_grammar("parts")))


def sentences(want: Want) -> tuple[int, int]:
    """Return how many sentences a text has at least and at most: models count them, not words."""
    most = max(2, round(want.words / _PER_SENTENCE))
    return (1 if want.kind == "text" else most - 1), most


def stops(asked: Request) -> tuple[str, ...]:
    """Return where code ends: small models go on to explain it, or to the next function or task.

    A text has its grammar, which knows no second line.
    """
    want = asked.wants[0]
    if not asked.plain or want.kind != "code":
        return ()
    return (_NEXT_TASK, _FENCE_END, *_STOPS.get(want.language, ()))
