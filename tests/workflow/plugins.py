"""The graphs of drafts over a book in memory, with any model; their steps are kept in memory, too."""

from __future__ import annotations

from collections.abc import Callable

from langchain_core.language_models import BaseChatModel
from temporalio.langgraph import LangGraphPlugin

from agents.plugin import langgraph_plugin
from agents.steps import FinishedStep
from tests.unit.agents.metering import models_of
from tests.unit.agents.packs import MemoryBook


class KeptSteps:
    """A ledger of steps. A repeated step takes its own place."""

    def __init__(self) -> None:
        self.steps: dict[tuple[str, int], FinishedStep] = {}

    async def keep_step(self, step: FinishedStep) -> None:
        self.steps[step.agent_id, step.step] = step

    def of(self, agent_id: str) -> list[FinishedStep]:
        return [step for (agent, _), step in sorted(self.steps.items()) if agent == agent_id]


def draft_plugin(
    book: MemoryBook, model: Callable[[], BaseChatModel], steps: KeptSteps | None = None
) -> LangGraphPlugin:
    return langgraph_plugin(book, book, models_of(model), steps or KeptSteps())
