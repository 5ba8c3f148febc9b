"""A turn over a book in memory: the desk of each call, and what people are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from pydantic import JsonValue

from agents.brief import Evidence
from agents.tools.registry import ALL_TOOLS
from agents.tools.runner import Call, Settled, ToolRunner
from agents.tools.tool import Tool, ToolDesk
from agents.turn.context import BookNow, ContextEntity, ContextSlide, TurnContext
from agents.turn.state import TurnScope
from domain.commands import SaveBuyerPersona, SaveOutline, SaveSlide
from domain.knowledge import (
    Decision,
    DecisionBody,
    Entity,
    EntityBody,
    KnowledgeGraph,
    Relationship,
    RelationshipBody,
)
from domain.model import BuyerPersona, SectionDraft, SlideDraft, TextComponent
from domain.requests import ConfirmationAnswer, QuestionAnswer, RequestAnswer
from domain.values import AgentType, Mode
from tests.unit.agents.packs import MemoryBook

SECTIONS = ("Company", "Markets and channels", "Financials", "Growth plan")


class Shown:
    """Collects what the page is told to show."""

    def __init__(self) -> None:
        self.actions: list[tuple[str, dict[str, JsonValue]]] = []

    async def show(self, cim_id: str, action: str, details: dict[str, JsonValue]) -> None:
        self.actions.append((action, details))


class NoSearch:
    async def facts(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]:
        return []

    async def passages(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]:
        return []


class LivingBook(MemoryBook):
    """A book whose graph follows from its commands."""

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        assert self.session.state is not None
        content = self.session.state.content
        return KnowledgeGraph(
            entities=tuple(
                Entity(
                    **EntityBody.model_validate_json(self.texts[one.content_hash]).model_dump(),
                    id=one.id,
                    rev=one.rev,
                    updated_at=one.updated_at,
                )
                for one in content.entities.values()
            ),
            relationships=tuple(
                Relationship(
                    **RelationshipBody.model_validate_json(self.texts[one.content_hash]).model_dump(),
                    id=one.id,
                    rev=one.rev,
                )
                for one in content.relationships.values()
            ),
            decisions=tuple(
                Decision(
                    **DecisionBody.model_validate_json(self.texts[one.content_hash]).model_dump(),
                    id=one.id,
                    at=one.at,
                    by=one.by,
                )
                for one in content.decisions
            ),
        )


def with_book(book: MemoryBook) -> MemoryBook:
    """A persona, an outline of four sections, and a slide in two of them."""
    book.do(SaveBuyerPersona(type="save_buyer_persona", command_id=uuid4(), persona=BuyerPersona(type="Strategic")))
    sections = tuple(SectionDraft(id=f"s{n}", title=title) for n, title in enumerate(SECTIONS, start=1))
    book.do(SaveOutline(type="save_outline", command_id=uuid4(), sections=sections))
    for number, title in ((1, "Who the company is"), (3, "Net sales by year")):
        slide = SlideDraft(
            id=f"slide{number}",
            section_id=f"s{number}",
            title=title,
            layout_type="text",
            components=(TextComponent(id="c1", type="text", text="The company sells sprays."),),
        )
        book.do(SaveSlide(type="save_slide", command_id=uuid4(), slide=slide))
    return book


async def book_now(book: MemoryBook) -> BookNow:
    head, graph = book.current, await book.graph(book.address.cim_id)
    persona, hero, outline = head.artifacts.buyer_persona, head.artifacts.hero_context, head.artifacts.outline
    return BookNow(
        title=head.title,
        stage=head.stage.value,
        status=head.status.value,
        rev=head.rev,
        buyer_persona=persona.value if persona else None,
        hero_context=hero.value if hero else None,
        sections=outline.value.sections if outline else (),
        slides=tuple(
            ContextSlide(
                id=slide.id,
                section_id=slide.section_id,
                title=slide.title,
                layout_type=slide.layout_type,
                status=slide.status.value,
            )
            for slide in book.slide_heads()
        ),
        current_slide_id=head.current_slide_id,
        entities=tuple(
            ContextEntity(id=one.id, kind=one.kind, name=one.name, aliases=one.aliases) for one in graph.entities
        ),
    )


class Turn:
    """One turn of a person; calls are settled as the `act` node settles them."""

    def __init__(
        self,
        book: MemoryBook,
        said: str = "",
        *,
        excerpts: tuple[str, ...] = (),
        steering: tuple[str, ...] = (),
        mode: Mode = "draft",
        agent: AgentType = "assistant",
        named: tuple[str, ...] = (),
        tools: Sequence[Tool[Any]] = ALL_TOOLS,
    ) -> None:
        self.book = book
        self.shown = Shown()
        self._said, self._excerpts, self._steering = said, excerpts, steering
        self._scope = TurnScope(
            agent_id=uuid4().hex,
            run_id=uuid4().hex,
            cim_id=book.address.cim_id,
            org_id="org1",
            deal_id="deal1",
            agent_type=agent,
            mode=mode,
            person_id="lea",
            thread_id="main",
            message_id="m1",
            answer_id="m2",
            named=named,
        )
        self.runner = ToolRunner(tools)
        self._context: TurnContext | None = None

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            facts=tuple(self.book.kept_facts),
            passages=tuple(self.book.kept_passages),
            sources=tuple(self.book.kept_sources),
        )

    async def desk(self, call_id: str = "1") -> ToolDesk:
        if self._context is None:
            self._context = TurnContext(
                agent=self._scope.agent_type,
                mode=self._scope.mode,
                person_id="lea",
                said=self._said,
                excerpts=self._excerpts,
                named=self._scope.named,
                book=await book_now(self.book),
            )
        return ToolDesk(
            scope=self._scope,
            context=self._context,
            evidence=self.evidence,
            workspace=self.book,
            sender=self.book,
            talk=self.shown,
            library=NoSearch(),
            call_id=f"{self._scope.agent_id}/1/{call_id}",
            steering=self._steering,
        )

    async def settle(self, *calls: Call, answers: Sequence[RequestAnswer] = ()) -> Settled:
        desks = {call.id: await self.desk(call.id) for call in calls}
        return await self.runner.settle(calls, lambda call_id: desks[call_id], answers)

    async def call(
        self, tool: str, answers: Sequence[RequestAnswer] = (), call_id: str = "1", **arguments: Any
    ) -> Settled:
        return await self.settle(Call(id=call_id, name=tool, arguments=arguments), answers=answers)


def told(settled: Settled, at: int = 0) -> Any:
    """What the model reads."""
    return json.loads(settled.messages[at].text)


def refusal(settled: Settled, at: int = 0) -> str:
    return str(told(settled, at)["not_done"])


def approved(request_id: str, arguments_hash: str = "") -> RequestAnswer:
    answer = ConfirmationAnswer(approved=True, arguments_hash=arguments_hash)
    return RequestAnswer(request_id=request_id, how="answered", confirmation=answer, by="lea")


def denied(request_id: str, reason: str) -> RequestAnswer:
    answer = ConfirmationAnswer(approved=False, reason=reason)
    return RequestAnswer(request_id=request_id, how="answered", confirmation=answer, by="lea")


def answered(request_id: str, *choices: str, text: str = "") -> RequestAnswer:
    return RequestAnswer(
        request_id=request_id, how="answered", question=QuestionAnswer(choices=choices, text=text), by="lea"
    )
