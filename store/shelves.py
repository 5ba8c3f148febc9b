"""What is kept whole on shelves: of each kind, by what it is found, and the questions that are asked of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from store.codec import Codec
from store.models import (
    AgentSession,
    AgentStatus,
    BookCheck,
    BookEnd,
    Checkpoint,
    Comment,
    Export,
    Page,
    PresentPage,
    Reminder,
    Run,
    RunStatus,
    Source,
    Thread,
)
from store.server import Server
from store.shelf import Shelf


class Sources(Shelf[Source]):
    indexes = (("cim_id", "sha256"), ("cim_id", "at"))

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(
            server, codec, "sources", Source, lambda s: {"sha256": s.sha256, "at": s.created_at.isoformat()}
        )

    async def of_cim(self, cim_id: str) -> list[Source]:
        """In the order in which they came."""
        return await self.find(cim_id, order="at")

    async def by_hash(self, cim_id: str, sha256: str) -> Source | None:
        found = await self.find(cim_id, {"sha256": sha256}, order="at", limit=1)
        return found[0] if found else None


class Runs(Shelf[Run]):
    indexes = (
        ("cim_id", "at"),
        ("cim_id", "status", "at"),
        ("deal_id", "at"),
        ("deal_id", "status", "at"),
        ("status",),
    )

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(
            server,
            codec,
            "runs",
            Run,
            lambda r: {"status": r.status, "deal_id": r.deal_id, "at": r.started_at.isoformat()},
        )

    async def of_cim(
        self, cim_id: str, *, status: RunStatus | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[Run]:
        """Newest first. Raises BadCursor."""
        wanted = {"cim_id": cim_id} if status is None else {"cim_id": cim_id, "status": status}
        return await self.page(wanted, order="at", newest=True, cursor=cursor, limit=limit)

    async def of_deals(
        self, deal_ids: Collection[str], *, status: RunStatus | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[Run]:
        """Of all books of these deals, newest first. Raises BadCursor."""
        wanted: dict[str, object] = {"deal_id": {"$in": sorted(deal_ids)}}
        if status is not None:
            wanted["status"] = status
        return await self.page(wanted, order="at", newest=True, cursor=cursor, limit=limit)

    async def unfinished(self) -> list[Run]:
        """Those of every book that are not over."""
        return await self.everywhere({"status": {"$in": ["queued", "running", "waiting"]}})


class Agents(Shelf[AgentSession]):
    indexes = (("cim_id", "at"), ("cim_id", "status", "at"), ("run_id", "at"), ("run_id", "status", "at"))

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(
            server, codec, "agents", AgentSession, lambda a: {"run_id": a.run_id, "status": a.status, "at": _began(a)}
        )

    async def of_cim(
        self,
        cim_id: str,
        *,
        run_id: str | None = None,
        status: AgentStatus | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page[AgentSession]:
        """Those of a run in the order in which they began; those of a book newest first. Raises BadCursor."""
        wanted = {"cim_id": cim_id}
        if run_id is not None:
            wanted["run_id"] = run_id
        if status is not None:
            wanted["status"] = status
        return await self.page(wanted, order="at", newest=run_id is None, cursor=cursor, limit=limit)


class Checkpoints(Shelf[Checkpoint]):
    indexes = (("cim_id", "agent_id", "step"),)

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "checkpoints", Checkpoint, lambda c: {"agent_id": c.agent_id, "step": c.step})

    async def of_agent(self, cim_id: str, agent_id: str) -> list[Checkpoint]:
        """The steps of an agent's graph that are kept, in order."""
        return await self.find(cim_id, {"agent_id": agent_id}, order="step")


class Exports(Shelf[Export]):
    indexes = (("cim_id", "at"),)

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "exports", Export, lambda e: {"at": e.created_at.isoformat()})

    async def of_cim(self, cim_id: str, limit: int = 100) -> list[Export]:
        """Newest first."""
        return await self.find(cim_id, order="at", newest=True, limit=limit)


class Comments(Shelf[Comment]):
    indexes = (("cim_id", "at"), ("cim_id", "slide_id", "at"))

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "comments", Comment, lambda c: {"slide_id": c.slide_id, "at": c.at.isoformat()})

    async def of_cim(self, cim_id: str, slide_id: str | None = None) -> list[Comment]:
        """Oldest first."""
        return await self.find(cim_id, {} if slide_id is None else {"slide_id": slide_id}, order="at")


class Threads(Shelf[Thread]):
    indexes = (("cim_id", "at"),)

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "threads", Thread, lambda t: {"at": t.created_at.isoformat()}, by_cim=True)

    async def of_cim(self, cim_id: str) -> list[Thread]:
        """In the order in which they were begun."""
        return await self.find(cim_id, order="at")


class Presence(Shelf[PresentPage]):
    indexes = (("cim_id", "at"), ("at",))

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "presence", PresentPage, lambda p: {"at": p.at.isoformat()}, by_cim=True)

    async def of_cim(self, cim_id: str, since: datetime) -> list[PresentPage]:
        """The pages of a CIM that were heard of since then."""
        pages = await self.find(cim_id, {"at": {"$gte": since.isoformat()}})
        return [page for page in pages if page.at >= since]

    async def silent(self, before: datetime) -> list[PresentPage]:
        """The pages of all CIMs that were last heard of before then."""
        return await self.everywhere({"at": {"$lt": before.isoformat()}})


class Reminders(Shelf[Reminder]):
    indexes = (("cim_id", "at"),)

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "reminders", Reminder, lambda r: {"at": r.last_at.isoformat()}, by_cim=True)

    async def by_request(self, cim_id: str) -> dict[str, Reminder]:
        return {reminder.id: reminder for reminder in await self.find(cim_id)}


class BookEnds(Shelf[BookEnd]):
    """What is announced of the end of a CIM, one for each."""

    indexes = (("cim_id", "at"),)

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "book_ends", BookEnd, lambda e: {"at": e.ends_at.isoformat()}, by_cim=True)

    async def of_cim(self, cim_id: str) -> BookEnd | None:
        return await self.get("end", of_cim=cim_id)

    async def by_cim(self) -> dict[str, BookEnd]:
        return {end.cim_id: end for end in await self.everywhere({})}


class BookChecks(Shelf[BookCheck]):
    """What the newest check of a CIM found, one for each."""

    def __init__(self, server: Server, codec: Codec) -> None:
        super().__init__(server, codec, "checks", BookCheck, lambda c: {"rev": c.rev}, by_cim=True)

    async def of_cim(self, cim_id: str) -> BookCheck | None:
        return await self.get("latest", of_cim=cim_id)


def _began(session: AgentSession) -> str:
    """Sessions that have not begun come last."""
    return session.started_at.isoformat() if session.started_at is not None else "9999"
