"""Errors of the command line: what is wrong with its words, and which are meant."""

import pytest

from tests.support.program import Draft


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("status",), "draft status --help"),
        (("fill", "7", "--secton", "x"), "Did you mean --section?"),
        (("fill", "7", "--explain", "x"), "It is an option of `draft check`."),
        (("fill", "7", "--force"), "draft fill --help"),
        (("fill", "7", "--output", "x.md"), "draft fill --help"),
        (("check", "--format", "xml"), "draft check --help"),
        (("list", "x"), "draft list --help"),
        (("a bug", "--supercedes", "7"), "Did you mean --supersedes?"),
        (("a bug", "--concurrency", "many"), "draft new --help"),
        (("--nonsense",), "draft new --help"),
        (("chek",), "`draft check`"),
        (("check", "list"), "Did you mean --list?"),
        (("check", "explain", "D104"), "Did you mean --explain?"),
        (("fill", "section", "Risks"), "draft fill --help"),
        (("suggest", "apply"), "Did you mean --apply?"),
        (("fill", "7", "--section"), "draft fill --help"),
        (("fill", "7", "--section"), "--section takes a value."),
        (("fill",), "DOC is missing."),
        (("a bug", "--concurrency", "many"), '--concurrency: "many" is no whole number.'),
        (("a bug", "--timeout", "soon"), '--timeout: "soon" is no number.'),
        (("fill", "the", "gaps"), "`draft new fill the gaps`"),
        (("list", "all", "users"), "`draft new list all users`"),
        (("status", "update"), "`draft new status update`"),
        (("renumber", "the", "pages"), "`draft new renumber the pages`"),
        (("--init",), "Did you mean `draft init`?"),
        (("check", ""), "the name of a document is empty."),
        (("fill", ""), "the name of a document is empty."),
    ],
)
def test_wrong_usage_names_the_right_help(words: tuple[str, ...], hint: str, draft: Draft) -> None:
    """Wrong words are answered with the command's own help, and with the nearest right word."""
    ran = draft(*words)

    assert (ran.code, ran.out) == (2, "")
    assert hint in " ".join(ran.err.split())


def test_documents_that_are_words(draft: Draft) -> None:
    """Words behind `check` of which none is a file may be a description."""
    assert "`draft new check the login flow`" in draft("check", "the", "login", "flow").err
    assert "draft new" not in draft("check", "login.md", "flow.md").err


@pytest.mark.parametrize("words", [("fill", "1", "2"), ("list", "docs/x.md"), ("status", "1")])
def test_a_document_is_no_description(words: tuple[str, ...], draft: Draft) -> None:
    """Numbers and names of files behind a command are never taken for a description."""
    assert "draft new" not in draft(*words).err
