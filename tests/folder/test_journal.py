"""Answers outlive the process that paid for them, and are gone when they are in a document."""

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.folder import journal
from assistant.folder.journal import Journal, digest_parts, find_journal
from tests.support.journals import list_left

KEY = digest_parts("draft", "bug: login timeout")

RUN = """
import sys
from pathlib import Path
from assistant.folder.journal import Journal
journal = Journal.open(sys.argv[1], {"description": "x"}, state=Path(sys.argv[2]))
for number in range(100000):
    journal.record(f"section {number}", "word " * 200)
    print(number, flush=True)
"""


def files(state: Path) -> list[Path]:
    return sorted((state / "journal").iterdir())


def leave(state: Path, key: str = KEY, **entries: str) -> None:
    """An unfinished run."""
    left = Journal.open(key, {"description": "x"}, state=state)
    for name, text in entries.items():
        left.record(name, text)
    left.close()


def test_an_unfinished_run_goes_on(tmp_path: Path) -> None:
    """The answers of a run that ended half-way are found under its key, and can be added to."""
    leave(tmp_path, brief="a brief", goals="old goals")

    again = find_journal(KEY, state=tmp_path)
    assert again
    assert again.durable
    assert again.entries == {"brief": "a brief", "goals": "old goals"}
    again.record("goals", "new goals")
    again.close()

    third = find_journal(KEY, state=tmp_path)
    assert third
    assert third.entries == {"brief": "a brief", "goals": "new goals"}
    third.close()


def test_a_finished_run_leaves_nothing(tmp_path: Path) -> None:
    """When its answers are in a document, neither journal nor lock is left."""
    run = Journal.open(KEY, {}, state=tmp_path)
    run.record("a", "b")
    run.finish()

    assert files(tmp_path) == []
    assert find_journal(KEY, state=tmp_path) is None
    assert run.entries == {"a": "b"}


def test_the_key_is_the_whole_key(tmp_path: Path) -> None:
    """A run of anything else is not found, however the parts of the key are split."""
    leave(tmp_path, digest_parts("ab", "c"), a="b")

    assert find_journal(digest_parts("a", "bc"), state=tmp_path) is None
    assert find_journal(KEY, state=tmp_path / "nowhere") is None


def test_a_held_journal_is_left_alone(tmp_path: Path) -> None:
    """Two runs of the same key have a journal each, and neither sees the other's as unfinished."""
    first = Journal.open(KEY, {}, state=tmp_path)
    first.record("a", "first")
    assert find_journal(KEY, state=tmp_path) is None
    assert list_left(state=tmp_path) == ()

    second = Journal.open(KEY, {}, state=tmp_path)
    second.record("a", "second")
    second.record("b", "second")
    first.close()
    second.close()

    best = find_journal(KEY, state=tmp_path)
    assert best
    assert best.entries == {"a": "second", "b": "second"}
    assert [one.answers for one in list_left(state=tmp_path)] == [1]
    best.finish()


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1])
def test_what_a_killed_process_recorded_is_there(seconds: float, tmp_path: Path) -> None:
    """Every answer that was recorded before kill -9 is found afterwards, whole."""
    arguments = [sys.executable, "-c", RUN, KEY, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        said = 1 + len(process.stdout.read().splitlines())

    [left] = list_left(state=tmp_path)
    assert left.about == {"description": "x"}
    again = find_journal(KEY, state=tmp_path)
    assert again
    assert said <= len(again.entries) <= said + 1
    assert set(again.entries.values()) == {"word " * 200}
    again.finish()
    assert files(tmp_path) == []


@given(st.integers(0, 400), st.binary(max_size=8))
def test_a_torn_end_costs_the_last_answer_only(cut: int, junk: bytes) -> None:
    """Wherever the file is cut off, and whatever follows, answers before and after are kept."""
    import tempfile  # noqa: PLC0415  # a fresh folder for every example

    with tempfile.TemporaryDirectory() as made:
        state = Path(made)
        leave(state, a="1" * 50)
        path = next((state / "journal").glob("*.jsonl"))
        before = path.stat().st_size
        again = find_journal(KEY, state=state)
        assert again
        again.record("b", "2" * 200)
        again.close()
        content = path.read_bytes()
        path.write_bytes(content[: before + min(cut, len(content) - before)] + junk)

        torn = find_journal(KEY, state=state)
        assert torn
        assert torn.entries["a"] == "1" * 50
        assert torn.entries.get("b", "2" * 200) == "2" * 200
        torn.record("c", "3")
        torn.close()

        last = find_journal(KEY, state=state)
        assert last
        assert last.entries == torn.entries
        last.close()


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    """An answer comes back as it was, line breaks and odd characters and all."""
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as made:
        leave(Path(made), a=text + "\udc80\0\u2028")

        again = find_journal(KEY, state=Path(made))
        assert again
        assert again.entries["a"] == text + "\udc80\0\u2028"
        again.close()


def test_a_key_is_never_written(tmp_path: Path) -> None:
    """Secrets are replaced wherever they stand, in the file and in what is handed on."""
    run = Journal.open(KEY, {"sk-12345": "x sk-12345"}, secrets=("sk-12345", ""), state=tmp_path)
    run.record("sk-12345", "use sk-12345 here")
    run.close()

    [path] = (tmp_path / "journal").glob("*.jsonl")
    assert b"12345" not in path.read_bytes()
    assert run.entries == {"[secret]": "use [secret] here"}


def test_nobody_else_may_look(tmp_path: Path) -> None:
    """The folder is its owner's only, even where it was made otherwise, and so are the files."""
    (tmp_path / "journal").mkdir(mode=0o755)
    leave(tmp_path, a="b")

    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path)} == {0o600}


