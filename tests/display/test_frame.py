"""Pictures of a run that fit any terminal."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.display.course import RunView
from assistant.display.frame import (
    ASCII_GLYPHS,
    Glyphs,
    PictureRoom,
    draw_picture,
    format_clock,
    format_remaining,
)
from assistant.text import measure_width

VIEW = RunView(
    seconds=83,
    doing=("writing 8 sections", "the model reads 3 prompts", "10 to come"),
    remarks=("asking again for Rollback Plan: It says what Deployment Strategy says.",),
    share=0.4,
    done=3,
    total=21,
    things="sections",
    tokens=1284,
    rate=61.2,
    left=41,
    title="Goals",
    text="The renewal runs before the handler, so a slow handler cannot outlive its "
    "session. Records are removed by a nightly job, which logs how many it found.",
)


def shown(view: RunView, columns: int, rows: int = 24, glyphs: Glyphs = ASCII_GLYPHS) -> list[str]:
    """The lines of a picture, without their looks."""
    lines = draw_picture(view, PictureRoom(columns=columns, rows=rows, glyphs=glyphs), 0)
    return ["".join(words for words, _ in line) for line in lines]


def test_wide() -> None:
    """A wide terminal has all of it on few lines."""
    figures = "3/21 sections, about 40 s left, 1,284 tokens, 61 tokens/s"
    assert shown(VIEW, 93) == [
        "| writing 8 sections, the model reads 3 prompts, 10 to come" + " " * 30 + "1:23",
        f"  {'#' * 13}{'-' * 20} {figures}",
        "  asking again for Rollback Plan: It says what Deployment Strategy says.",
        "  Goals",
        f"  {VIEW.text[:91].rstrip()}",
        f"  {VIEW.text[91:].strip()}",
    ]


def test_narrow() -> None:
    """At 40 columns, what matters less is left out, and no word is cut in two."""
    assert shown(VIEW, 39) == [
        "| writing 8 sections               1:23",
        "  ######--------- 3/21, about 40 s left",
        "  asking again for Rollback Plan: It…",
        "  Goals",
        "  session. Records are removed by a",
        "  nightly job, which logs how many it",
        "  found.",
    ]


def test_low() -> None:
    """Of few rows, what happens now is the first."""
    assert [len(shown(VIEW, 80, rows)) for rows in range(1, 8)] == [1, 2, 3, 3, 5, 6, 6]
    assert shown(VIEW, 80, 1)[0].startswith("| writing 8 sections")


TEXT = st.text() | st.text("ab \u8a2d\u05d0\u200d\ufe0f\U0001f469\x1b\x9b\u202e\n\t", max_size=300)


@given(
    st.builds(
        RunView,
        seconds=st.floats(0, 1e6),
        doing=st.lists(TEXT, min_size=1, max_size=4).map(tuple),
        remarks=st.lists(TEXT, max_size=3).map(tuple),
        share=st.floats(-1, 1),
        done=st.integers(0, 99),
        total=st.integers(0, 99),
        things=st.just("sections"),
        tokens=st.integers(0, 10**9),
        rate=st.floats(0, 1e5),
        left=st.floats(0, 1e6),
        title=TEXT,
        text=TEXT,
    ),
    st.integers(1, 130),
    st.integers(1, 30),
)
def test_any_picture_fits(view: RunView, columns: int, rows: int) -> None:
    """Whatever is said in whatever script, no line is too wide, none too many, none a command."""
    lines = shown(view, columns, rows)

    assert 1 <= len(lines) <= rows
    assert all(measure_width(line) <= columns for line in lines), lines
    assert not any(set(line) & set("\x1b\n\r\t\x9b\u202e") for line in lines)


@pytest.mark.parametrize("place", ["doing", "remarks", "title", "text"])
def test_no_word_commands_a_terminal(place: str) -> None:
    """What a model or a server says is shown without what a terminal would obey."""
    harm = "a\x1b]0;t\x07 b\x9b31m\u202ec\x08"
    told = (harm,) if place in ("doing", "remarks") else harm
    view = replace(VIEW, **{place: told})  # type: ignore[arg-type]

    said = "".join(shown(view, 80))
    assert "a\ufffd]0;t\ufffd b\ufffd31m\ufffdc\ufffd" in said
    assert not set(said) & set("\x1b\x07\x9b\u202e\x08")


@pytest.mark.parametrize("columns", [39, 79, 119])
def test_no_word_is_broken(columns: int) -> None:
    """Every word that is shown is one that was said, or is cut where an ellipsis says so."""
    told = (*VIEW.doing, *VIEW.remarks, VIEW.text, VIEW.title)
    words = {word.strip(",.") for text in told for word in text.split()}
    lines = shown(VIEW, columns)

    said = [lines[0].rpartition("  ")[0][2:], *(line for line in lines[2:])]
    for line in said:
        for word in line.split():
            assert word.strip(",.…") in words, word


def test_times() -> None:
    """A clock has minutes and seconds, an estimate is no finer than it can be known."""
    assert [format_clock(seconds) for seconds in (0, 9.9, 61, 3725)] == [
        "0:00",
        "0:09",
        "1:01",
        "1:02:05",
    ]
    assert [format_remaining(seconds) for seconds in (2, 12, 42, 57, 100, 600)] == [
        "a few seconds left",
        "about 10 s left",
        "about 40 s left",
        "about 1 min left",
        "about 2 min left",
        "about 10 min left",
    ]
