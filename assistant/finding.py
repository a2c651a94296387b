"""What there is to say about a document: findings, and the rules that they come from."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What can be found: a stable code and name, how bad it is by itself, and why it matters.

    Scripts and ignore lists name the code. `on` is false for a rule that has to be asked for.
    """

    code: str
    name: str
    severity: Severity
    about: str
    on: bool = True


UNWRITTEN = "D201"

# D1 headings, D2 slots, D3 fences and tables, D4 metadata, D5 links and numbers, D6 what is said,
# D7 sections that disagree, D8 what is said about the repository, D9 the folder.
_RULES = (
    Rule(
        code="D101", name="missing-heading", severity="error",
        about="A heading of the template is not in the document.",
    ),
    Rule(
        code="D102", name="repeated-heading", severity="error",
        about="A heading that the template has once stands twice under the same heading.",
    ),
    Rule(
        code="D103", name="heading-out-of-order", severity="error",
        about="A heading stands elsewhere than the template has it.",
    ),
    Rule(
        code="D104", name="heading-level", severity="error",
        about="A heading is at another level than the template's.",
    ),
    Rule(
        code="D105", name="missing-anchor", severity="warning",
        about="A label, table or fence of the template is not in its section.",
    ),
    Rule(
        code=UNWRITTEN, name="unwritten", severity="note",
        about="A slot is empty, or holds what the template has there.",
    ),
    Rule(
        code="D202", name="template-text-left", severity="warning",
        about="An example of the template stands beside items that somebody wrote.",
    ),
    Rule(
        code="D203", name="not-known", severity="note",
        about="The program did not know what belongs here.",
    ),
    Rule(
        code="D301", name="fence-does-not-parse", severity="error",
        about="Code in a fence is no code of its language.",
    ),
    Rule(
        code="D302", name="fence-left-open", severity="error",
        about="A fence has no closing line.",
    ),
    Rule(
        code="D701", name="component-unused", severity="warning",
        about="A key component is in neither the diagram nor the lifecycle nor the design.",
    ),
    Rule(
        code="D702", name="component-not-drawn", severity="warning",
        about="The diagram shows the other key components, and this one not.",
    ),
    Rule(
        code="D703", name="service-unknown", severity="warning",
        about="A service is described that no other section mentions.",
    ),
    Rule(
        code="D704", name="table-not-migrated", severity="warning",
        about="A table is changed, and the migration plan names others and not this one.",
        on=False,
    ),
    Rule(
        code="D705", name="table-unused", severity="warning",
        about="A table is created that no other section mentions.",
        on=False,
    ),
    Rule(
        code="D706", name="endpoint-not-described", severity="warning",
        about="An endpoint is called that is not among the endpoints described.",
    ),
    Rule(
        code="D707", name="metric-not-watched", severity="warning",
        about="A metric decides the rollout, and the monitoring has none of its kind.",
        on=False,
    ),
)  # fmt: skip

RULES = {rule.code: rule for rule in _RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a document that a person should know: data, not an exception.

    `line` and `column` count from 1, `width` is how many characters of that line are meant (0: the
    rest of it); `section` is the heading it stands under.
    """

    code: str
    severity: Severity
    line: int
    column: int = 1
    width: int = 0
    section: str = ""
    message: str

    @property
    def name(self) -> str:
        """The code in words."""
        return RULES[self.code].name
