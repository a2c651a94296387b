"""A model of the tests' own, without any server."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.llm.model import Completion, Prompt


@dataclass
class ScriptedModel:
    """A model that says what it is told to, and keeps what it was asked."""

    answers: Sequence[Completion]
    name: str = "scripted"
    prompts: list[Prompt] = field(default_factory=list)

    async def complete(self, prompt: Prompt) -> Completion:
        """Say the next thing."""
        self.prompts.append(prompt)
        return self.answers[len(self.prompts) - 1]
