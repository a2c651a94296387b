"""What a document says of the repository around it: paths and symbols that are not there."""

from pathlib import Path

from assistant.lint.rule import Finding
from assistant.markdown.document import parse_document
from assistant.repo.files import Repository
from tests.support.rules import Known, check_in

HERE = Repository(files=frozenset({"src/a.py", "docs/x.md"}), absent=frozenset({"gone", "Other"}))


def found(text: str, repository: Repository = HERE) -> list[Finding]:
    return check_in(Path("x.md"), parse_document(text), Known(repository))


def test_finding_points_at_the_path() -> None:
    """A finding has the path's place and width, its section, and a file of the same name."""
    first, second = found("# Top\n\nAs in `lib/a.py:7`, or `src/b.py`.\n")

    assert (first.code, first.severity, first.line, first.column) == ("D801", "note", 3, 8)
    assert (second.severity, second.width, second.section) == ("warning", 8, "Top")
    assert "`src/b.py` is not in the repository" in second.message


def test_file_of_the_same_name_is_offered() -> None:
    """Where one file has the name, the finding says where it is."""
    (one,) = found("See `docs/a.py`.")

    assert "There is `src/a.py`." in one.message


def test_symbols() -> None:
    """A symbol is reported where a part of it occurs nowhere, and not where it is proposed."""
    text = "Call `gone()` or `Order.gone`.\n\nA new `Other.run` is added.\n"

    assert [one.code for one in found(text)] == ["D802", "D802"]


def test_nothing_is_said_where_nothing_is_known() -> None:
    """Without a repository no path and no symbol is reported."""
    assert not found("`src/b.py` and `gone()`", Repository())
