"""What a run costs in money, where the person's own configuration says what a model does.

The table is the person's: a project that could write it could have a run look cheap.

    [prices."gpt-6.1-terra"]
    input = 1.00       # a million tokens
    cached = 0.05      # of those, what the server had seen before; else as the others
    output = 5.00
    currency = "USD"

What is wrong with it is told and left out: no draft depends on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from assistant.errors import DraftError
from assistant.llm.model import Usage
from assistant.settings import USER_KEYS, advise_key, find_user_file, read_toml

_MILLION = 1_000_000
_HIGHEST_PRICE = 1_000_000.0  # a million tokens for a million: whatever is dearer is a slip
_LONGEST_CURRENCY = 8  # characters, as in `credits`; what is longer is no currency's sign
_LONGEST_SHOWN_NAME = 60  # characters of a model's name that a line has room for
_LEAST_AMOUNT = 0.0001  # below it nobody counts
_AMOUNT_KEYS = ("input", "cached", "output")
_PRICE_KEYS = (*_AMOUNT_KEYS, "currency")
_SHOWN_FAULTS = 3  # of all that is wrong with a table: a few lines, before a run begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a million tokens of a model cost; `cached` are those that it had seen before."""

    input: float
    output: float
    cached: float
    currency: str = "USD"

    def compute_cost(self, usage: Usage) -> "Cost":
        """Return what a run's tokens cost; whether failed attempts do, only their server knows."""
        new = max(usage.prompt - usage.cached, 0)
        total = new * self.input + usage.cached * self.cached + usage.completion * self.output
        return Cost(amount=total / _MILLION, currency=self.currency, about=usage.estimated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An amount of money; `about` says that it rests on tokens that nobody counted."""

    amount: float
    currency: str
    about: bool = False

    def __str__(self) -> str:
        about = "about " if self.about else ""
        if 0 < self.amount < _LEAST_AMOUNT:
            return f"less than {_LEAST_AMOUNT} {self.currency}"
        # Two figures that mean something, and never fewer than cents.
        decimals = 2 if self.amount >= 0.1 or not self.amount else 4  # noqa: PLR2004
        return f"{about}{self.amount:,.{decimals}f} {self.currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices by model; `faults` are sentences about what is wrong in the table, with the file."""

    models: Mapping[str, Price] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def price_of(self, *names: str) -> Price | None:
        """Return the price of the first of these names that has one."""
        return next((self.models[name] for name in names if name in self.models), None)


def load_prices(file: Path | None = None) -> Prices:
    """Return the prices of the person's configuration, or of another `file`; never fails."""
    try:
        path = file or find_user_file()
        own = read_toml(path) or {}
    except DraftError as error:
        return Prices(faults=(f"{error.where}: {error.message}; no prices are known",))
    table = own.get("prices", {})
    # A table of another name has no prices, and its person would wait for them in vain.
    faults = [
        f"{path}: `{_clip_name(key)}` is not known here. {advise_key(key, USER_KEYS)}"
        for key in sorted(set(own) - set(USER_KEYS))
    ]
    if not isinstance(table, Mapping):
        return Prices(faults=(*faults, f"{path}: `prices` must be a table of models"))
    models: dict[str, Price] = {}
    for name, said in table.items():
        if wrong := "; ".join(_find_faults(said)):
            faults.append(f'{path}: `prices."{_clip_name(name)}"` counts for nothing: {wrong}')
        else:
            models[name] = _read_price(said)
    more = (f"{path}: {len(faults) - _SHOWN_FAULTS} more",) if len(faults) > _SHOWN_FAULTS else ()
    return Prices(models=MappingProxyType(models), faults=(*faults[:_SHOWN_FAULTS], *more))


def _find_faults(said: object) -> Iterator[str]:
    """Yield what is wrong with a model's table, as ends of a sentence."""
    if not isinstance(said, Mapping):
        yield "this must be a table with input, output and currency"
        return
    for key in said:
        if key not in _PRICE_KEYS:
            yield f"`{_clip_name(key)}` is not known here ({', '.join(_PRICE_KEYS)} are)"
    for key in _AMOUNT_KEYS:
        if key not in said:
            if key != "cached":
                yield f"`{key}` is missing"
        elif not _is_amount(said[key]):
            yield f"`{key}` must be a number from 0 to {_HIGHEST_PRICE:,.0f}, for a million tokens"
    currency = said.get("currency", "USD")
    if not (isinstance(currency, str) and _is_currency(currency)):
        yield "`currency` must be a short word, such as USD"


def _is_currency(text: str) -> bool:
    return text.isprintable() and " " not in text and 0 < len(text) <= _LONGEST_CURRENCY


def _clip_name(name: str) -> str:
    """Return a name of the table as it may stand in a line."""
    line = "".join(one if one.isprintable() else "?" for one in name)
    return line if len(line) <= _LONGEST_SHOWN_NAME else f"{line[:_LONGEST_SHOWN_NAME]}..."


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= _HIGHEST_PRICE  # false for NaN, of which nothing holds


def _read_price(said: Mapping[str, float | str]) -> Price:
    cost = {key: float(said[key]) for key in _AMOUNT_KEYS if key in said}
    cached = cost.get("cached", cost["input"])
    currency = str(said.get("currency", "USD"))
    return Price(input=cost["input"], output=cost["output"], cached=cached, currency=currency)
