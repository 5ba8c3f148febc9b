"""What the drafting graphs need from outside: somewhere to read and keep things, and a way to send commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol
from uuid import UUID

from domain.book import Book, BookSource
from domain.commands import Command
from domain.head import CIMHead, SlideHead
from domain.knowledge import KnowledgeGraph
from domain.model import Fact, SourceReference
from domain.refusals import Problem
from domain.values import Actor, Instant, Value


class SourcePassage(Value):
    """A searchable part of a document, with the document it comes from."""

    source_id: str
    passage_id: str
    text: str
    locator: str
    heading: str = ""


class Documents(Value):
    """The documents of a book: those that are read, and the names of those that are still being read."""

    read: tuple[BookSource, ...] = ()
    unread: tuple[str, ...] = ()


class SourcePicture(Value):
    """A picture taken from a document. `fingerprint` is a perceptual hash (hex); `text` what stands around it."""

    image_id: str
    source_id: str
    locator: str
    blob_sha256: str
    width: int
    height: int
    fingerprint: str
    text: str = ""


class TalkMessage(Value):
    """A message of a thread, as far as agents need it. `author` is the person's id or the agent's type."""

    id: str
    role: Literal["user", "assistant"]
    author: str
    text: str
    created_at: Instant


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

    async def documents(self, cim_id: str) -> Documents:
        """Both of the above, read once."""
        ...

    async def book(self, cim_id: str) -> Book | None:
        """The whole book with the bodies of its slides."""
        ...

    async def graph(self, cim_id: str) -> KnowledgeGraph: ...

    async def pictures(self, cim_id: str) -> Sequence[SourcePicture]: ...

    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None: ...

    async def get_text(self, cim_id: str, content_hash: str) -> str:
        """Raises LookupError when nothing is kept under the hash."""
        ...


class CommandSender(Protocol):
    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Outcomes in the order of the commands. A command sent again under its id changes nothing."""
        ...


class Conversation(Protocol):
    """Reads of one thread. Messages that are complete never change."""

    async def path(self, message_id: str, limit: int) -> Sequence[TalkMessage]:
        """The message and those before it on its branch, oldest first, at most `limit`."""
        ...

    async def steers(self, run_id: str, after: int) -> Sequence[str]:
        """What people added to a run under way, past the first `after`."""
        ...

    async def is_said(self, run_id: str, answer_id: str, after: int) -> bool:
        """Whether nothing was added past the first `after`. With its last answer a run takes nothing more."""
        ...


class AnswerSink(Protocol):
    """Where the words of an answer go while it is written. `attempt` grows with each new try."""

    async def reset(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        """The message reads `text` from now on."""
        ...

    async def add(self, cim_id: str, message_id: str, attempt: int, text: str) -> None: ...


class AnswerCitation(Value):
    """What a marker of an answer points at."""

    ref: str
    document: str
    source: SourceReference


class FinishedAnswer(Value):
    """An answer as it stays. `unsupported` are its figures that no document bears out."""

    text: str
    citations: tuple[AnswerCitation, ...] = ()
    unsupported: tuple[str, ...] = ()
    steering: tuple[str, ...] = ()


class Answers(Protocol):
    """The messages that agents answer with. An answer that has ended stays as it is."""

    async def begin(self, message_id: str) -> None: ...

    async def finish(self, message_id: str, answer: FinishedAnswer) -> None: ...
