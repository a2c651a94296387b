"""What there is to say about a document: findings, and the rules that they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
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


FOREIGN = "D108"
UNWRITTEN = "D201"
NAME = "D506"
# What often has one right answer, which `draft check --fix` then knows.
MENDED = frozenset(("D104", "D106", "D305", "D403", NAME))
# What is a note or a warning in a draft, and how bad it is once the document is approved.
APPROVED: Mapping[str, Severity] = MappingProxyType(
    {UNWRITTEN: "error", "D202": "error", "D203": "warning"}
)
NUMBER_ELSEWHERE = "D901"
RENUMBER_CUT_OFF = "D902"

# D0 what is said to the checker, D1 headings, D2 slots, D3 fences and tables, D4 metadata, D5 links
# and numbers, D6 what is said, D7 sections that disagree, D8 what is said about the repository, D9
# the folder.
_RULES = (
    Rule(
        code="D001", name="unused-ignore", severity="note",
        about="A comment ignores a finding that is not there.",
    ),
    Rule(
        code="D002", name="unknown-ignore", severity="warning",
        about="A comment ignores a rule that does not exist.",
    ),
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
        code="D106", name="heading-form", severity="warning",
        about="A heading has the template's words in another case, markup or punctuation.",
    ),
    Rule(
        code="D107", name="heading-wording", severity="error",
        about="A heading stands where the template has one in nearly the same words.",
    ),
    Rule(
        code=FOREIGN, name="other-template", severity="error",
        about="A document follows another template: the one in use has few of its headings.",
    ),
    Rule(
        code=UNWRITTEN, name="unwritten", severity="note",
        about="A slot is empty, or holds what the template has there.",
    ),
    Rule(
        code="D202", name="template-text-left", severity="warning",
        about="Text of the template stands beside what somebody wrote.",
    ),
    Rule(
        code="D203", name="not-known", severity="note",
        about="The program did not know what belongs here.",
    ),
    Rule(
        code="D204", name="not-filled-in", severity="warning",
        about="Metadata that people fill in is blank in an approved document.",
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
        code="D303", name="table-row", severity="warning",
        about="A table's row has more or fewer cells than its header.",
    ),
    Rule(
        code="D304", name="table-without-delimiter", severity="warning",
        about="Lines with bars are no table: the row of dashes is missing or does not fit.",
    ),
    Rule(
        code="D305", name="table-header", severity="error",
        about="A table's header is not the template's.",
    ),
    Rule(
        code="D401", name="missing-metadata", severity="warning",
        about="A label, row or key of the template's metadata is missing.",
    ),
    Rule(
        code="D402", name="not-in-enumeration", severity="error",
        about="A value is none of those that the template lists.",
    ),
    Rule(
        code="D403", name="not-a-date", severity="warning",
        about="A date is none, or is not written as 2026-11-24.",
    ),
    Rule(
        code="D404", name="dates-run-backwards", severity="error",
        about="A document was updated before it was created.",
    ),
    Rule(
        code="D501", name="number-used-twice", severity="error",
        about="Another document in the folder has the same number.",
    ),
    Rule(
        code="D502", name="number-and-name", severity="error",
        about="The number in the title is not the number in the file's name.",
    ),
    Rule(
        code="D503", name="link-to-no-file", severity="error",
        about="A link leads to a file that is not there.",
    ),
    Rule(
        code="D504", name="link-to-no-heading", severity="error",
        about="A link leads to a heading that is not there.",
    ),
    Rule(
        code="D505", name="no-such-document", severity="warning",
        about="A document is named by a number that no document has.",
    ),
    Rule(
        code=NAME, name="name-is-no-slug", severity="note",
        about="A file's name has characters that links and shells trip over.",
    ),
    Rule(
        code="D601", name="risk-without-mitigation", severity="warning",
        about="A risk has nothing said against it.",
    ),
    Rule(
        code="D602", name="no-recommendation", severity="warning",
        about="Options are listed, and none is chosen.",
    ),
    Rule(
        code="D603", name="question-without-text", severity="warning",
        about="An item under the open questions is blank.",
    ),
    Rule(
        code="D604", name="questions-left", severity="warning",
        about="An approved document has open questions.",
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
    Rule(
        code="D801", name="path-not-found", severity="warning",
        about="A path is named that is not in the repository, and not said to be proposed.",
    ),
    Rule(
        code="D802", name="symbol-not-found", severity="note", on=False,
        about="A symbol is named that occurs in no code of the repository.",
    ),
    Rule(
        code=NUMBER_ELSEWHERE, name="number-elsewhere", severity="warning",
        about="Another document has this one's number on another branch or in another worktree: "
        "branches that merge clean would end up with both.",
    ),
    Rule(
        code=RENUMBER_CUT_OFF, name="renumber-cut-off", severity="error",
        about="A document stands under two numbers, as a renumbering that was killed leaves it.",
    ),
    Rule(
        code="D903", name="stale-index", severity="warning",
        about="The table between an index's two markers is not what the folder holds.",
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
