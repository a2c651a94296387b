"""Reads a grammar without recursion, as `form` writes them, as a regular expression."""

import re

_TOKEN = re.compile(r'"(?P<text>(?:\\.|[^"\\])*)"|(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<rule>[a-z]+)|.')


def pattern(grammar: str) -> re.Pattern[str]:
    """The whole answers that a grammar allows."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.split("\n") if line)

    def expand(name: str) -> str:
        parts: list[str] = []
        braces = 0
        for found in _TOKEN.finditer(rules[name]):
            if found["text"] is not None:
                parts.append(f"(?:{re.escape(found['text'].replace(chr(92) + 'n', chr(10)))})")
            elif found["set"]:
                parts.append(found["set"].replace("[^\\[", "[^\\[").replace("&&", "&"))
            elif found["rule"] and not braces:
                parts.append(f"(?:{expand(found['rule'])})")
            elif found[0] != " ":
                parts.append(found[0])
            braces += {"{": 1, "}": -1}.get(found[0], 0)
        return "".join(parts)

    return re.compile(expand("root"))


def allows(grammar: str, text: str) -> bool:
    """Whether an answer follows a grammar to its end."""
    return pattern(grammar).fullmatch(text) is not None
