"""What nobody knows yet: a draft's open questions, its assumptions, and figures to be confirmed."""

from collections.abc import Sequence

from assistant import claim
from assistant.assemble import without_repeats
from assistant.brief import Brief, bare
from assistant.generate import Written

WHOLE = "whole document"
UNCONFIRMED = "To be confirmed, as nobody gave these figures:"


def questions(written: Sequence[Written], brief: Brief, description: str = "") -> tuple[str, ...]:
    """Open questions, assumptions and figures of the brief and the sections, each with its own.

    With a `description`, figures that the brief has and the description lacks are among them: the
    sections take the brief's word for what is known. What a design choice answers is open no more.
    """
    decided = _decided(written, brief)
    asked = [(text, WHOLE) for text in brief.questions if bare(text) not in decided]
    assumed = [(f"Assumption: {text}", WHOLE) for text in brief.assumptions]
    figures: list[str] = []
    made_up = claim.figures("\n".join((brief.today, brief.approach, *brief.known)), description)
    if description and made_up:
        figures.append(f"{UNCONFIRMED} {', '.join(made_up)} ({WHOLE})")
    for done in written:
        if done.answer is None:
            continue
        title = done.asked.title
        asked += [(text, title) for text in done.answer.questions]
        assumed += [(f"Assumption: {text}", title) for text in done.answer.assumptions]
        if done.answer.figures:
            figures.append(f"{UNCONFIRMED} {', '.join(done.answer.figures)} ({title})")
    return (*without_repeats([*asked, *assumed]), *figures)


def _decided(written: Sequence[Written], brief: Brief) -> set[str]:
    """The words of the brief's design choices that have a section, where they are answered."""
    answered = (brief.decision(done.asked.title) for done in written if _said(done))
    return {bare(name) for name in answered if name}


def _said(done: Written) -> bool:
    """Whether a section says something, all of it usable."""
    answer = done.answer
    return bool(answer and answer.values and not answer.not_applicable and not done.problem)
