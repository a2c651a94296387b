"""Whether what stands in a fence parses in the fence's language."""

import ast
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_MAX_BRACKETS = 500  # in YAML, from which on PyYAML's own scanner takes time by their square
_MAX_SHOWN = 40  # characters of a word that is named
_WHITE_SPACE = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"[\w.+-]+")
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_STRING_START = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*')
_STRING = re.compile(_STRING_START.pattern + '"')
_COMMENT_START = re.compile(r"//|/\*|#")
_PSEUDO = "it may be pseudocode"
_NO_COMMENT = "JSON has no comments"
# An f-string whose fields hold neither quotes nor backslashes, which every version reads alike.
_SIMPLE_FSTRING = re.compile(
    r"""\b(?:f|fr|rf)(?:"[^"\\{}\n]*(?:\{[^"'\\{}\n]*\}[^"\\{}\n]*)*"(?!")"""
    r"""|'[^'\\{}\n]*(?:\{[^"'\\{}\n]*\}[^'\\{}\n]*)*'(?!'))""",
    re.IGNORECASE,
)
_FSTRING = re.compile(r"""\b(?:[ft]|[ft]r|r[ft])["']""", re.IGNORECASE)
# `type X = ...`, `def f[T](...)`, `class A[T]:`, `except A, B:`: of 3.12 and of 3.14.
_NEWER_SYNTAX = re.compile(
    r"^[ \t]*type[ \t]+\w+[ \t]*[\[=]|\b(?:def|class)[ \t]+\w+[ \t]*\["
    r"|^[ \t]*except\*?[ \t][^\n(]*,",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeProblem:
    """Where code does not parse and why.

    `line` counts from 1 in the fence. A `note` is no error: pseudocode, or a parser that is known
    to be wrong now and then.
    """

    line: int
    message: str
    note: bool = False


def check_code(language: str, code: str) -> CodeProblem | None:
    """Return what is wrong with the code, or None: it parses, or nobody here can say."""
    parser = _PARSERS.get(language)
    return parser(code) if parser and code.strip() else None


def _check_json(code: str) -> CodeProblem | None:
    try:
        json.loads(code, parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicates)
    except (ValueError, RecursionError):
        fault = _JsonReader(code).fault()
    else:
        return None
    if fault is None:  # too deep, or a number too long, for this interpreter alone
        return None
    offset, message = fault
    return CodeProblem(line=code.count("\n", 0, offset) + 1, message=message)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_duplicates(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError


class _JsonReader:
    """JSON read for the place and the words of its first fault.

    Those of the standard library are others with each Python: from 3.13 on a comma too many is told
    where it stands, before that where the next key should have been.
    """

    def __init__(self, code: str) -> None:
        self._code = code
        self._at = 0
        self._open: list[tuple[int, set[str]]] = []  # where each bracket stands, and its keys
        self._comma = -1  # the comma that stands directly before
        self._next = self._value

    def fault(self) -> tuple[int, str] | None:
        """Return the offset of what is wrong, and what it is; None if nothing is."""
        try:
            while self._skip():
                self._next()
        except _JsonFault as fault:
            return fault.offset, fault.message
        if self._open:
            at = self._open[-1][0]
            return at, f'this "{self._code[at]}" is never closed'
        return None

    def _skip(self) -> bool:
        """Go to the next token; whether there is one."""
        self._at = _match_end(_WHITE_SPACE, self._code, self._at)
        return self._at < len(self._code)

    def _is(self, characters: str) -> bool:
        return self._code[self._at] in characters

    def _value(self) -> None:
        if self._is("{["):
            self._next = self._key if self._is("{") else self._value
            self._open.append((self._at, set()))
            self._comma = -1
            self._at += 1
        elif self._is("]}"):
            self._close()
        elif self._is('"'):
            self._string()
            self._next = self._more
        else:
            self._at += len(self._literal())
            self._next = self._more

    def _literal(self) -> str:
        found = _WORD.match(self._code, self._at)
        word = found[0] if found else self._code[self._at]
        if not _LITERAL.fullmatch(word):
            raise _JsonFault(self._at, _describe_word(self._code, self._at, word))
        return word

    def _key(self) -> None:
        if self._is("]}"):
            self._close()
            return
        if not self._is('"'):
            message = "a key in double quotes belongs here"
            comment = _COMMENT_START.match(self._code, self._at)
            raise _JsonFault(self._at, _NO_COMMENT if comment else message)
        start = self._at
        key = json.loads(self._string())
        keys = self._open[-1][1]
        if key in keys:
            raise _JsonFault(start, f'the key "{key}" stands twice')
        keys.add(key)
        self._next = self._colon

    def _colon(self) -> None:
        if not self._is(":"):
            raise _JsonFault(self._at, "a colon belongs between a key and its value")
        self._comma = -1
        self._at += 1
        self._next = self._member

    def _member(self) -> None:
        if self._is("]}"):
            raise _JsonFault(self._at, "the key has no value")
        self._value()

    def _string(self) -> str:
        found = _STRING.match(self._code, self._at)
        if found:
            self._at = found.end()
            return found[0]
        stop = _match_end(_STRING_START, self._code, self._at)
        if stop < len(self._code) and self._code[stop] == "\\":
            raise _JsonFault(stop, f'"{self._code[stop : stop + 2]}" is no escape of JSON')
        if stop < len(self._code) and self._code[stop] != "\n":
            raise _JsonFault(stop, "a control character in a string: write it as an escape")
        raise _JsonFault(self._at, "this string is not closed on its line")

    def _more(self) -> None:
        """Read what follows a value: a comma, or the end of what it stands in."""
        if not self._open:
            raise _JsonFault(self._at, "the value has ended before this")
        if self._is("]}"):
            self._close()
        elif self._is(","):
            self._comma = self._at
            self._at += 1
            self._next = self._key if self._code[self._open[-1][0]] == "{" else self._value
        else:
            comment = _COMMENT_START.match(self._code, self._at)
            raise _JsonFault(self._at, _NO_COMMENT if comment else "a comma is missing before this")

    def _close(self) -> None:
        mark = self._code[self._at]
        opener = self._code[self._open[-1][0]] if self._open else ""
        if opener + mark not in ("{}", "[]"):
            raise _JsonFault(self._at, f'this "{mark}" closes nothing')
        if self._comma >= 0:
            raise _JsonFault(self._comma, f'no comma belongs before the closing "{mark}"')
        self._open.pop()
        self._at += 1
        self._next = self._more


class _JsonFault(Exception):  # noqa: N818  it never leaves this module
    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


def _match_end(pattern: re.Pattern[str], code: str, at: int) -> int:
    found = pattern.match(code, at)
    return found.end() if found else at


def _describe_word(code: str, at: int, word: str) -> str:
    if _COMMENT_START.match(code, at):
        return _NO_COMMENT
    if word == "'":
        return "a string belongs in double quotes"
    return f'"{word[:_MAX_SHOWN]}" is no value of JSON'


def _check_python(code: str) -> CodeProblem | None:
    """Return what is no Python, in words and at a line that every Python agrees on.

    Of 6,620 pieces of the standard library, damaged at random, 3.11, 3.12 and 3.13 refuse the same
    3,498 in the same line this way. Their own words differ for one in twenty-five, and their lines
    where there are f-strings or newer syntax.
    """
    try:
        _parse_python(code)
    except (SyntaxError, ValueError):
        plain = _SIMPLE_FSTRING.sub('""', code)
        # Where versions differ in what they take, none of them is asked.
        if _FSTRING.search(plain) or _NEWER_SYNTAX.search(plain):
            return None
    except (MemoryError, RecursionError):
        return None
    else:
        return None
    try:
        _parse_python(plain)
    except SyntaxError as error:
        return CodeProblem(line=error.lineno or 1, message=_PSEUDO, note=True)
    except (ValueError, MemoryError, RecursionError):
        return CodeProblem(line=1, message=_PSEUDO, note=True)
    return None


def _parse_python(code: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about `"\d"`, with an internal name for the file
        ast.parse(code)


def _check_yaml(code: str) -> CodeProblem | None:
    import yaml  # noqa: PLC0415  only where a document has a YAML fence

    try:
        # libyaml is twenty times as fast, but says less of what it refuses, and refuses a bit more.
        for _ in yaml.parse(code, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.YAMLError as error:
        deep = code.count("[") + code.count("{") > _MAX_BRACKETS
        if deep and isinstance(error, yaml.MarkedYAMLError):
            return _problem_at_mark(error)
        return _read_yaml_again(code)
    return None


def _problem_at_mark(error: "yaml.MarkedYAMLError") -> CodeProblem:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return CodeProblem(line=line, message=str(error.problem or error))


def _read_yaml_again(code: str) -> CodeProblem | None:
    import yaml  # noqa: PLC0415

    try:
        for _ in yaml.parse(code, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return _problem_at_mark(error)
    except yaml.YAMLError as error:
        return CodeProblem(line=1, message=str(error).split("\n")[0])
    return None


def _check_sql(code: str) -> CodeProblem | None:
    import logging  # noqa: PLC0415

    import sqlglot  # noqa: PLC0415  150 ms, only where a document has an SQL fence
    from sqlglot.errors import ParseError, SqlglotError  # noqa: PLC0415

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for dialect in ("postgres", "mysql", "sqlite", "tsql"):
        try:
            sqlglot.parse(code, read=dialect)
        except ParseError as error:
            first = error.errors[0] if error.errors else {}
            if dialect == "postgres":
                found = CodeProblem(
                    line=int(first.get("line") or 1), message=str(first.get("description") or error)
                )
        except RecursionError:  # how deep is too deep is the interpreter's
            return None
        except SqlglotError as error:
            if dialect == "postgres":
                found = CodeProblem(line=1, message=str(error).split("\n")[0])
        else:
            return None
    return found


def _check_mermaid(code: str) -> CodeProblem | None:
    try:
        import merman  # noqa: PLC0415  an extra; without it Mermaid is not checked
    except ImportError:
        return None
    result = merman.Merman().validate(code, None)
    if result.valid:
        return None
    # The parser is wrong about one diagram in thirty: what it says is a hint.
    return CodeProblem(line=1, message=str(result.error).split("\n")[0], note=True)


_PARSERS: dict[str, Callable[[str], CodeProblem | None]] = {
    "json": _check_json,
    "mermaid": _check_mermaid,
    "py": _check_python,
    "python": _check_python,
    "sql": _check_sql,
    "yaml": _check_yaml,
    "yml": _check_yaml,
}
