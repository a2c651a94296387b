"""The rules there are, found by listing the modules of the package that holds one in each file."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from assistant.errors import Json
from assistant.lint import rules as package
from assistant.lint.rule import Rule

if TYPE_CHECKING:
    from assistant.lint.rule import Finding  # loaded by the commands that have findings


class RuleRegistry(Mapping[str, Rule]):
    """The rules by their codes, in the order of the codes; loaded when the first is asked for."""

    @cached_property
    def _known(self) -> dict[str, Rule]:
        names = sorted(module.name for module in iter_modules(package.__path__))
        loaded = (import_module(f"{package.__name__}.{name}").RULE for name in names)
        return {rule.code: rule for rule in loaded if isinstance(rule, Rule)}

    def __getitem__(self, code: str) -> Rule:
        return self._known[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


RULES = RuleRegistry()


def describe_finding(found: "Finding") -> dict[str, Json]:
    """A finding as the fields of a JSON object."""
    return {
        "code": found.code,
        "name": RULES[found.code].name,
        "severity": found.severity,
        "line": found.line,
        "column": found.column,
        "width": found.width,
        "section": found.section,
        "message": found.message,
    }
