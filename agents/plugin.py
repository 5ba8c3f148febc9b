"""LangGraph on Temporal: the same plugin for worker and replayer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from langchain_core.language_models import BaseChatModel
from temporalio.langgraph import LangGraphPlugin

from agents.graphs import draft_graphs
from agents.models import EVIDENCE_ONLY, chat_model
from agents.nodes import DraftNodes
from agents.ports import CIMAddress, CommandSender, Outcome, SourcePassage, SourcePicture, Workspace
from domain.book import Book, BookSource
from domain.commands import Command
from domain.head import CIMHead, SlideHead
from domain.knowledge import KnowledgeGraph
from domain.model import Fact
from domain.values import Actor


def langgraph_plugin(
    workspace: Workspace,
    sender: CommandSender,
    model_name: str = EVIDENCE_ONLY,
    model: Callable[[], BaseChatModel] | None = None,
) -> LangGraphPlugin:
    """The draft graphs, each node an activity. `model` overrides the model named. The built-in one is never asked to
    mend a draft: it would write the same again."""
    nodes = DraftNodes(
        workspace,
        sender,
        model or (lambda: chat_model(model_name)),
        may_repair=model is not None or model_name != EVIDENCE_ONLY,
    )
    return LangGraphPlugin(graphs=dict(draft_graphs(nodes)))


def replay_plugin() -> LangGraphPlugin:
    """The same graphs for a replayer, which runs no activity."""
    return langgraph_plugin(_Nowhere(), _Nowhere())


class _Nowhere:
    """Stands where a replay must never reach."""

    async def head(self, cim_id: str) -> CIMHead | None:
        raise NotConnected

    async def slides(self, cim_id: str) -> Sequence[SlideHead]:
        raise NotConnected

    async def facts(self, cim_id: str) -> Sequence[Fact]:
        raise NotConnected

    async def passages(self, cim_id: str) -> Sequence[SourcePassage]:
        raise NotConnected

    async def sources(self, cim_id: str) -> Sequence[BookSource]:
        raise NotConnected

    async def unread(self, cim_id: str) -> Sequence[str]:
        raise NotConnected

    async def book(self, cim_id: str) -> Book | None:
        raise NotConnected

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        raise NotConnected

    async def pictures(self, cim_id: str) -> Sequence[SourcePicture]:
        raise NotConnected

    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None:
        raise NotConnected

    async def get_text(self, cim_id: str, content_hash: str) -> str:
        raise NotConnected

    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        raise NotConnected


class NotConnected(Exception):
    """A replay ran an activity."""
