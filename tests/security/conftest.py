"""One book with everything in it, and everybody who might ask for it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from deploy.embedded.stack import Addresses
from domain.commands import Command, OpenRequest
from domain.permissions import OrgRole, Role
from domain.requests import RequestBody, RequestDraft
from domain.values import Actor
from store import AgentSession, Checkpoint, Message, Run, RunStatus, Thread
from tests.integration.api.conftest import Api, Book, Site, addresses, site
from tests.integration.api.test_documents import until_over, uploaded
from tests.integration.organisation import Account, Organisation
from tests.unit.evidence import pictured
from workflows.contract import Entry, Submission

from .routes import NOBODY

__all__ = ["addresses", "site"]

UNKNOWN = ("user_id", "team_id", "invitation_id", "key_id", "comment_id", "version_id", "deployment_id")
SECRET_WORDS = "Zinnober-Marker-4711"
"""Stands in every part of the book; nobody who may not see the book may ever read it."""


@dataclass
class Everybody:
    """The people of the organisation whose book it is, those of another one, and somebody of neither."""

    ours: Organisation
    theirs: Organisation
    outsider: Account

    def account(self, who: str) -> Account:
        if who == "outsider":
            return self.outsider
        organisation = self.theirs if who.startswith("other ") else self.ours
        role = who.removeprefix("other ")
        return organisation.people[Role(role) if role in list(Role) else OrgRole(role)]


@pytest.fixture(scope="session")
def everybody(addresses: Addresses) -> Iterator[Everybody]:
    ours, theirs = Organisation(addresses), Organisation(addresses)
    outsider = Account(addresses)
    yield Everybody(ours, theirs, outsider)
    ours.close()
    theirs.close()
    outsider.rest.close()


@dataclass
class Furnished:
    """A book with one of everything, by the names that paths use."""

    book: Book
    ids: dict[str, str]


async def new_book(api: Api, organisation: Organisation, account: Account, title: str = SECRET_WORDS) -> Book:
    client = api.client(account.token)
    answer = await client.post("/cims", json={"deal_id": organisation.deal_id, "title": title})
    assert answer.status_code == 201, answer.text
    return Book(client, answer.json())


async def send_as_agent(
    site: Site, organisation: Organisation, book: Book, person_id: str, run_id: str, command: Command
) -> None:
    """As the worker does it for an agent."""
    actor = Actor(kind="agent", id="assistant", on_behalf_of=person_id)
    proof = site.api.parts.proofs.of_agent(actor, book.id, f"run/{book.id}/{run_id}")
    submission = Submission(entries=(Entry(actor=actor, command=command, proof=proof),))
    client = await site.temporal()
    answer = await site.calls.execute(client, organisation.id, organisation.deal_id, book.id, submission)
    assert answer.results[0].problem is None, answer.results[0].problem


async def put_run(
    site: Site, organisation: Organisation, book: Book, person_id: str, status: RunStatus = "running"
) -> Run:
    run = Run(
        id=uuid.uuid4().hex,
        cim_id=book.id,
        org_id=organisation.id,
        deal_id=organisation.deal_id,
        kind="draft_outline",
        status=status,
        instruction=SECRET_WORDS,
        actor=Actor(kind="user", id=person_id),
        started_at=datetime.now(UTC),
    )
    await site.store.runs.put(run)
    return run


async def open_request(site: Site, organisation: Organisation, book: Book, person_id: str, run_id: str) -> str:
    body = RequestBody(kind="question", text=SECRET_WORDS, options=("Europe", "Asia"))
    draft = RequestDraft(id=uuid.uuid4().hex, run_id=run_id, agent_id=f"{run_id}-0", body=body)
    command = OpenRequest(type="open_request", command_id=uuid.uuid4(), request=draft)
    await send_as_agent(site, organisation, book, person_id, run_id, command)
    return draft.id


async def furnish(site: Site, organisation: Organisation) -> Furnished:
    lead = organisation.people[Role.LEAD]
    book = await new_book(site.api, organisation, lead)
    await book.done("save_outline", sections=[{"id": "market", "title": SECRET_WORDS, "description": ""}])
    await book.save_slide(SECRET_WORDS, "slide-1")
    data = pictured.word([(pictured.drawing(1), f"Figure 1: {SECRET_WORDS}")])
    source = await uploaded(book, "overview.docx", data)
    assert source["status"] == "ready", source
    [image] = (await book.client.get(f"{book.url}/images")).json()["items"]
    run = await put_run(site, organisation, book, lead.user_id)
    over = await put_run(site, organisation, book, lead.user_id, status="failed")
    now = datetime.now(UTC)
    agent_id, message_id = f"{run.id}-0", uuid.uuid4().hex
    session = AgentSession(
        id=agent_id,
        cim_id=book.id,
        org_id=organisation.id,
        run_id=run.id,
        agent_type="writer",
        title=SECRET_WORDS,
        status="running",
        started_at=now,
    )
    await site.store.agents.put(session)
    state = {"title": SECRET_WORDS}
    step = Checkpoint(
        id=f"{agent_id}:0000",
        cim_id=book.id,
        run_id=run.id,
        agent_id=agent_id,
        graph="turn",
        step=0,
        node="first",
        state={**state},
        at=now,
    )
    await site.store.checkpoints.put(step)
    message = Message(
        id=message_id,
        cim_id=book.id,
        role="user",
        text=SECRET_WORDS,
        author=Actor(kind="user", id=lead.user_id),
        created_at=now,
        completed_at=now,
    )
    await site.store.messages.put(message)
    thread = Thread(
        id="main",
        cim_id=book.id,
        title=SECRET_WORDS,
        leaf_id=message_id,
        leaves=(message_id,),
        created_at=now,
        updated_at=now,
    )
    await site.store.threads.put(thread)
    request_id = await open_request(site, organisation, book, lead.user_id, run.id)
    started = await book.client.post(f"{book.url}/exports", json={"format": "json"})
    export = await until_over(book.client, started.headers["location"], {"ready", "failed"})
    assert export["status"] == "ready", export
    async with site.api.client(organisation.people[OrgRole.OWNER].token) as owner:
        application = await owner.post(f"/orgs/{organisation.id}/applications", json={"name": SECRET_WORDS})
    return Furnished(
        book,
        {
            "cim_id": book.id,
            "slide_id": "slide-1",
            "thread_id": "main",
            "message_id": message_id,
            "run_id": run.id,
            "over_id": over.id,
            "agent_id": agent_id,
            "step": "0",
            "request_id": request_id,
            "source_id": source["id"],
            "image_id": image["id"],
            "export_id": export["id"],
            "seq": "1",
            "deal_id": organisation.deal_id,
            "org_id": organisation.id,
            "project_id": organisation.project_id,
            "application_id": application.json()["id"],
            "key": "dark_mode",
            **dict.fromkeys(UNKNOWN, NOBODY),
        },
    )


@pytest.fixture(scope="session")
async def furnished(site: Site, everybody: Everybody) -> AsyncIterator[Furnished]:
    found = await furnish(site, everybody.ours)
    yield found
    await found.book.client.aclose()


@pytest.fixture(scope="session")
async def callers(site: Site, everybody: Everybody) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client for everybody."""
    roles = [*OrgRole, *Role]
    names = [*(str(role) for role in roles), *(f"other {role}" for role in roles), "outsider"]
    clients = {name: site.api.client(everybody.account(name).token) for name in names}
    yield clients
    await asyncio.gather(*(client.aclose() for client in clients.values()))
