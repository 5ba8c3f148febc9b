"""Who writes the books of a house, and what they remember of them."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.integration.api.conftest import Book
from tests.integration.api.organising import Someone, someone
from tests.integration.api.speaking import run_over, say
from tests.integration.api.test_documents import uploaded

from .checking import PATIENCE_SECONDS, eventually
from .house import House

SECTIONS = [{"id": "market", "title": "Market", "description": "who buys"}]
SLIDES = 4
LETTERS = "abcdefghij"
"""In place of digits: a figure would have to be found in the documents before a book is complete."""


OWN_SLIDES = {f"s{number}" for number in range(SLIDES)}


@dataclass(frozen=True)
class Plan:
    """Of a run; it waits for people as a request."""

    run_id: str
    request_id: str


@dataclass
class Desk:
    """A book, and a person who opens it in the morning and leaves it in the evening."""

    house: House
    org_id: str
    deal_id: str
    person: Someone
    book: Book
    acknowledged: list[str] = field(default_factory=list[str])
    plans: dict[str, Plan] = field(default_factory=dict[str, Plan])
    is_complete: bool = False
    _left: Any = None

    async def do(self, type_: str, **fields: Any) -> dict[str, Any]:
        """A command, which has to be done; sent again, under its id, while a busy machine has only accepted it."""
        command_id = str(uuid.uuid4())
        while (answer := await self.book.send(type_, command_id=command_id, **fields)).status_code == 202:
            await asyncio.sleep(0.2)
        assert answer.status_code == 200, answer.text
        [result] = answer.json()["results"]
        if result["events"] or result["repeated"]:
            self.acknowledged.append(command_id)
        return result

    async def set_up(self) -> None:
        await self.do("save_buyer_persona", persona={"type": "strategic", "motivations": ["reach"], "concerns": []})
        thesis = {"asset": "the brand", "timing": "now", "opportunity": "growth"}
        await self.do("save_hero_context", hero={"selected_hero": "One can", "investment_thesis": thesis})
        await self.do("save_outline", sections=SECTIONS)

    async def read(self) -> Any:
        head = await self.book.client.get(self.book.url)
        slides = await self.book.client.get(f"{self.book.url}/slides")
        assert (head.status_code, slides.status_code) == (200, 200), (head.text, slides.text)
        return head.json(), slides.json()

    async def arrive(self) -> None:
        """Whatever was restarted, closed or swept in the night: it is as it was left."""
        if self._left is not None:
            assert await self.read() == self._left

    async def leave(self) -> None:
        self._left = await self.read()

    async def write(self, day: int) -> None:
        """Nothing where the book is complete."""
        if self.is_complete:
            return
        text = f"Written on day {''.join(LETTERS[int(digit)] for digit in str(day))}"
        slide = {"id": f"s{day % SLIDES}", "section_id": "market", "title": "Diary", "layout_type": "text"}
        await self.do("save_slide", slide={**slide, "components": [{"type": "text", "text": text}]})
        if day % 10 == 3:
            await self.do("navigate", target_stage="hero_concept")
            await self.do("confirm_artifact", artifact="outline")
            await self.do("navigate", target_stage="building_sections")

    async def shows_a_page(self) -> None:
        page = {"page_id": f"page-{self.book.id[:8]}", "place": {"view": "slides"}, "what": "here"}
        told = await self.book.client.post(f"{self.book.url}/presence", json=page)
        assert told.status_code == 204, told.text

    async def chat(self, text: str) -> str:
        """What a run comes to. The built-in model answers."""
        said = await say(self.book, text)
        return (await run_over(self.book.client, said["run_id"], 120))["status"]

    async def upload(self, text: str) -> str:
        """The id of the document, when it is read."""
        source = await uploaded(self.book, "notes.md", text.encode())
        assert source["status"] == "ready"
        return source["id"]

    async def complete(self) -> None:
        _, slides = await self.read()
        for slide in slides["items"]:
            await self.do("approve_slide", slide_id=slide["id"])
        await self.do("complete")
        self.is_complete = True

    async def reopen(self) -> None:
        await self.do("reopen")
        self.is_complete = False

    async def composes(self, name: str) -> None:
        """A run plans the book, and waits for people to look over its plan."""
        told = f"The company sells to retailers and wholesalers in Ruritania, {name}."
        await self.upload(f"# Sales\n\n## Market\n\n{told}\n")
        started = await self.book.client.post(f"{self.book.url}/runs", json={"kind": "compose"})
        assert started.status_code == 202, started.text
        run_id: str = started.json()["run_id"]
        waiting: list[str] = []

        async def waits() -> bool:
            asked = (await self.book.client.get(f"{self.book.url}/requests")).json()["items"]
            waiting[:] = [each["id"] for each in asked if each["run_id"] == run_id and each["kind"] == "plan"]
            return bool(waiting)

        await eventually(waits, "the plan waits for people")
        self.plans[name] = Plan(run_id, waiting[0])

    async def looks_over(self, name: str, reminders: int) -> None:
        """Somebody approves the plan, not before they were reminded so often; then the book is written by it."""
        plan = self.plans[name]

        async def reminded() -> bool:
            return max(self.house.told_of(plan.request_id), default=0) >= reminders

        await eventually(reminded, f"{reminders} reminders of the plan {name!r}")
        url = f"/runs/{plan.run_id}/answers/{plan.request_id}"
        answer = await self.book.client.post(url, json={"approved": True})
        assert answer.status_code in (200, 202), answer.text
        run = await run_over(self.book.client, plan.run_id, PATIENCE_SECONDS)
        assert run["status"] == "completed", run
        _, slides = await self.read()
        assert {slide["id"] for slide in slides["items"]} - OWN_SLIDES, "an agent wrote by the plan"


@dataclass
class Tenant:
    house: House
    org_id: str
    deal_id: str
    person: Someone
    client: httpx.AsyncClient

    async def desk(self, title: str) -> Desk:
        made = await self.client.post("/cims", json={"deal_id": self.deal_id, "title": title})
        assert made.status_code in (201, 202), made.text
        book = Book(self.client, made.json())

        async def is_there() -> bool:
            return (await self.client.get(book.url)).status_code == 200

        await eventually(is_there, "the book is there")
        return Desk(self.house, self.org_id, self.deal_id, self.person, book)

    async def keeps_books(self, days: int, after: str) -> None:
        body = {"books_kept_days": days, "books_kept_after": after}
        assert (await self.person.client.patch(f"/orgs/{self.org_id}", json=body)).status_code == 200


async def new_tenant(house: House, stack: AsyncExitStack) -> Tenant:
    person = await someone(house.site)
    org_id = await person.new_org()
    _, deal_id = await person.new_deal(org_id)
    limits = httpx.Limits(max_keepalive_connections=0)
    client = await stack.enter_async_context(house.site.api.client(person.client.token, limits=limits))
    return Tenant(house, org_id, deal_id, person, client)
