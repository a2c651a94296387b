"""The pure part of a streamed answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.stream import (
    ErrorEvent,
    EventSplitter,
    NotAnApi,
    StreamedAnswer,
    mend_surrogates,
    split_thinking,
)


def part(text: str, finish: str | None = None) -> bytes:
    """Return one event of an answer."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]}, ensure_ascii=False)}\n\n".encode()


def gathered(*received: bytes) -> StreamedAnswer:
    """Return the answer that these reads from the network make."""
    answer = StreamedAnswer()
    for one in received:
        answer.feed(one)
    answer.end()
    return answer


@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1),
    st.integers(min_value=1, max_value=9),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cuts(texts: list[str], size: int, end: str) -> None:
    """An answer is the same wherever the network cut it and however its lines end."""
    wire = b"".join(part(one) for one in texts).replace(b"\n", end.encode())

    answer = gathered(*(wire[start : start + size] for start in range(0, len(wire), size)))

    assert answer.result()[0] == split_thinking("".join(texts))[1]


def test_line_separator() -> None:
    """A line separator (U+2028) inside an answer ends no line."""
    assert gathered(part("a\u2028b\x85c", "stop")).result()[0] == "a\u2028b\x85c"


def test_comments_and_other_fields() -> None:
    """Comments, names and numbers of events are passed over."""
    wire = b"\xef\xbb\xbf: ping\n\nevent: message\nid: 7\nretry: 10\n" + part("a", "stop")

    answer = gathered(wire)

    assert answer.result() == ("a", "", "stop")


def test_a_mark_before_the_first_event() -> None:
    """A byte order mark before the data is passed over, with or without a blank after the colon."""
    event = part("a", "stop").removeprefix(b"data: ")

    for start in (b"\xef\xbb\xbfdata: ", b"\xef\xbb\xbfdata:"):
        assert gathered(start + event).result() == ("a", "", "stop")


def test_several_data_lines() -> None:
    """Data on several lines is one event."""
    assert EventSplitter().feed(b"data: {\ndata:}\n\n") == [b"{\n}"]


def test_last_event_unfinished() -> None:
    """The last event counts without an empty line behind it."""
    assert gathered(part("a", "stop"), b"data: [DONE]").done


def test_half_an_event() -> None:
    """The half of an event that a broken connection leaves is no complete answer and no error."""
    assert not gathered(part("a"), part("b")[:20]).complete


@pytest.mark.parametrize("finish", ["length", "max_tokens", "model_length"])
def test_length(finish: str) -> None:
    """Every name for a cut-off answer is read as one."""
    assert gathered(part("a", finish)).result()[2] == "length"


def test_failed_finish() -> None:
    """A finish reason that reports a failure completes nothing."""
    assert not gathered(part("a", "error")).complete


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>why</think>\n\nso", ("why", "so")),
        ("\n<think>\nwhy", ("why", "")),
        ("so <think>why</think>", ("", "so <think>why</think>")),
        ("plain", ("", "plain")),
    ],
)
def test_think(text: str, expected: tuple[str, str]) -> None:
    """Only a leading block of thoughts is set aside, and an unclosed one holds everything."""
    assert split_thinking(text) == expected


def test_list_content() -> None:
    """Content that comes as typed parts is joined."""
    delta = {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    data = json.dumps({"choices": [{"delta": delta}]}).encode()

    assert gathered(b"data: " + data + b"\n\n").result()[0] == "ab"


@pytest.mark.parametrize("body", [b"<html>no</html>", b"[1]", b"{}", b"data: nonsense\n\n", b"7"])
def test_not_an_api(body: bytes) -> None:
    """What is no chat completion is said to be none, with its start."""
    with pytest.raises(NotAnApi) as caught:
        gathered(body)

    assert caught.value.sample[:4] in body.decode()


def test_error_event() -> None:
    """An error inside a stream is raised."""
    with pytest.raises(ErrorEvent):
        gathered(part("a"), b'data: {"error": {"message": "no"}}\n\n')


def test_llama_timings() -> None:
    """Where only llama.cpp's timings came, they are the count."""
    timings = {"cache_n": 30, "prompt_n": 12, "predicted_n": 5}
    data = json.dumps({"choices": [], "timings": timings}).encode()

    usage = gathered(part("a", "stop"), b"data: " + data + b"\n\n").usage(9, 1, 0)

    assert (usage.prompt, usage.completion, usage.cached, usage.estimated) == (42, 5, 30, False)


def test_surrogates() -> None:
    """Halves of a character are joined where they fit and replaced where they do not."""
    assert mend_surrogates("\ud83d\ude00 \ud83d \udc80") == "😀 \ufffd \ufffd"
