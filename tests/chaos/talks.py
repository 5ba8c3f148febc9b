"""People who talk with the AI and have it draft, and what its agents ask back: under keys, again until it is taken."""

from __future__ import annotations

import asyncio
import random
import uuid
from http import HTTPStatus
from typing import Any

from tests.chaos.clients import Caller
from tests.chaos.commands import KnownBook
from tests.chaos.history import Granted, Recording, Requested, Settled
from tests.chaos.site import APIS

QUESTIONS = (
    "What were net sales in FY2024?",
    "How did EBITDA develop?",
    "Who are the customers?",
    "What was gross profit in FY2023?",
)
DRAFTS = ("draft_buyer_persona", "draft_hero_context")
FIGURES = (
    b"Metric,FY2021,FY2022,FY2023,FY2024\n"
    b"Net sales (USD million),700,800,900,1000\n"
    b"Gross profit (USD million),300,360,420,480\n"
    b"EBITDA (USD million),60,75,90,120\n"
)
DOCUMENT = {"file": ("figures.csv", FIGURES, "text/csv")}
TRIES = 12
PATIENCE_SECONDS = 90.0


class Talker:
    """One person with a thread of its own in each book."""

    def __init__(
        self, name: str, caller: Caller, books: list[KnownBook], recording: Recording, rng: random.Random
    ) -> None:
        self._name = name
        self._caller = caller
        self._books = books
        self._recording = recording
        self._rng = rng
        self._count = 0

    async def talk(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            book = self._rng.choice(self._books)
            if self._rng.random() < 0.8:
                await self.say(book.cim_id)
            else:
                await self.have_drafted(book.cim_id)
            await asyncio.sleep(self._rng.expovariate(0.5))

    async def say(self, cim_id: str) -> None:
        text = f"{self._rng.choice(QUESTIONS)} (reference {self._next()})"
        thread_id = f"{self._name}-thread"
        body = {"text": text, "mode": "ask", "thread_id": thread_id}
        await self._request("message", cim_id, f"/cims/{cim_id}/messages", body, text=text, thread_id=thread_id)

    async def have_drafted(self, cim_id: str) -> None:
        kind = self._rng.choice(DRAFTS)
        await self._request("run", cim_id, f"/cims/{cim_id}/runs", {"kind": kind}, text=kind)

    async def begin_books(self, deal_id: str, stopping: asyncio.Event) -> None:
        """A new one now and then."""
        while not stopping.is_set():
            await self.begin_book(deal_id)
            await asyncio.sleep(self._rng.uniform(4.0, 15.0))

    async def begin_book(self, deal_id: str) -> str | None:
        """Its id, where it was granted."""
        title = f"Begun under faults {self._next()}"
        return await self._request("book", "", "/cims", {"deal_id": deal_id, "title": title}, text=title)

    async def have_composed(self, cim_id: str) -> None:
        """A run that soon waits for people to look over its plan."""
        body = {"kind": "compose", "review_rounds": 0}
        await self._request("run", cim_id, f"/cims/{cim_id}/runs", body, text="compose")

    async def _request(
        self, kind: Any, cim_id: str, path: str, body: dict[str, Any], *, text: str = "", thread_id: str = ""
    ) -> str | None:
        """The id of what was granted."""
        key, recording = f"{self._name}-{uuid.UUID(int=self._rng.getrandbits(128))}", self._recording
        recording.add(Requested(at=recording.now, kind=kind, key=key, cim_id=cim_id, thread_id=thread_id, text=text))
        for _ in range(TRIES):
            status, answer = await self._caller.call(
                self._rng.choice(APIS), "POST", path, json=body, headers={"Idempotency-Key": key}
            )
            if status in (201, 202):
                granted_id = answer.get("run_id") or answer["id"]
                recording.add(
                    Granted(
                        at=recording.now,
                        key=key,
                        id=granted_id,
                        message_id=answer.get("message_id", ""),
                        answer_ids=tuple(answer.get("answer_ids", ())),
                    )
                )
                return granted_id
            if status == HTTPStatus.NOT_FOUND:
                return None
            await asyncio.sleep(self._rng.uniform(0.2, 1.0))
        return None

    def _next(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"


async def answered_at_once(tabs: dict[str, Caller], cim_id: str, request: dict[str, Any], recording: Recording) -> None:
    """Several people approve the plan that an agent waits for, at the same time, each with words of their own."""
    plan = request["body"]["arguments"]
    section = plan["sections"][0]
    shorter = {**plan, "sections": [{**section, "items": section["items"][:1]}]}

    async def answer(name: str, caller: Caller, api: str) -> None:
        status, body = await caller.call(
            api,
            "POST",
            f"/runs/{request['run_id']}/answers/{request['id']}",
            json={"approved": True, "reason": f"Agreed, {name}", "arguments": shorter},
        )
        code = str(body.get("code", "")) if status is not None and status >= HTTPStatus.BAD_REQUEST else ""
        recording.add(
            Settled(at=recording.now, cim_id=cim_id, request_id=request["id"], by=name, status=status, code=code)
        )

    await asyncio.gather(*(answer(name, caller, api) for (name, caller), api in zip(tabs.items(), APIS, strict=True)))


async def documented(caller: Caller, cim_id: str, rng: random.Random) -> None:
    """Gives a book a document to draw on, and waits until it is read."""
    await caller.patiently(rng, "POST", f"/cims/{cim_id}/sources", PATIENCE_SECONDS, files=DOCUMENT)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            page = await caller.patiently(rng, "GET", f"/cims/{cim_id}/sources", PATIENCE_SECONDS)
            if page["items"] and all(source["status"] == "ready" for source in page["items"]):
                return
            await asyncio.sleep(0.2)


async def open_request(caller: Caller, cim_id: str, rng: random.Random) -> dict[str, Any]:
    """The first question that waits in a book."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            page = await caller.patiently(rng, "GET", f"/cims/{cim_id}/requests", PATIENCE_SECONDS)
            if page["items"]:
                return page["items"][0]
            await asyncio.sleep(0.3)
