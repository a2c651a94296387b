"""Money: what a run costs by the person's own table, and tables with nonsense in them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.model import Usage
from assistant.llm.prices import Cost, load_prices
from tests.support import paths

GOOD = '[prices."m"]\ninput = 2\ncached = 0.5\noutput = 10.0\ncurrency = "EUR"\n'
USAGE = Usage(prompt=1_000_000, cached=400_000, completion=100_000)


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_run_costs_what_its_tokens_do(tmp_path: Path) -> None:
    """New and cached tokens of prompts and those of answers cost each their own."""
    prices = load_prices(written(tmp_path, GOOD))

    price = prices.price_of("other", "m")
    assert price is not None
    assert (str(price.compute_cost(USAGE)), prices.faults) == ("2.40 EUR", ())
    assert prices.price_of("other") is None


def test_cached_tokens_cost_what_others_do(tmp_path: Path) -> None:
    """Without a price of their own, cached tokens cost what new ones do, in dollars."""
    price = load_prices(written(tmp_path, "[prices.m]\ninput = 2\noutput = 10")).price_of("m")

    assert price is not None
    assert str(price.compute_cost(USAGE)) == "3.00 USD"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0.0, "0.00 X"),
        (0.00001, "less than 0.0001 X"),
        (0.0123, "0.0123 X"),
        (1234.5, "1,234.50 X"),
    ],
)
def test_amounts_are_readable(amount: float, shown: str) -> None:
    """An amount has cents, and more of them where it is small."""
    assert str(Cost(amount=amount, currency="X")) == shown
    assert "about" in str(Cost(amount=1, currency="X", about=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prices = 3", "`prices` must be a table"),
        ("prices = ['m']", "`prices` must be a table"),
        ("[prices]\nm = 3", "must be a table with input"),
        ("[prices.m]\ninput = 1", "`output` is missing"),
        ("[prices.m]\ninput = '1'\noutput = 1", "`input` must be a number"),
        ("[prices.m]\ninput = true\noutput = 1", "`input` must be a number"),
        ("[prices.m]\ninput = -1\noutput = 1", "`input` must be a number"),
        ("[prices.m]\ninput = nan\noutput = 1", "`input` must be a number"),
        ("[prices.m]\ninput = 1\noutput = inf", "`output` must be a number"),
        ("[prices.m]\ninput = 1\noutput = 1e300", "`output` must be a number"),
        ("[prices.m]\ninput = 1\noutput = 1\ncached = []", "`cached` must be a number"),
        ("[prices.m]\ninput = 1\noutput = 1\ncurrency = 3", "`currency` must be a short word"),
        ('[prices.m]\ninput = 1\noutput = 1\ncurrency = "\\u001b"', "`currency` must be"),
        ("[prices.m]\ninput = 1\nouput = 1", "`ouput` is not known here"),
        ("= broken", "not valid TOML"),
        (f"x = {'[' * 100_000}", "not valid TOML"),
    ],
)
def test_nonsense_is_told_and_left_out(text: str, words: str, tmp_path: Path) -> None:
    """A table with nonsense in it is told with its file and key, and has no price."""
    file = written(tmp_path, text)
    prices = load_prices(file)

    assert prices.price_of("m") is None
    assert any(words in fault and str(file) in fault for fault in prices.faults)


def test_nonsense_about_one_model_is_no_others(tmp_path: Path) -> None:
    """What is wrong with one model's price leaves the others theirs, and is told in a few lines."""
    wrong = "".join(f"[prices.x{number}]\ninput = 'x'\n" for number in range(9))
    prices = load_prices(written(tmp_path, GOOD + wrong))

    assert prices.price_of("m")
    assert len(prices.faults) == 4


def test_no_table_is_no_price(tmp_path: Path) -> None:
    """Without a configuration, or with other things in it, nothing has a price."""
    assert load_prices(tmp_path / "none.toml").faults == ()
    assert load_prices(written(tmp_path, 'trusted = ["http://a/v1"]')).models == {}


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_cost_law(prompt: int, cached: int, completion: int) -> None:
    """Whatever a server counts, a cost is no less than nothing, and grows with what was said."""
    with_price = load_prices(paths.DATA / "prices.toml").price_of("m")
    assert with_price is not None
    usage = Usage(prompt=prompt, cached=cached, completion=completion)
    more = Usage(prompt=prompt, cached=cached, completion=completion + 10**6)

    assert 0 <= with_price.compute_cost(usage).amount < with_price.compute_cost(more).amount


def test_what_is_wrong_with_one_model_is_one_line(tmp_path: Path) -> None:
    """All that is wrong with a model's table is told in one sentence, which is one line."""
    text = '[prices."a\\nb"]\ninput = "1"\noutput = 1e9\nfoo = 1\ncurrency = " "'
    (fault,) = load_prices(written(tmp_path, text)).faults

    assert "\n" not in fault
    assert 'prices."a?b"` counts for nothing: `foo` is not known here' in fault
    assert "`output` must be a number from 0 to 1,000,000" in fault
    assert "`currency` must be" in fault


def test_a_table_of_another_name_is_told(tmp_path: Path) -> None:
    """Prices under a name that is not theirs are not passed over in silence."""
    prices = load_prices(written(tmp_path, "[price.m]\ninput = 1\noutput = 1\n"))

    assert not prices.models
    assert "`price` is not known here. Did you mean `prices`?" in prices.faults[0]
