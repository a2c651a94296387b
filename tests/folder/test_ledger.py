"""The cache of a folder's summaries."""

import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.folder import ledger
from assistant.folder.ledger import DocumentRow, Ledger


def row(name: str, stamp: str = "1", digits: str = "1", title: str = "A") -> DocumentRow:
    return DocumentRow(name, stamp, digits, "Draft", title, "2026-01-02", "", 0, 1)


ROWS = (
    row("001_a.md", "1 2 3 4", "001"),
    DocumentRow("2_ö.md", "5", "2", "", "Ö", "", "", None, None),
)
KNOWN = Ledger(statuses=("Draft", "In Review"), rows=ROWS)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A ledger comes back as it was, under its key and under no other."""
    file = tmp_path / "new" / "x.txt"

    ledger.write_ledger(file, "key", KNOWN)

    assert ledger.read_ledger(file, "key") == KNOWN
    assert ledger.read_ledger(file, "other") is None
    assert names(file.parent) == ["x.txt"]


@pytest.mark.parametrize(
    "rows",
    [
        (),
        ROWS[:1],
        ROWS[1:],
        (DocumentRow("x.md", "1", "", "", "", "", "", None, None),),
        (row("7.md", digits="0007", title="x" * 200), *ROWS, row("\udcff.md", title="ü'\"\\")),
    ],
)
def test_rows_of_any_kind_come_back(tmp_path: Path, rows: tuple[DocumentRow, ...]) -> None:
    """None, one or more; empty fields, bytes that are no text, and counts that nobody knows."""
    ledger.write_ledger(tmp_path / "x.txt", "key", Ledger(rows=rows))

    assert ledger.read_ledger(tmp_path / "x.txt", "key") == Ledger(rows=rows)


@pytest.mark.parametrize(
    "body",
    [
        "key\n\n",
        "key\n\na.md\n",
        "key\n\na.md\tb.md\n" + "1\n" * 8,
        "key\n\n" + "a\n" * 9,
        "key\n\n" + "1\n" * 10,
    ],
)
def test_a_checksum_that_somebody_made_right(tmp_path: Path, body: str) -> None:
    """Too few or too many lines, lines of unequal length or counts that are no numbers: no rows."""
    file = tmp_path / "x.txt"
    file.write_text(f"draft cache 1 {zlib.crc32(body.encode()):08x}\n{body}")

    assert ledger.read_ledger(file, "key") is None


def test_what_may_not_be_believed_is_not_kept(tmp_path: Path) -> None:
    """A row without a stamp, or with a name that would break a line, stays out."""
    odd = (row("1_a.md", stamp=""), row("2_a\tb.md"), row("3_a\nb.md"))

    ledger.write_ledger(tmp_path / "x.txt", "key", Ledger(statuses=(), rows=(*odd, *ROWS)))

    assert ledger.read_ledger(tmp_path / "x.txt", "key") == Ledger(statuses=(), rows=ROWS)


@given(st.data())
def test_damage_is_never_believed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A file that was cut, or of which any byte is another, is as good as none."""
    file = tmp_path_factory.mktemp("cache") / "x.txt"
    ledger.write_ledger(file, "key", KNOWN)
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    file.write_bytes(
        data.draw(
            st.sampled_from(
                (
                    whole[:at],
                    whole[:at] + bytes([byte]) + whole[at + 1 :],
                    whole + bytes([byte]),
                    b"\0" * len(whole),
                )
            )
        )
    )

    assert ledger.read_ledger(file, "key") is None


def test_unusable_places_are_none(tmp_path: Path) -> None:
    """A folder, or nothing, under the file's name is no ledger, and no error."""
    assert ledger.read_ledger(tmp_path, "key") is None
    assert ledger.read_ledger(tmp_path / "none.txt", "key") is None
    (tmp_path / "file").touch()

    ledger.write_ledger(tmp_path / "file" / "x.txt", "key", KNOWN)

    assert names(tmp_path) == ["file"]


def test_any_number_of_writers(tmp_path: Path) -> None:
    """Whoever reads while others write gets one of what they wrote, whole."""
    file = tmp_path / "x.txt"
    kinds = [Ledger(statuses=(str(n),), rows=ROWS * (n + 1)) for n in range(8)]
    ledger.write_ledger(file, "key", kinds[0])

    def work(known: Ledger) -> bool:
        ledger.write_ledger(file, "key", known)
        return ledger.read_ledger(file, "key") in kinds

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, kinds * 4))
    assert names(tmp_path) == ["x.txt"]


def test_cache_is_bounded(tmp_path: Path) -> None:
    """Of very many folders only the newest ledgers stay, and nothing of a killed process does."""
    left = tmp_path / ".draft-1-0.tmp"
    left.touch()
    os.utime(left, (1, 1))
    for number in range(70):
        path = tmp_path / f"{number}.txt"
        path.touch()
        os.utime(path, (number + 1, number + 1))

    ledger.write_ledger(tmp_path / "x.txt", "key", KNOWN)

    kept = names(tmp_path)
    assert len(kept) == 64
    assert {"x.txt", "69.txt"} <= set(kept)
    assert not {"0.txt", left.name} & set(kept)
