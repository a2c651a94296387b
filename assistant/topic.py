"""Topics: what a section is about, by its title, for the questions that it should answer.

The questions are in `prompts/topics`, one file for each topic.
"""

import re
from collections.abc import Sequence
from functools import cache

# The first that fits counts: "Non-goals" before "Goals", "Rollback Plan" before "Rollout Plan".
_TITLES = (
    ("non_goals", r"non.?goals?|out of scope|not in scope"),
    ("goals", r"goals?|objectives?|requirements?|success criteria|outcomes?"),
    ("security", r"security|privacy|threats?|abuse"),
    ("risks", r"risks?"),
    ("shortcuts", r"debt|shortcuts?|limitations?|future work"),
    ("drawbacks", r"drawbacks?|downsides?|costs?|trade.?offs?"),
    ("alternatives", r"alternatives?|prior art"),
    ("decision", r"design considerations?|decisions?|design choices?"),
    ("errors", r"errors?|failures?|failure modes?|edge cases?"),
    ("flow", r"lifecycle|life cycle|use cases?|flows?|workflows?|user stor(?:y|ies)|scenarios?"),
    ("interface", r"ui|ux|user interface|screens?|mock.?ups?"),
    ("endpoint", r"api endpoints?|endpoints?|apis?"),
    ("service", r"services?|business logic|components?|modules?"),
    ("migration", r"migrations?|upgrades?|backfill"),
    ("rollback", r"roll.?back|back.?out|downgrade"),
    ("monitoring", r"monitoring|alerts?|metrics?|observability|telemetry|dashboards?"),
    ("testing", r"tests?|testing|test plan|verification"),
    ("rollout", r"rollout|roll.out|deployment|release|launch|graduation criteria"),
    ("approach", r"approach|proposals?|solution|design|explanation|implementation|specification"),
    ("summary", r"overview|summary|abstract|motivation|problem|background|context|introduction"),
)

_KINDS = ("decision", "endpoint", "service")  # sections that are called after what they describe
LISTED = ("goals", "non_goals")  # answered as a list, whatever the template has there


def topic(path: Sequence[str]) -> str:
    """The topic of the section at a path: by its title, or as one of several of a kind by whose.

    A document's title, which is first in its sections' paths, says what all of it is about.
    """
    own = path[1:] or path
    parent = _of(own[-2]) if len(own) > 1 else ""
    return _of(own[-1]) or (parent if parent in _KINDS else "")


@cache
def _of(title: str) -> str:
    named = (
        (name, re.search(rf"\b(?:{words})\b", title, re.IGNORECASE)) for name, words in _TITLES
    )
    return next((name for name, found in named if found), "")
