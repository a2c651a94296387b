"""Whether what stands in a fence parses in the fence's language."""

import ast
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_OPEN = 500  # brackets in YAML from which on PyYAML's own scanner takes time by their square


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Where code does not parse and why.

    `line` counts from 1 in the fence. A `note` is no error: pseudocode, or a parser that is known
    to be wrong now and then.
    """

    line: int
    message: str
    note: bool = False


def check(language: str, code: str) -> Problem | None:
    """What is wrong with the code, or None: it parses, or nobody here can say."""
    parser = _PARSERS.get(language)
    return parser(code) if parser and code.strip() else None


def _json(code: str) -> Problem | None:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        known = dict(pairs)
        if len(known) < len(pairs):
            twice = next(key for key, count in Counter(k for k, _ in pairs).items() if count > 1)
            raise ValueError(f'the key "{twice}" stands twice')
        return known

    def constant(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    try:
        json.loads(code, object_pairs_hook=unique, parse_constant=constant)
    except json.JSONDecodeError as error:
        return Problem(line=error.lineno, message=error.msg)
    except (ValueError, RecursionError) as error:
        return Problem(line=1, message=str(error))
    return None


def _python(code: str) -> Problem | None:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else 1
        return Problem(line=line or 1, message=f"{error} (pseudocode?)", note=True)
    return None


def _yaml(code: str) -> Problem | None:
    import yaml  # noqa: PLC0415  only where a document has a YAML fence

    try:
        # libyaml is twenty times as fast, but says less of what it refuses, and refuses a bit more.
        for _ in yaml.parse(code, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except (yaml.YAMLError, RecursionError) as error:
        deep = code.count("[") + code.count("{") > _OPEN
        if deep and isinstance(error, yaml.MarkedYAMLError):
            return _marked(error)
        return _yaml_problem(code)
    return None


def _marked(error: "yaml.MarkedYAMLError") -> Problem:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return Problem(line=line, message=str(error.problem or error))


def _yaml_problem(code: str) -> Problem | None:
    import yaml  # noqa: PLC0415

    try:
        for _ in yaml.parse(code, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return _marked(error)
    except (yaml.YAMLError, RecursionError) as error:
        return Problem(line=1, message=str(error).split("\n")[0])
    return None


def _sql(code: str) -> Problem | None:
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
                found = Problem(
                    line=int(first.get("line") or 1), message=str(first.get("description") or error)
                )
        except (SqlglotError, RecursionError) as error:
            if dialect == "postgres":
                found = Problem(line=1, message=str(error).split("\n")[0])
        else:
            return None
    return found


def _mermaid(code: str) -> Problem | None:
    try:
        import merman  # noqa: PLC0415  an extra; without it Mermaid is not checked
    except ImportError:
        return None
    result = merman.Merman().validate(code, None)
    if result.valid:
        return None
    # The parser is wrong about one diagram in thirty: what it says is a hint.
    return Problem(line=1, message=str(result.error).split("\n")[0], note=True)


_PARSERS: dict[str, Callable[[str], Problem | None]] = {
    "json": _json,
    "mermaid": _mermaid,
    "py": _python,
    "python": _python,
    "sql": _sql,
    "yaml": _yaml,
    "yml": _yaml,
}
