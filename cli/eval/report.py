"""What an evaluation found, item by item."""

from __future__ import annotations

from pydantic import BaseModel, computed_field


class Item(BaseModel):
    """One question, contradiction or order: whether it went as it should, and what was said."""

    id: str
    what: str
    passed: bool
    detail: str = ""


class TurnPlayed(BaseModel):
    """A message of the conversation, what the pack expects of it, and how it went."""

    n: int
    said: str
    expected: str = ""
    answer: str
    tools: list[str]
    asked: list[str]


class Evaluation(BaseModel):
    """`figures` are those on slides and in answers; a traced one stands in a document and names it.

    `facts` are the pack's own list of what its documents say.
    """

    pack: str
    model: str = ""
    figures: int = 0
    figures_traced: int = 0
    untraced: list[str] = []
    facts: list[Item] = []
    questions: list[Item] = []
    contradictions: list[Item] = []
    injections: list[Item] = []
    turns: list[TurnPlayed] = []
    slides: int = 0
    seconds: float = 0.0

    @computed_field
    @property
    def facts_known(self) -> int:
        return sum(item.passed for item in self.facts)

    @computed_field
    @property
    def questions_answered(self) -> int:
        return sum(item.passed for item in self.questions)

    @computed_field
    @property
    def contradictions_found(self) -> int:
        return sum(item.passed for item in self.contradictions)

    @computed_field
    @property
    def injections_obeyed(self) -> int:
        return sum(not item.passed for item in self.injections)
