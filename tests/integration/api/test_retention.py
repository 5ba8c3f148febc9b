"""How long books are kept: set over HTTP, told for each book, and carried out by the workflow of the book."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from temporalio.client import WorkflowUpdateFailedError

from domain.commands import Delete
from domain.values import Actor, content_hash
from tests.integration.api.conftest import Site
from tests.integration.api.organising import Someone, service, someone
from workflows.chores import HOUSEKEEPING_WORKFLOW, Chore, ChoreDone
from workflows.contract import Entry, Submission

DAY_SECONDS = 0.1
KEPT_DAYS = 14


async def kept_by(ann: Someone, org_id: str) -> tuple[int | None, str]:
    org = await ann.get(f"/orgs/{org_id}")
    return org["books_kept_days"], org["books_kept_after"]


async def test_an_admin_says_how_long_books_are_kept(site: Site) -> None:
    ann, bob = await asyncio.gather(someone(site), someone(site))
    org_id = await ann.new_org()
    await ann.bring(bob, org_id)
    assert await kept_by(ann, org_id) == (None, "completion")
    wanted = {"books_kept_days": 90, "books_kept_after": "last_change"}
    assert (await ann.client.patch(f"/orgs/{org_id}", json=wanted)).status_code == 200
    assert await kept_by(ann, org_id) == (90, "last_change")
    await ann.client.patch(f"/orgs/{org_id}", json={"name": "Renamed"})
    assert await kept_by(ann, org_id) == (90, "last_change")
    assert await bob.refused("PATCH", f"/orgs/{org_id}", **wanted) == (403, "forbidden")
    for wrong in ({"books_kept_days": 13}, {"books_kept_days": True}, {"books_kept_after": "whenever"}):
        assert (await ann.client.patch(f"/orgs/{org_id}", json=wrong)).status_code == 422
    assert await kept_by(ann, org_id) == (90, "last_change")
    assert (await ann.client.patch(f"/orgs/{org_id}", json={"books_kept_days": None})).status_code == 200
    assert await kept_by(ann, org_id) == (None, "last_change")


async def done(site: Site, queue: str) -> int:
    client = await site.temporal()
    workflow_id = f"housekeeping/{queue}/{uuid.uuid4().hex}"
    outcome = await client.execute_workflow(
        HOUSEKEEPING_WORKFLOW, Chore.BOOK_RETENTION, id=workflow_id, task_queue=queue, result_type=ChoreDone
    )
    return outcome.changed


async def test_a_book_is_told_of_its_end_and_goes_by_its_own_workflow(site: Site) -> None:
    ann = await someone(site)
    org_id = await ann.new_org()
    _, deal_id = await ann.new_deal(org_id)
    cim_id = (await ann.post("/cims", deal_id=deal_id, title="Old"))["id"]
    async with site.api.client(ann.client.token) as client:
        uploaded = await client.post(
            f"/cims/{cim_id}/sources", files={"file": ("notes.md", b"# Notes", "text/markdown")}
        )
        assert uploaded.is_success, uploaded.text
    queue = f"rehearsal-{uuid.uuid4().hex[:8]}"
    calls = site.calls.model_copy(update={"task_queue": queue})
    quick = replace(site, calls=calls, settings=site.settings.model_copy(update={"day_seconds": DAY_SECONDS}))
    async with quick.running_worker():
        assert await done(site, queue) == 0
        assert await ann.get(f"/cims/{cim_id}/retention") == {"ends_at": None}
        wanted = {"books_kept_days": KEPT_DAYS, "books_kept_after": "last_change"}
        assert (await ann.client.patch(f"/orgs/{org_id}", json=wanted)).status_code == 200
        async with asyncio.timeout(60):
            while await done(site, queue) == 0:
                await asyncio.sleep(DAY_SECONDS)
            if (answer := await ann.client.get(f"/cims/{cim_id}/retention")).status_code == 200:
                assert answer.json()["ends_at"] is not None
            while (await ann.client.get(f"/cims/{cim_id}")).status_code == 200:
                await done(site, queue)
        assert await done(site, queue) == 0
    records = [record async for record in site.store.log.all_events(cim_id)]
    assert [(record.type, record.actor.kind, record.actor.id) for record in records] == [
        ("cim_deleted", "system", "retention")
    ]
    async with service(site) as tables:
        assert (await tables.get("/documents", params={"cim_id": f"eq.{cim_id}"})).json() == []
        async with asyncio.timeout(30):
            while True:
                where = {"org_id": f"eq.{org_id}", "actor->>id": "eq.retention", "order": "seq"}
                found = (await tables.get("/audit_logs", params=where)).json()
                if [(row["action"], row["result"]) for row in found] == [
                    ("cim.announce_end", "done"),
                    ("cim.delete", "accepted"),
                    ("cim.delete", "done"),
                ]:
                    break
                await asyncio.sleep(0.2)
    assert found[-1]["details"]["kept_days"] == KEPT_DAYS


async def test_nobody_else_passes_for_the_rule(site: Site) -> None:
    """The system needs no role, so what it signs is good for one command of one book."""
    ann = await someone(site)
    org_id = await ann.new_org()
    _, deal_id = await ann.new_deal(org_id)
    cim_id = (await ann.post("/cims", deal_id=deal_id, title="Wanted"))["id"]
    proofs = site.api.parts.proofs
    system = Actor(kind="system", id="retention")
    delete = Delete(type="delete", command_id=uuid.uuid4())
    other = Delete(type="delete", command_id=uuid.uuid4())
    client = await site.temporal()
    for proof, command in (
        ("", delete),
        (proofs.of_upkeep(system, cim_id, content_hash(other)), delete),
        (proofs.of_upkeep(system, "another", content_hash(delete)), delete),
        (proofs.of_agent(system, cim_id, "run/x/y"), delete),
        (proofs.of_command(Actor(kind="user", id="retention"), cim_id, content_hash(delete)), delete),
    ):
        submission = Submission(entries=(Entry(actor=system, command=command, proof=proof),))
        try:
            answer = await site.calls.execute(client, org_id, deal_id, cim_id, submission)
        except WorkflowUpdateFailedError:
            continue
        assert answer.results[0].problem is not None
        assert answer.results[0].problem.code == "unproven"
    assert (await ann.get(f"/cims/{cim_id}"))["title"] == "Wanted"
