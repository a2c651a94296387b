"""How far a run has come, and how long the rest may take."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.display.course import Course, RunView, extract_readable_text


class Clock:
    """A clock that a test sets."""

    seconds = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


def begun(sections: int = 4, words: int = 50) -> tuple[Course, Clock, list[str]]:
    """A run whose brief is there and whose sections are all asked for."""
    clock = Clock()
    course = Course(now=clock)
    names = [f"Doc > S{number}" for number in range(sections)]
    course.started("brief")
    course.received("brief", 0)
    course.received("brief", 20, "{}")
    course.finished("brief", "")
    course.planned(dict.fromkeys(names, words))
    for name in names:
        course.started(name)
        course.received(name, 0)
    return course, clock, names


def test_what_happens_is_said_in_words() -> None:
    """From the start to the end, the first clause says what happens now."""
    clock = Clock()
    course = Course(now=clock)
    said = [course.view().doing[0]]

    def seen() -> None:
        said.append(", ".join(course.view().doing))

    for done in (0, 50):
        course.phase("loading the model", done, 100)
    seen()
    course.phase("", 0, 0)
    course.started("brief")
    seen()
    course.received("brief", 0)
    seen()
    course.received("brief", 3)
    seen()
    course.received("brief", 4, '{"t')
    seen()
    course.finished("brief", "")
    seen()
    course.planned({"A": 10, "B": 10, "C": 10})
    seen()
    course.started("A")
    course.waiting("A", 7, "busy.")
    seen()
    course.received("A", 0)
    course.started("B")
    course.received("B", 0)
    seen()
    course.received("B", 2, "Words")
    course.received("A", 2)
    seen()
    for name in "ABC":
        course.finished(name, "")
    seen()

    assert said == [
        "starting",
        "loading the model",
        "asking for the brief",
        "asking for the brief: the model reads the prompt",
        "the model thinks about the brief",
        "writing the brief",
        "planning the sections",
        "asking, 3 to come",
        "waiting for the server, 3 to come",
        "the model reads 2 prompts, 1 to come",
        "writing 1 section, thinking about 1, 1 to come",
        "putting the answers together",
    ]


def test_seconds_of_a_wait_count_down() -> None:
    """How long until a request is tried again is counted down, with why; then it is gone."""
    course, clock, names = begun()
    course.waiting(names[0], 3, "too many requests.")
    seen = []
    for _ in range(4):
        seen.append(course.view().remarks)
        clock.seconds += 1

    assert seen[0] == ("trying again in 3 s: too many requests",)
    assert seen[1] == ("trying again in 2 s: too many requests",)
    assert seen[3] == ()


def test_repairs_and_failures_are_remarked() -> None:
    """What is asked again is named with the reason while it is; what failed stays named."""
    course, _, names = begun()
    course.repairing(names[1], ["It says nothing.", "It is short."])
    course.finished(names[2], "the model refused")
    first = course.view().remarks
    course.finished(names[1], "")

    assert first == (
        "asking again for S1: It says nothing.",
        "1 section not written: the model refused",
    )
    assert course.view().remarks == ("1 section not written: the model refused",)


def test_eight_at_once_move_the_bar_though_none_is_finished() -> None:
    """The bar goes by what is here of each section, and an estimate comes of it."""
    course, clock, names = begun(sections=8, words=50)
    seen: list[RunView] = []
    for second in range(1, 9):
        clock.seconds += 1
        for name in names:
            course.received(name, 10 * second, "word " * 10 * second)
        seen.append(course.view())

    shares = [view.share for view in seen]
    assert all(a < b for a, b in pairwise(shares))
    assert {view.done for view in seen} == {0}
    assert 0.5 < shares[-1] < 0.9
    assert (seen[0].left, round(seen[-1].rate)) == (0.0, 80)
    assert 1 <= seen[-1].left < 10


def test_an_estimate_comes_true() -> None:
    """With a steady server, what is left and what has passed come to the whole.

    At first within a half, in the second half of the time within a fifth.
    """
    course, clock, names = begun(sections=20, words=50)
    lengths = {name: 70 + 37 * place % 61 for place, name in enumerate(names)}
    here = dict.fromkeys(names, 0)
    open_ = list(names)
    guesses: list[tuple[float, float]] = []
    begin = clock.seconds
    while open_:  # four at a time, each 20 tokens a second
        clock.seconds += 0.5
        for name in open_[:4]:
            here[name] = min(here[name] + 10, lengths[name])
            course.received(name, here[name], "word " * here[name])
        for name in list(open_[:4]):
            if here[name] == lengths[name]:
                course.finished(name, "")
                open_.remove(name)
        guesses.append((clock.seconds - begin, course.view().left))
    whole = clock.seconds - begin

    told = [(passed, left) for passed, left in guesses if left and passed < 0.9 * whole]
    assert len(told) > len(guesses) / 2
    assert all(abs(passed + left - whole) < whole / 2 for passed, left in told)
    later = [(passed, left) for passed, left in told if passed > whole / 2]
    assert all(abs(passed + left - whole) < whole / 5 for passed, left in later)


def test_a_phase_has_its_own_bar_and_estimate() -> None:
    """Bytes that are done fill the bar, and give an estimate once there is ground for one."""
    course, clock, _ = begun()
    course.phase("joining", 0, 1000)
    first = course.view()
    clock.seconds += 4
    course.phase("joining", 250, 1000)
    second = course.view()
    course.phase("loading", 0, 0)

    assert (first.share, first.left) == (0.0, 0.0)
    assert (second.share, second.left) == (0.25, 12.0)
    assert course.view().share == -1


def test_one_text_is_shown_until_it_ends() -> None:
    """The preview stays with a section while that is written, and then goes to the newest."""
    course, clock, names = begun(sections=3)
    titles = []
    for name in names:
        clock.seconds += 1
        course.received(name, 3, f"This is {name}.")
        titles.append(course.view().title)
    course.finished(names[0], "")
    titles.append(course.view().title)
    for name in names[1:]:
        course.finished(name, "")

    assert titles == ["S0", "S0", "S0", "S2"]
    assert (course.view().title, course.view().text) == ("", "")


def test_a_piece_may_be_a_whole_sentence() -> None:
    """Tokens are counted by the length of the text where a server sends many as one piece."""
    course, _, names = begun()
    before = course.sums()[2]
    course.received(names[0], 2, "x" * 400)

    assert course.sums()[2] - before == 100


EVENT = st.one_of(
    st.tuples(st.just("received"), st.integers(0, 60), st.text(max_size=5)),
    st.tuples(st.just("repairing"), st.just(0), st.just("why")),
    st.tuples(st.just("waiting"), st.integers(0, 9), st.just("busy")),
    st.tuples(st.just("finished"), st.just(0), st.sampled_from(["", "refused"])),
    st.tuples(st.just("started"), st.just(0), st.just("")),
    st.tuples(st.just("phase"), st.integers(0, 9), st.sampled_from(["", "loading"])),
)


@given(st.lists(st.tuples(st.integers(0, 3), EVENT, st.floats(0, 5)), max_size=60))
def test_nothing_runs_backwards(events: list[tuple[int, tuple[str, int, str], float]]) -> None:
    """Whatever happens in whatever order, tokens, sections done and the bar never go down."""
    course, clock, names = begun()
    last = course.view()
    bar = max(0.0, last.share)
    for which, (kind, number, text), seconds in events:
        clock.seconds += seconds
        name = names[which]
        if kind == "received":
            course.received(name, number, text * number)
        elif kind == "repairing":
            course.repairing(name, [text])
        elif kind == "waiting":
            course.waiting(name, number, text)
        elif kind == "finished":
            course.finished(name, text)
        elif kind == "started":
            course.started(name)
        else:
            course.phase(text, number, 9)
        view = course.view()
        assert view.tokens >= last.tokens
        assert view.done >= last.done
        assert view.doing
        assert view.left >= 0
        assert view.rate >= 0
        if view.doing != ("loading",):
            assert view.share >= bar
            bar = view.share
        last = view


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Plain words", "Plain words"),
        (
            '{"goals": ["One goal that is long enough to have its line", "Two',
            ("One goal that is long enough to have its line\nTwo"),
        ),
        ('{"goals": ["One"], "no', "One"),
        ('{"a": {"High": "x\\n', "x"),
        ('[{"name": "A", "n": 3, "b": "\\u00e9\\"q"}', 'A · é"q'),
        ('```json\n{"a": "b"', "b"),
        ('{"a": "\\u00', ""),
        ("{", ""),
        ("", ""),
        ('{"a": "}{", "b": ":,"', "}{ · :,"),
    ],
)
def test_half_an_answer_is_read(said: str, shown: str) -> None:
    """Of JSON the values are shown, of prose all, however little of it is here."""
    assert extract_readable_text(said) == shown


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_can_be_cut_anywhere(value: object) -> None:
    """No half answer breaks the display, and no key of it is taken for what it says."""
    whole = json.dumps({"key-that-is-no-value": value})
    for end in range(0, len(whole), max(1, len(whole) // 20)):
        assert "key-that-is" not in extract_readable_text(whole[:end])
