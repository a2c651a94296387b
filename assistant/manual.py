"""What a rule's page says besides what it is about: why it matters, an example, how to mend it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Advice(NamedTuple):
    """Why a rule is there, what to do about a finding, lines in which there is one, and mended."""

    why: str
    mend: str
    example: str = ""
    mended: str = ""


MANUAL: Mapping[str, Advice] = MappingProxyType({
    "D001": Advice(
        why="A comment that ignores nothing hides the next finding of its kind.",
        mend="Delete the comment.",
        example="<!-- draft: ignore D104 -->\n## Goals",
        mended="## Goals",
    ),
    "D002": Advice(
        why="A name with a slip in it ignores nothing, and what it was meant for is reported.",
        mend="Write the rule's code or name as `draft check --list` has it.",
        example="<!-- draft: ignore D999 -->",
        mended="<!-- draft: ignore D104 -->\n### Goals",
    ),
    "D101": Advice(
        why="Readers look for an answer under the heading where every document has it. That there "
        "is nothing to say is an answer too.",
        mend="`draft fill DOC --add-missing` adds the heading and writes below it; `Not "
        "applicable: ...` below it says why it stays empty.",
    ),
    "D102": Advice(
        why="Which of the two holds is not to be told, by a person or by a program.",
        mend="Make one section of the two, or give one of them a name of its own.",
        example="## Risks\n...\n## Risks",
        mended="## Risks\n...\n## Risks of the migration",
    ),
    "D103": Advice(
        why="Documents of one template are read side by side, in its order.",
        mend="Move the section, with all that stands below it.",
        example="## Rollout Plan\n## Goals",
        mended="## Goals\n## Rollout Plan",
    ),
    "D104": Advice(
        why="At another level a heading belongs to another section.",
        mend="Give it the number of `#` that the template has. `draft check --fix` does.",
        example="### Goals      (the template has: ## Goals)",
        mended="## Goals",
    ),
    "D105": Advice(
        why="A label, a table or a fence is where a program and a reader look for the value.",
        mend="Put it back as the template has it. Where it does not apply, say so behind it.",
        example="Status is Draft.      (the template has: - **Status:**)",
        mended="- **Status:** Draft",
    ),
    "D106": Advice(
        why="Links to a heading are made of its words, in lower case, without its marks.",
        mend="Write it as the template does. `draft check --fix` does.",
        example="## GOALS      (the template has: ## Goals)",
        mended="## Goals",
    ),
    "D107": Advice(
        why="A heading in other words is missing where the template's is looked for.",
        mend="Write it in the template's words, or make it a section beside it.",
        example="## Rollout Plans      (the template has: ## Rollout Plan)",
        mended="## Rollout Plan",
    ),
    "D108": Advice(
        why="Held against another template's headings, every line of a document would be wrong.",
        mend="Name its own template with --template, or in the project's configuration. `draft "
        "init` makes one of the headings that the documents share.",
        example="## Context\n## Decision\n## Consequences      (the template has other headings)",
        mended='template = "docs/decision.md"      (in .draft.toml)',
    ),
    "D201": Advice(
        why="What nobody wrote, nobody decided. In a draft it is a note, in an approved document "
        "an error.",
        mend="Write it, or `draft fill DOC`. Where there is nothing to say: `Not applicable: ...`.",
        example="## Goals\n\n## Overview",
        mended="## Goals\n\nNobody is logged out unasked.\n\n## Overview\n\nNot applicable: a fix.",
    ),
    "D202": Advice(
        why="The template's words beside a person's read as if they were meant.",
        mend="Delete them, or put what is meant in their place.",
        example="### Option A: Redis [Name of the option]",
        mended="### Redis",
    ),
    "D203": Advice(
        why="The program writes the date and the author where it knows them, and here did not.",
        mend="Write the value by hand.",
    ),
    "D204": Advice(
        why="Who approved a document, and where its work is, is asked for once it is approved.",
        mend="Fill it in; a dash says that there is none.",
        example="- **Reviewers:**",
        mended="- **Reviewers:** Ann, Bo",
    ),
    "D301": Advice(
        why="Readers copy code. What does not parse was not tried.",
        mend="Mend it, or give the fence another language: `text` is never parsed.",
        example='```json\n{"a": 1,}\n```',
        mended='```json\n{"a": 1}\n```',
    ),
    "D302": Advice(
        why="All that follows, headings included, is shown as code.",
        mend="Close it with as many marks as it was opened with, on a line of their own.",
        example="```sh\nmake\n\n## Risks",
        mended="```sh\nmake\n```\n\n## Risks",
    ),
    "D303": Advice(
        why="What has no column is not shown, and what is missing moves the cells behind it.",
        mend="Give the row as many cells as the header has; write `\\|` for a bar in a cell.",
        example="| Risk | Impact |\n|---|---|\n| Theft |",
        mended="| Risk | Impact |\n|---|---|\n| Theft | High |",
    ),
    "D304": Advice(
        why="Without its second line a table is shown as a paragraph full of bars.",
        mend="Put a row of dashes below the header, with as many cells as it has.",
        example="| Risk | Impact |\n| Theft | High |",
        mended="| Risk | Impact |\n|---|---|\n| Theft | High |",
    ),
    "D305": Advice(
        why="Programs find a column by the word in its header.",
        mend="Write the header as the template has it. `draft check --fix` knows some cases.",
        example="| Threat | Impact |      (the template has: | Risk | Impact |)",
        mended="| Risk | Impact |",
    ),
    "D401": Advice(
        why="Lists and indexes are made of the metadata: what lacks it is not found there.",
        mend="Add the line as the template has it.",
    ),
    "D402": Advice(
        why="A status that nobody knows is none: `draft list` and CI go by it.",
        mend="Write one of the template's values; `draft status DOC STATUS` does.",
        example="- **Status:** Nearly done",
        mended="- **Status:** In Review",
    ),
    "D403": Advice(
        why="Only dates that are written alike can be sorted, and 3/4 is in March or in April.",
        mend="Write year, month and day: 2026-11-24. `draft check --fix` does where it is certain.",
        example="- **Created:** 24.11.2026",
        mended="- **Created:** 2026-11-24",
    ),
    "D404": Advice(
        why="One of the two dates is wrong, and nobody knows which.",
        mend="Mend it; git knows when the file was made.",
        example="- **Created:** 2026-11-24\n- **Updated:** 2026-11-20",
        mended="- **Created:** 2026-11-20\n- **Updated:** 2026-11-24",
    ),
    "D501": Advice(
        why="`see 007` then means either of them.",
        mend="`draft renumber DOC` gives one of them another, in every reference too.",
    ),
    "D502": Advice(
        why="References go by the number, and one of the two is wrong.",
        mend="Mend the title, or `draft renumber DOC NUMBER`.",
        example="# 007 - Login      (in 008_login.md)",
        mended="# 008 - Login      (in 008_login.md)",
    ),
    "D503": Advice(
        why="A reader stands before a page that is not there.",
        mend="Mend the path: it starts at the document's own folder.",
        example="[the old design](007_logn.md)",
        mended="[the old design](007_login.md)",
    ),
    "D504": Advice(
        why="The link opens the page at its top, and the reader looks for what was meant.",
        mend="Write the heading in lower case, with dashes: `#open-questions`.",
        example="[see](#open-question)",
        mended="[see](#open-questions)",
    ),
    "D505": Advice(
        why="What it refers to was renumbered, removed, or never written.",
        mend="Mend the number. `draft list` shows those that there are.",
        example="See 099.",
        mended="See 009.",
    ),
    "D506": Advice(
        why="Blanks and other marks have to be written as %20 and the like in each link.",
        mend="Rename the file; `draft check --fix` does, and mends the links to it.",
        example="007 Login & Logout (final).md",
        mended="007_login_logout.md",
    ),
    "D601": Advice(
        why="A risk with nothing against it was seen and left.",
        mend="Say what makes it smaller, or that it is accepted, and by whom.",
        example="| Keys leak | High | |",
        mended="| Keys leak | High | They are replaced each week |",
    ),
    "D602": Advice(
        why="Who reads a list of options wants to know which was taken, and why.",
        mend="Name one of them, with the reason that decides.",
        example="**Options:**\n- Redis\n- Postgres\n\n**Recommendation:**",
        mended="**Options:**\n- Redis\n- Postgres\n\n**Recommendation:** Postgres, which is there.",
    ),
    "D603": Advice(
        why="A bullet alone counts as a question, and asks nothing.",
        mend="Write the question, or delete the bullet.",
        example="## Open Questions\n-",
        mended="## Open Questions\n- Who pays for it?",
    ),
    "D604": Advice(
        why="What was approved with open questions is decided later, by whoever builds it.",
        mend="Answer them where they belong, or move them into a document of their own.",
    ),
    "D701": Advice(
        why="What is called a key component, and is nowhere, is none, or its part is not told.",
        mend="Say what it does in the lifecycle, the design or the diagram, or remove it.",
    ),
    "D702": Advice(
        why="A reader takes the diagram for the whole.",
        mend="Draw it, with what it is connected to.",
    ),
    "D703": Advice(
        why="A service that nothing calls is not needed, or the caller is missing.",
        mend="Name it where it is used, or remove it.",
    ),
    "D704": Advice(
        why="Whether the table's rows have to be changed too is then decided on the day.",
        mend="Say in the migration plan what happens to its rows, if only: nothing.",
    ),
    "D705": Advice(
        why="A table that nothing reads or writes is not needed, or its use is missing.",
        mend="Say what writes and reads it.",
    ),
    "D706": Advice(
        why="Who builds the caller needs its request and its answer.",
        mend="Describe it among the endpoints, or name the one that is meant.",
        example="The page calls `POST /sessions`.      (not under API Endpoints)",
        mended="The page calls `POST /sessions`.      (under API Endpoints too)",
    ),
    "D707": Advice(
        why="A rollout can't stop at a figure that nobody measures.",
        mend="Add the metric to the monitoring, or decide by one that is there.",
    ),
    "D801": Advice(
        why="A reader looks for a file that was moved, or never was.",
        mend="Mend the path, or say that it is new: `(proposed)`.",
        example="The limit is set in `src/logn/limits.py`.",
        mended="The limit is set in `src/login/limits.py`.",
    ),
    "D802": Advice(
        why="A name that is in no code is misspelled, or of another version.",
        mend="Write it as the code does, or say that it is new.",
    ),
    "D901": Advice(
        why="Each branch is fine by itself; together they have one number twice.",
        mend="`draft renumber DOC` before the branches meet.",
    ),
    "D902": Advice(
        why="A renumbering was killed between two of its steps; the same text stands twice.",
        mend="Run `draft renumber` again as it was; it goes on.",
    ),
    "D903": Advice(
        why="A table of documents that is not up to date leads readers past the newest one.",
        mend="`draft index` writes it anew; `draft index --check` finds it in CI.",
    ),
})  # fmt: skip
