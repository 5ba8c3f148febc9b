"""The agents of a compose run in memory: their graphs run one by one, without Temporal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agents.compose.graphs import compose_graphs
from agents.compose.parts import ComposeParts
from agents.models import chat_model
from agents.steps import FinishedStep, StepKeeper
from domain.commands import SaveOutline
from domain.model import SectionDraft
from domain.plan import Plan
from domain.requests import ConfirmationAnswer, RequestAnswer
from tests.unit.agents.metering import models_of
from tests.unit.agents.packs import MemoryBook

SECTIONS = ("Executive summary", "Markets and channels", "Financials", "Risks")


@cache
def _pack() -> MemoryBook:
    """The documents, read once."""
    return MemoryBook().upload_wd40()


def outlined(*titles: str) -> MemoryBook:
    """The example pack with an outline; sections are s0, s1, ..."""
    book, pack = MemoryBook(), _pack()
    book.kept_facts, book.kept_passages = list(pack.kept_facts), list(pack.kept_passages)
    book.kept_sources = list(pack.kept_sources)
    sections = tuple(SectionDraft(id=f"s{number}", title=title) for number, title in enumerate(titles))
    book.do(SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections))
    return book


class _NoLedger:
    async def keep_step(self, step: FinishedStep) -> None:
        return


class Crew:
    """One run. `requests` are the plan requests that were opened, as their bodies."""

    def __init__(self, book: MemoryBook, model: Callable[[], BaseChatModel] = chat_model) -> None:
        self.book = book
        self.run_id = uuid.uuid4().hex
        parts = ComposeParts(book, book, models_of(model))
        self._graphs = compose_graphs(parts, StepKeeper(_NoLedger()))
        self.plan: dict[str, Any] = {}

    async def make_plan(self, *answers: ConfirmationAnswer, instruction: str = "") -> Plan:
        """Without answers nobody is asked."""
        state = await self.run(
            "plan",
            "planner",
            {
                "instruction_hash": self.book.keep_instruction(instruction),
                "section_ids": [],
                "asks_people": bool(answers),
            },
            list(answers),
        )
        self.plan = {name: state[name] for name in ("materials_hash", "plan_hash")}
        self.counts = {name: state[name] for name in ("section_ids", "section_titles", "to_write", "to_code")}
        return Plan.model_validate_json(self.book.texts[state["plan_hash"]])

    async def run(
        self, graph: str, agent_type: str, state: dict[str, Any], answers: list[ConfirmationAnswer] | None = None
    ) -> dict[str, Any]:
        compiled: Any = self._graphs[graph].compile(checkpointer=InMemorySaver())  # pyright: ignore[reportUnknownMemberType]
        config = {"configurable": {"thread_id": uuid.uuid4().hex}, "recursion_limit": 100}
        scope = {
            "run_id": self.run_id,
            "cim_id": self.book.address.cim_id,
            "org_id": "org1",
            "deal_id": "deal1",
            "kind": "draft_slides",
            "person_id": "lea",
            "agent_id": uuid.uuid4().hex,
            "agent_type": agent_type,
        }
        given: Any = {"scope": scope, **self.plan, **state}
        left = list(answers or [])
        while True:
            end = await compiled.ainvoke(given, config)
            if not (interrupts := end.get("__interrupt__")):
                return dict(end)
            [request_id] = interrupts[0].value["request_ids"]
            said = RequestAnswer(request_id=request_id, how="answered", confirmation=left.pop(0), by="lea")
            given = Command(resume=[said.model_dump(mode="json")])
