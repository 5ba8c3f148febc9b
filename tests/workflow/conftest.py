"""A real Temporal server, a fresh task queue for each test, and doubles for the activities."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from deploy.embedded.sharing import shared_stack
from domain.commands import (
    ApproveSlide,
    Command,
    Create,
    Navigate,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
)
from domain.model import BuyerPersona, HeroContext, InvestmentThesis, SectionDraft, SlideDraft, TextComponent
from domain.values import Actor, Stage
from workflows.calls import CIMCalls
from workflows.cim import CIMWorkflow
from workflows.contract import SUBMIT_SIGNAL, CommandResult, Entry, Submission, cim_workflow_id
from workflows.converter import data_converter
from workflows.sandbox import checking_runner

from .doubles import AccessDouble, EvidenceDouble, StoreDouble

LEA = Actor(kind="user", id="lea")


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    with shared_stack({"temporal"}) as addresses:
        assert addresses.temporal_address is not None
        yield addresses.temporal_address


@pytest.fixture(scope="session")
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=data_converter())


class Desk:
    """One CIM on a real server, with the worker that serves it."""

    def __init__(self, client: Client, **settings: Any) -> None:
        self.client = client
        self.store = StoreDouble()
        self.access = AccessDouble()
        self.evidence = EvidenceDouble()
        self.queue = f"test-{uuid.uuid4().hex}"
        self.cim_id = uuid.uuid4().hex
        self.calls = CIMCalls(task_queue=self.queue, **settings)
        self.id = cim_workflow_id("org1", self.cim_id)
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def worker(self, *more: type) -> AsyncGenerator[Worker]:
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[CIMWorkflow, *more],
            activities=[
                self.store.record,
                self.store.resume_session,
                self.store.content_at,
                self.store.receipt_in_log,
                self.store.events_at,
                self.store.erase,
                self.access.check_access,
                self.evidence.open_findings,
            ],
            workflow_runner=checking_runner(),
        )
        async with worker:
            yield worker

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(self.id)

    async def create(self, title: str = "Bluecan") -> CommandResult:
        command = Create(
            type="create",
            command_id=uuid.uuid4(),
            cim_id=self.cim_id,
            org_id="org1",
            deal_id="deal1",
            project_id="project1",
            title=title,
        )
        return await self.start_with(command)

    async def start_with(self, command: Command) -> CommandResult:
        submission = self.submission(LEA, command)
        answer = await self.calls.execute_with_start(self.client, "org1", "deal1", self.cim_id, submission)
        return answer.results[0]

    async def execute(self, *commands: Command, actor: Actor = LEA) -> list[CommandResult]:
        submission = self.submission(actor, *commands)
        answer = await self.calls.execute(self.client, "org1", "deal1", self.cim_id, submission)
        return list(answer.results)

    async def signal(self, *commands: Command, actor: Actor = LEA) -> None:
        submission = self.submission(actor, *commands)
        await self.handle.signal(SUBMIT_SIGNAL, submission)

    def submission(self, actor: Actor, *commands: Command) -> Submission:
        """What the API sends, or the worker for an agent."""
        proofs = self.access.proofs
        proof = (
            proofs.of_person(actor, self.cim_id)
            if actor.kind == "user"
            else proofs.of_agent(actor, self.cim_id, f"run/{self.cim_id}/run1")
        )
        return Submission(entries=tuple(Entry(actor=actor, command=command, proof=proof) for command in commands))

    async def until_recorded(self, rev: int) -> None:
        async with asyncio.timeout(30):
            while len(self.store.log.get(self.cim_id, [])) < rev:
                await asyncio.sleep(0.02)

    def save_persona(self, type_: str = "strategic") -> SaveBuyerPersona:
        return SaveBuyerPersona(type="save_buyer_persona", command_id=uuid.uuid4(), persona=BuyerPersona(type=type_))

    def save_hero(self) -> SaveHeroContext:
        thesis = InvestmentThesis(asset="brand", timing="now", opportunity="growth")
        hero = HeroContext(selected_hero="One can", investment_thesis=thesis)
        return SaveHeroContext(type="save_hero_context", command_id=uuid.uuid4(), hero=hero)

    def save_outline(self, *ids: str) -> SaveOutline:
        sections = tuple(SectionDraft(id=id_, title=id_) for id_ in ids)
        return SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections)

    def save_slide(self, slide_id: str | None = None, section_id: str = "a", text: str = "text") -> SaveSlide:
        slide = SlideDraft(
            id=slide_id,
            section_id=section_id,
            title="Slide",
            layout_type="text",
            components=(TextComponent(type="text", text=text),),
        )
        return SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=slide)

    def approve(self, slide_id: str) -> ApproveSlide:
        return ApproveSlide(type="approve_slide", command_id=uuid.uuid4(), slide_id=slide_id)

    def navigate(self, stage: Stage) -> Navigate:
        return Navigate(type="navigate", command_id=uuid.uuid4(), target_stage=stage)


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)
