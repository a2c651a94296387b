"""A scripted reviewer: what it says rests on words that stand in the document it is shown."""

import json
import re
from dataclasses import dataclass

from tests.support.scripted import Reply, Request

DOCUMENT = """\
# Sessions Design Document

## Overview
The session service keeps one record for each login and renews it on every request.

## Detailed Design
A nightly job removes records that nobody has used for ninety days.

## Risks & Mitigations

| Risk | Impact | Likelihood | Mitigation |
|------|--------|------------|------------|
| The session store is down and nobody can log in | High | Med | A second store |

## Rollout Plan

## Open Questions
- Who may read the audit records?
"""
TASK = re.compile(r"# Task: ([^\n]+)")
_SAID = {
    "Reliability": (
        "The nightly job runs twice and removes records in use",
        "What if it stops early?",
    ),
    "Security and privacy": (
        "A stolen cookie stays valid for ninety days",
        "Who signs the cookies?",
    ),
    "Data and migration": ("Existing records lack a last-used date", "How are old rows dated?"),
    "Operations and rollout": (
        "Renewal on every request overloads the database",
        "Which alarm is raised?",
    ),
    "Users and product": ("People are signed out without an explanation", "What do people see?"),
}
QUOTE = "removes records that nobody has used"


@dataclass(frozen=True, slots=True)
class Said:
    """A risk and a question as a reviewer's JSON has them."""

    risk: str
    question: str
    quote: str = QUOTE
    section: str = "Detailed Design"

    def json(self) -> str:
        """The answer."""
        basis = {"quote": self.quote, "section": self.section}
        risk = {
            **basis,
            "what_goes_wrong": self.risk,
            "impact": "High",
            "likelihood": "Low",
            "mitigation": f"Prevent it: {self.risk[:20]}",
        }
        question = {
            **basis,
            "question": self.question,
            "why": "The job depends on it.",
            "who": "operator",
        }
        return json.dumps({"risks": [risk], "questions": [question]})


def task(request: Request) -> str:
    """The title of the point of view that is asked from."""
    found = TASK.search(request.text)
    assert found, request.text
    return found[1].strip()


def reviewer(request: Request) -> Reply:
    """A risk and a question of the point of view's own."""
    title = task(request)
    return Reply(
        text=Said(
            *_SAID.get(title, (f"{title} forgets what it does", f"What becomes of {title}?"))
        ).json()
    )
