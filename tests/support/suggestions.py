"""Suggestions by hand, and suggestions that try to get out."""

from hypothesis import strategies as st

from assistant.suggestions.suggestion import LEVELS, Basis, Question, Risk, Suggestions
from tests.support.strategies import wild

BASIS = Basis(section="Goals", quote="one two three four")


def question(text: str = "Who pays?") -> Question:
    """A question."""
    return Question(text=text, why="It costs.", who="manager", basis=BASIS)


def risk(text: str = "It fails", impact: str = "High", likelihood: str = "Low") -> Risk:
    """A risk."""
    return Risk(text=text, impact=impact, likelihood=likelihood, mitigation="Watch it", basis=BASIS)


@st.composite
def suggestions(draw: st.DrawFn) -> Suggestions:
    """Suggestions whose every text tries to get out."""
    levels = st.sampled_from(LEVELS)
    basis = st.builds(Basis, section=wild, quote=wild)
    risks = st.lists(
        st.builds(Risk, text=wild, impact=levels, likelihood=levels, mitigation=wild, basis=basis),
        max_size=3,
    )
    questions = st.lists(
        st.builds(Question, text=wild, why=wild, who=wild, basis=basis), max_size=3
    )
    return Suggestions(risks=tuple(draw(risks)), questions=tuple(draw(questions)))