def test_a_state_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Without a place on the disk a run goes on in memory, and says so."""
    (tmp_path / "state").write_text("a file")

    run = Journal.open(KEY, {"a": "b"}, state=tmp_path / "state")
    run.record("a", "b")

    assert not run.durable
    assert "not kept on the disk" in run.note
    assert run.entries == {"a": "b"}
    run.finish()


def test_a_disk_that_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is half on a full disk spoils neither the run nor the answers around it."""
    run = Journal.open(KEY, {}, state=tmp_path)
    run.record("a", "1")
    with monkeypatch.context() as patch:
        patch.setattr(journal, "os", filling(os.write))
        run.record("b", "2")
    run.record("c", "3")

    assert not run.durable
    assert run.entries == {"a": "1", "b": "2", "c": "3"}
    run.close()
    again = find_journal(KEY, state=tmp_path)
    assert again
    assert again.entries == {"a": "1", "c": "3"}
    again.close()


def filling(write: Callable[[int, bytes], int]) -> SimpleNamespace:
    """A disk with room for ten bytes more."""

    def ten(descriptor: int, data: memoryview) -> int:
        if len(data) < 30:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, bytes(data[:10]))

    return SimpleNamespace(**{**vars(os), "write": ten})


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    """The oldest unfinished journals go when there are too many; one that is held stays."""
    held = Journal.open("held", {}, state=tmp_path)
    held.record("a", "b")
    for path in (tmp_path / "journal").glob("*.jsonl"):
        os.utime(path, (0, 0))
    for number in range(journal.MOST_JOURNALS + 5):
        leave(tmp_path, digest_parts(str(number)), a="b")

    assert len(list_left(state=tmp_path)) <= journal.MOST_JOURNALS
    assert find_journal(digest_parts("0"), state=tmp_path) is None
    held.close()
    again = find_journal("held", state=tmp_path)
    assert again
    again.close()


def test_old_and_large_ones_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of more than thirty days, or beyond the bound for all, goes with the next run."""
    leave(tmp_path, "old", a="b")
    for path in (tmp_path / "journal").glob("*.jsonl"):
        os.utime(path, (time.time() - journal.OLDEST_SECONDS - 60,) * 2)
    leave(tmp_path, "large", a="b" * 5000)
    assert [one.key for one in list_left(state=tmp_path)] == ["large"]

    monkeypatch.setattr(journal, "MOST_JOURNAL_BYTES", 4000)
    leave(tmp_path, "small", a="b")
    assert [one.key for one in list_left(state=tmp_path)] == ["small"]
    assert len(files(tmp_path)) == 2


def test_what_is_no_journal_is_passed_over(tmp_path: Path) -> None:
    """Files that hold something else stop nothing, and are not listed."""
    leave(tmp_path, a="b")
    folder = tmp_path / "journal"
    (folder / "x.jsonl").write_bytes(b"\x00\xff\n[]\n")
    (folder / "y.jsonl").write_text(json.dumps({"id": "a", "text": "b"}) + "\n")
    (folder / "z.jsonl").mkdir()

    assert len(list_left(state=tmp_path)) == 1


def test_a_run_without_answers_is_not_unfinished(tmp_path: Path) -> None:
    """A run that ended before its first answer has nothing to go on from."""
    leave(tmp_path)

    assert list_left(state=tmp_path) == ()


def test_an_answer_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is not only written but forced to the disk before `record` returns."""
    forced: list[bytes] = []
    journal = Journal.open("k", {}, state=tmp_path)
    path = journal.path
    assert path is not None
    monkeypatch.setattr(os, "fsync", lambda _descriptor: forced.append(path.read_bytes()))

    journal.record("Goals", "Said.")

    assert forced == [path.read_bytes()]
    assert b"Said." in forced[0]


def test_a_failing_disk_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever listens hears once that answers are no longer kept."""
    told: list[str] = []
    journal = Journal.open("k", {}, state=tmp_path)
    journal.tell(told.append)
    assert told == []

    def full(*_words: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    journal.record("Goals", "Said.")
    journal.record("Risks", "Said.")

    assert told == [journal.note]
    assert "No space left" in told[0]
