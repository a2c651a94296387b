"""What answers say of the repository: paths that nobody gave are marked, or go back."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.compose import settle_answer
from assistant.prompting.answer import read_answer
from assistant.prompting.claims import find_unknown_paths, mark_unknown_paths
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.request import SectionRequest, Want
from assistant.repo.files import Repository

HERE = Repository(files=frozenset({"src/a.py", "docs/x.md"}), absent=frozenset({"gone", "Other"}))
PROSE = Want(key="overview", kind="prose", label="", words=40)
ITEMS = Want(key="goals", kind="items", label="", words=40)
CODE = Want(key="code", kind="code", label="", words=40, language="text")


def asked(*wants: Want) -> SectionRequest:
    return SectionRequest(id="x", title="X", path=("X",), guidance="", wants=wants)


def test_nothing_is_said_where_nothing_is_known() -> None:
    """Without a repository no path is a claim."""
    assert find_unknown_paths("`src/b.py`", Repository(), "") == ()


def test_made_up_path_goes_back_to_the_model() -> None:
    """A path that nobody gave and that is not there is a flaw; others are none."""
    text = "The handler `src/b.py` calls `src/a.py` and `lib/given.py`, unlike `src/c.py`."
    answer = read_answer(text, asked(PROSE), "see lib/given.py", HERE)

    assert [flaw.key for flaw in answer.flaws] == ["overview", "overview"]
    assert '"src/b.py"' in answer.flaws[0].sentence
    assert '"src/c.py"' in answer.flaws[1].sentence
    assert read_answer(text, asked(PROSE), "see lib/given.py").flaws == ()


def test_what_stays_is_marked() -> None:
    """A made-up path gets a word behind its code span or link; a given or marked one does not."""
    text = "`src/b.py`, [`src/c.py`](x), `src/a.py`.\n\nCreate `src/d.py`.\n\nGiven: `src/e.py`."
    expected = (
        "`src/b.py` (proposed), [`src/c.py`](x), `src/a.py`.\n\nCreate `src/d.py`.\n\n"
        "Given: `src/e.py`."
    )

    both = expected.replace("(x),", "(x) (proposed),")
    assert mark_unknown_paths(text, HERE, "src/e.py") == both


def test_answers_are_marked_but_for_code() -> None:
    """Every text of an answer is marked, what the brief gave too; code is left as it is."""
    subject = DocumentSubject(description="d", kind="feature", repository=HERE)
    answer = read_answer(
        '{"goals": ["Keep `src/b.py` small."], "code": "cat `src/b.py`"}',
        asked(ITEMS, CODE),
        "d src/b.py",
        HERE,
    )
    done = settle_answer(answer, asked(ITEMS, CODE), subject, "src/b.py")

    assert answer.flaws == ()
    assert done.values[0].items == ("Keep `src/b.py` (proposed) small.",)
    assert done.values[1].text == "cat `src/b.py`"


_PIECES = (
    "`src/b.py`",
    "`src/a.py`",
    "[`src/c.py`](x)",
    "**`lib/d/`**",
    "word",
    ". Next",
    "\n\n",
    "\n- ",
    "|",
    "`",
    "``",
    "new",
    "<!--",
    "-->",
    "\n> ",
    "add to",
    "](y)",
    "\r\n",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_marking_adds_and_nothing_else(pieces: list[str]) -> None:
    """Marked text says no unknown path any more, and without the marks it is what it was."""
    text = " ".join(pieces)
    done = mark_unknown_paths(text, HERE, "")

    assert find_unknown_paths(done, HERE, "") == ()
    assert done.replace(" (proposed)", "") == text
