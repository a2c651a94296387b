"""Whether what stands in a fence parses, in words that every Python has."""

import json
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.markdown.code import CodeProblem, check_code


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ('{\n  "a": 1,\n}', 2, 'no comma belongs before the closing "}"'),
        ("[1,\n\n]", 1, 'no comma belongs before the closing "]"'),
        ('{"a": 1\n "b": 2}', 2, "a comma is missing before this"),
        ('{"a" 1}', 1, "a colon belongs between a key and its value"),
        ('{"a":\n}', 2, "the key has no value"),
        ("{a: 1}", 1, "a key in double quotes belongs here"),
        ("{\n'a': 1}", 2, "a key in double quotes belongs here"),
        ("['a']", 1, "a string belongs in double quotes"),
        ('{"a": 1, // one\n}', 1, "JSON has no comments"),
        ("[1 # one\n]", 1, "JSON has no comments"),
        ("[/* none */]", 1, "JSON has no comments"),
        ("\n[1, 2\n", 2, 'this "[" is never closed'),
        ('{"a": {"b": 1}', 1, 'this "{" is never closed'),
        ('{"a": 1]', 1, 'this "]" closes nothing'),
        ("1 }", 1, "the value has ended before this"),
        ('{"a": 1}\n{"a": 2}', 2, "the value has ended before this"),
        ('{"a": 1,\n "a": 2}', 2, 'the key "a" stands twice'),
        ('{"a": "b\nc"}', 1, "this string is not closed on its line"),
        ('{"a": "b', 1, "this string is not closed on its line"),
        ('{"a": "\\d"}', 1, '"\\d" is no escape of JSON'),
        ('{"a": "b\tc"}', 1, "a control character in a string: write it as an escape"),
        ('{"a": True}', 1, '"True" is no value of JSON'),
        ('{"a": NaN}', 1, '"NaN" is no value of JSON'),
        ('{"a": 01}', 1, '"01" is no value of JSON'),
        ('{"a": <id>}', 1, '"<" is no value of JSON'),
        ("[,]", 1, '"," is no value of JSON'),
    ],
)
def test_json_is_refused_where_the_fault_is(code: str, line: int, message: str) -> None:
    """The place and the words are the program's own, and so alike with each Python."""
    assert check_code("json", code) == CodeProblem(line=line, message=message)


@pytest.mark.parametrize(
    "code",
    [
        "{}",
        "[[], {}]",
        ' {"a": [1, -2.5e3, null, "\\u00e9\\n"]} ',
        "0",
        '"x"',
        "\n",
        "[" * 5000 + "]" * 5000,
        "1" * 6000,
    ],
)
def test_json_is_taken(code: str) -> None:
    """What is JSON has no fault, however deep it is or long its numbers are."""
    assert check_code("json", code) is None


def refused(name: str) -> None:
    raise ValueError(name)


@given(
    st.lists(
        st.sampled_from(
            [*'{}[],:"\\ \n\t0', "1", "-", ".5", "e3", '"a"', '"b"', '"\\u12', "true", "//", "NaN"]
        ),
        max_size=12,
    )
)
@settings(max_examples=500, deadline=None)
def test_json_is_what_the_library_takes(pieces: list[str]) -> None:
    """Nothing is refused that the standard library takes, but for keys that stand twice."""
    code = "".join(pieces)
    if not code.strip():
        return
    problem = check_code("json", code)
    try:
        json.loads(code, parse_constant=refused)
    except ValueError:
        assert problem is not None
    else:
        assert problem is None or "stands twice" in problem.message


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("if this", 1),
        ("x = 1\ncheck the token\n", 2),
        ("def f(a):\n    return (a,\n", 2),
        ('print(f"{a} of {b:>3}")\nthen stop\n', 2),
        ("x = '''a\nb\n", 1),
        ("a\0b", 1),
    ],
)
def test_python_is_refused_in_our_words(code: str, line: int) -> None:
    """What no Python takes is a note at its line, without an internal name."""
    assert check_code("python", code) == CodeProblem(
        line=line, message="it may be pseudocode", note=True
    )


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        'x = f"{a["b"]}"',
        'x = f"{a["b"]}"\nthen stop\n',
        "type X = int",
        "def f[T](a: T) -> T: ...",
        "class A[T]: ...",
        "try:\n    pass\nexcept A, B:\n    pass\n",
        "x = t'{a}'",
        'x = f"""\n{a +\n1}\n"""\n',
    ],
)
def test_python_that_some_versions_take(code: str) -> None:
    """Of syntax that is newer than the oldest Python that runs this, nothing is said by any."""
    assert check_code("python", code) is None


def test_python_warns_of_nothing() -> None:
    """A string that Python warns of is no business of the terminal's."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert check_code("python", 'x = "\\d"\n') is None

    assert caught == []


def test_sql_that_is_too_deep() -> None:
    """How deep is too deep differs from Python to Python: nothing is said of it."""
    assert check_code("sql", "SELECT " + "(" * 20_000 + "1" + ")" * 20_000) is None
