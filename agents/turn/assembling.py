"""Puts together what a turn starts from: read by reference from the store, within a budget of characters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from agents.brief import Evidence
from agents.failures import run_failed
from agents.pasted import apart
from agents.ports import Conversation, TalkMessage, Workspace
from agents.turn.book_now import BookReader
from agents.turn.context import ContextMessage, TurnContext
from agents.turn.evidence_shelf import EvidenceShelf
from agents.turn.excerpts import best_part
from agents.turn.searching import TurnSearch
from agents.turn.state import TurnScope
from agents.turn.summaries import Summaries
from agents.turn.thread_memory import ThreadMemory
from agents.turn.windows import RECENT_MESSAGES, latest, shortened
from domain.values import Value

MOST_FACTS, MOST_PASSAGES, MOST_FOUND = 60, 24, 6
QUERY_CHARACTERS = 1_500
SHORT_QUESTION = 40
"""A question of at most so many characters leans on the one before it."""

_Item = TypeVar("_Item")


class ContextBudget(Value):
    """Characters that each part of a context may take."""

    recent: int = 48_000
    found: int = 12_000
    found_each: int = 2_400
    summary: int = 6_000
    facts: int = 18_000
    passages: int = 18_000
    excerpts: int = 40_000

    @classmethod
    def of(cls, total: int) -> ContextBudget:
        """The same shares of another total."""
        default = cls()
        shares = default.model_dump()
        whole = sum(shares.values()) - default.found_each
        return cls.model_validate({name: max(400, share * total // whole) for name, share in shares.items()})


class Assembled(Value):
    """`evidence` is kept beside the book under `evidence_hash`."""

    context: TurnContext
    evidence: Evidence
    evidence_hash: str


class Assembler:
    def __init__(
        self,
        workspace: Workspace,
        conversation: Conversation,
        search: TurnSearch,
        shelf: EvidenceShelf,
        budget: ContextBudget | None = None,
    ) -> None:
        self._workspace = workspace
        self._conversation = conversation
        self._search = search
        self._shelf = shelf
        self._budget = budget or ContextBudget()
        self._books = BookReader(workspace)
        self._threads = ThreadMemory(conversation, search)
        self._summaries = Summaries(workspace)

    async def assemble(self, scope: TurnScope, said: str) -> Assembled:
        """What the agent of the turn is told, for the message `said`."""
        cim_id = scope.cim_id
        own = apart(said)
        head, documents, path = await asyncio.gather(
            self._workspace.head(cim_id),
            self._workspace.documents(cim_id),
            self._conversation.path(scope.message_id, RECENT_MESSAGES),
        )
        if head is None:
            raise run_failed("There is no such book (any more), so there is nothing to talk about.")
        earlier = [message for message in path if message.id != scope.message_id and message.text]
        query = _query(own.text, earlier)
        kept, book, recent = (
            await self._shelf.current(head, documents.read),
            await self._books.now(head, documents, own.text, scope.named),
            self._recent(earlier),
        )
        found, summary = await self._older(scope, path, recent, query)
        facts = await self._search.facts(cim_id, kept.evidence, query, MOST_FACTS)
        passages = await self._search.passages(cim_id, kept.evidence, query, MOST_PASSAGES)
        context = TurnContext(
            agent=scope.agent_type,
            mode=scope.mode,
            person_id=scope.person_id,
            said=own.text,
            excerpts=tuple(_within(own.excerpts, self._budget.excerpts, len)),
            named=scope.named,
            summary=summary,
            messages=(*found, *recent),
            book=book,
            facts=tuple(
                _within(
                    kept.evidence.brief_facts(list(facts)),
                    self._budget.facts,
                    lambda fact: len(fact.statement) + len(fact.quote) + 100,
                )
            ),
            passages=tuple(
                _within(
                    kept.evidence.brief_passages(list(passages)),
                    self._budget.passages,
                    lambda passage: len(passage.text) + len(passage.heading) + 60,
                )
            ),
        )
        return Assembled(context=context, evidence=kept.evidence, evidence_hash=kept.hash)

    def _recent(self, earlier: Sequence[TalkMessage]) -> list[ContextMessage]:
        share = self._budget.recent
        return [_told(message, shortened(message.text, share)) for message in latest(earlier, share)]

    async def _older(
        self, scope: TurnScope, path: Sequence[TalkMessage], recent: Sequence[ContextMessage], query: str
    ) -> tuple[list[ContextMessage], str]:
        """Of the messages before the recent ones: those that fit the question, oldest first, and the summary."""
        told = {message.message_id for message in recent} | {scope.message_id}
        among = await self._threads.before(scope.cim_id, scope.thread_id, path, RECENT_MESSAGES)
        among |= {message.id for message in path if message.id not in told}
        if not among:
            return [], ""
        ids = await self._search.messages(scope.cim_id, among, query, MOST_FOUND)
        each = self._budget.found_each
        pages = await asyncio.gather(*(self._conversation.path(message_id, 1) for message_id in ids))
        found = [_told(message, best_part(message.text, query, each), "found") for page in pages for message in page]
        summary = await self._summaries.latest(scope.cim_id, path)
        return (
            sorted(_within(found, self._budget.found, lambda one: len(one.text)), key=lambda one: one.message_id),
            shortened(summary.text, self._budget.summary) if summary else "",
        )


def _query(said: str, earlier: Sequence[TalkMessage]) -> str:
    """What to search for: the question, and the one before it where this one is too short to stand alone."""
    question = said[:QUERY_CHARACTERS]
    if len(question) > SHORT_QUESTION:
        return question
    before = next((message.text for message in reversed(earlier) if message.role == "user"), "")
    return f"{question} {apart(before).text[:300]}".strip()


def _told(message: TalkMessage, text: str, why: Literal["recent", "found"] = "recent") -> ContextMessage:
    return ContextMessage(message_id=message.id, role=message.role, author=message.author, text=text, why=why)


def _within(items: Sequence[_Item], most: int, size: Callable[[_Item], int]) -> list[_Item]:
    """The first items whose sizes add up to no more than `most`."""
    chosen: list[_Item] = []
    for item in items:
        most -= size(item)
        if most < 0:
            break
        chosen.append(item)
    return chosen
