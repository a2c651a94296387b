"""What a run would send, as a person reads it."""

import json
import shutil
from pathlib import Path

import pytest

from assistant.display.rehearsal import Rehearsal, find_shared_beginning, format_rehearsal
from assistant.llm.model import Message, Prompt
from assistant.llm.prices import Price
from assistant.llm.tokens import TokenCounter
from assistant.terminal.style import StreamLook
from tests.support.paths import SMALL
from tests.support.program import SMALLEST, Draft

RULES = "You are one of many. " * 30
COUNT = TokenCounter(model="unknown")
SERVER = ("--base-url", "http://127.0.0.1:9/v1", *SMALLEST)


def prompt(label: str, said: str, system: str = RULES) -> Prompt:
    messages = (Message(role="system", content=system), Message(role="user", content=said))
    return Prompt(label=label, messages=messages, max_tokens=100)


PROMPTS = (
    prompt("brief", "The subject.\n\nName it.", "You name things."),
    prompt("A Title > Goals", "The subject.\n\nWrite goals."),
    prompt("A Title > Risks", "The subject.\n\nWrite risks."),
    prompt("A Title > Risks > Debt", "The subject.\n\nWrite of debts."),
)


def lines(price: Price | None = None, prompts: tuple[Prompt, ...] = PROMPTS) -> list[str]:
    return list(
        format_rehearsal(Rehearsal(prompts=prompts, counter=COUNT, price=price), StreamLook())
    )


def test_it_begins_with_a_table() -> None:
    """A line for each request stands first: its tokens, and those of its answer; then the sum."""
    table = [line.split("  ") for line in lines()[:6]]

    assert [row[0] for row in table] == [
        "SECTION",
        "brief",
        "Goals",
        "Risks",
        "Risks > Debt",
        "4 requests",
    ]
    sums = [sum(COUNT.count_prompt(one) for one in PROMPTS), 400]
    assert [int(cell.strip(" ~").replace(",", "")) for cell in table[-1][1:] if cell] == sums
    assert lines()[6] == ""


def test_nothing_to_ask() -> None:
    """Where nothing would be asked there is no table of it."""
    assert lines(prompts=()) == ["=== 0 requests, ~0 tokens of prompts; nothing was sent"]


def test_the_price_is_there_where_it_is_known() -> None:
    """With a price every request has its own, and the sum has all of it."""
    found = lines(Price(input=1000.0, output=5000.0, cached=0.0))

    assert found[0].split("  ")[-1] == "PRICE AT MOST"
    total = sum(COUNT.count_prompt(one) for one in PROMPTS) / 1000 + 2
    assert found[5].endswith(f"{total:,.2f} USD")
    assert "PRICE" not in lines()[0]


def test_what_is_shared_is_shown_once() -> None:
    """What the sections' prompts begin with stands once; with it each of them is whole."""
    text = "\n".join(lines())

    assert text.count(RULES.strip()) == 1
    assert text.count("You name things.") == 1
    assert "=== the beginning that the 3 requests below share" in text
    for own in ("Write goals.", "Write risks.", "Write of debts.", "Name it."):
        assert text.count(own) == 1
    assert text.index("Name it.") < text.index(RULES.strip()) < text.index("Write goals.")
    assert lines()[-1].endswith("tokens of prompts; nothing was sent")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], (0, "")),
        (["a" * 500 + "\n\nb"], (1, "")),
        (["a" * 500 + "\n\nb", "a" * 500 + "\n\nc"], (0, "a" * 500 + "\n\n")),
        (["a\n\nb", "a\n\nc"], (2, "")),
        (["a" * 500 + "b", "a" * 500 + "c"], (2, "")),
        (["x", "a" * 500 + "\n\nb", "a" * 500 + "\n\nc"], (1, "a" * 500 + "\n\n")),
    ],
)
def test_shared_beginning(texts: list[str], expected: tuple[int, str]) -> None:
    """What is long, ends with a paragraph, and is in all but perhaps the first, is shared."""
    assert find_shared_beginning(texts) == expected


def test_every_word_of_a_draft_is_there(draft: Draft) -> None:
    """Nothing of a prompt is lost: what is sent is what is shared and what is each one's own."""
    shown = draft("--dry-run", "login timeout", *SERVER).out
    told = json.loads(draft("--dry-run", "--json", "login timeout", *SERVER).out)["prompts"]

    for one in told:
        for message in one["messages"]:
            assert set(message["content"].splitlines()) <= set(shown.splitlines())
    whole = sum(len(m["content"]) for one in told for m in one["messages"])
    assert len(shown) < whole / 2


@pytest.mark.parametrize("words", [("fill", "1"), ("suggest", "1"), ("a bug",)])
def test_a_rehearsal_above_the_cap(words: tuple[str, ...], draft: Draft, tmp_path: Path) -> None:
    """Above the cap the table is shown and the run refused; as JSON there is one object only."""
    (tmp_path / "memory" / "design").mkdir(parents=True)
    shutil.copy(SMALL, tmp_path / "memory/design/001_x.md")
    more = ("--dry-run", "--max-tokens-total", "1", *SERVER)
    ran = draft(*words, *more)
    told = draft(*words, "--json", *more)

    assert ran.code == 2
    assert ran.out.startswith("SECTION")
    assert json.loads(told.out)["prompts"]
