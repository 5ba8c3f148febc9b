"""What the drafting graphs need from outside: somewhere to read and keep things, and a way to send commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from domain.book import BookSource
from domain.commands import Command
from domain.head import CIMHead, SlideHead
from domain.model import Fact
from domain.refusals import Problem
from domain.values import Actor, Value


class SourcePassage(Value):
    """A searchable part of a document, with the document it comes from."""

    source_id: str
    passage_id: str
    text: str
    locator: str
    heading: str = ""


class CIMAddress(Value):
    cim_id: str
    org_id: str
    deal_id: str


class Outcome(Value):
    """How a command ended: without a problem it was carried out, now or earlier."""

    command_id: UUID
    problem: Problem | None = None


class Workspace(Protocol):
    """Reads of one book, and texts kept under their content hash beside it."""

    async def head(self, cim_id: str) -> CIMHead | None: ...

    async def slides(self, cim_id: str) -> Sequence[SlideHead]: ...

    async def facts(self, cim_id: str) -> Sequence[Fact]: ...

    async def passages(self, cim_id: str) -> Sequence[SourcePassage]: ...

    async def sources(self, cim_id: str) -> Sequence[BookSource]:
        """Those that are read."""
        ...

    async def unread(self, cim_id: str) -> Sequence[str]:
        """Names of the documents that are still being read."""
        ...

    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None: ...

    async def get_text(self, cim_id: str, content_hash: str) -> str:
        """Raises LookupError when nothing is kept under the hash."""
        ...


class CommandSender(Protocol):
    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Outcomes in the order of the commands. A command sent again under its id changes nothing."""
        ...
