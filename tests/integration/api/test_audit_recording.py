"""Who did what is in the log of the organisation that owns the thing, with where from and with what result."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import httpx

from api.auditing import RECORDED_READS, UNRECORDED_READS
from audit import NO_ORGANIZATION
from audit.chain import AuditRow

from .auditing import rows_about, until_rows
from .conftest import Book, Site, new_book, slide

MARKER = "Zanzibar-4711"


async def test_each_command_has_an_entry_without_its_text(site: Site, lead: httpx.AsyncClient) -> None:
    person = site.person("lead")
    book = await new_book(lead, person, title=MARKER)
    await book.with_section()
    done = str(uuid.uuid4())
    answer = await book.send("save_slide", command_id=done, slide=slide(MARKER, "s1"), title=None)
    assert answer.status_code == 422
    await book.done("save_slide", command_id=done, slide=slide(MARKER, "s1"))
    old = await book.send("rename", title=MARKER, expected_rev=1)
    assert old.status_code == 409
    rows = await until_rows(site.api, person.org_id, book.id, lambda rows: len(rows) >= 4)
    assert [(row.action, row.result) for row in rows] == [
        ("cim.create", "done"),
        ("cim.save_outline", "done"),
        ("cim.save_slide", "done"),
        ("cim.rename", "refused"),
    ]
    for row in rows:
        assert row.actor == {"kind": "user", "id": person.user_id, "on_behalf_of": None}
        assert row.target == {"kind": "cim", "id": book.id}
        assert row.from_ip == "127.0.0.1"
        assert row.user_agent is not None
        assert row.user_agent.startswith("python-httpx")
        assert MARKER not in row.model_dump_json()
    assert isinstance(rows[2].details, dict)
    assert rows[2].details["command_id"] == done
    assert isinstance(rows[3].details, dict)
    assert rows[3].details["code"] == "old_rev"


async def test_what_an_agent_does_to_a_book_names_the_agent_and_the_person(site: Site, book: Book) -> None:
    person = site.person("lead")
    begun = await book.client.post(f"{book.url}/runs", json={"kind": "draft_buyer_persona", "instruction": MARKER})
    assert begun.status_code == 202, begun.text

    def by_agent(rows: Sequence[AuditRow]) -> list[AuditRow]:
        return [row for row in rows if isinstance(row.actor, dict) and row.actor["kind"] == "agent"]

    rows = await until_rows(
        site.api,
        person.org_id,
        book.id,
        lambda rows: any(row.action == "cim.save_buyer_persona" for row in by_agent(rows)),
    )
    for row in by_agent(rows):
        assert isinstance(row.actor, dict)
        assert isinstance(row.details, dict)
        assert row.actor["on_behalf_of"] == person.user_id
        assert row.details["workflow_id"]
        assert MARKER not in row.model_dump_json()
    assert len({row.entry_id for row in rows}) == len(rows)


async def test_a_list_of_commands_leaves_an_entry_for_each(site: Site, book: Book) -> None:
    commands = [{"type": "rename", "title": f"T{n}", "command_id": str(uuid.uuid4())} for n in range(30)]
    async with site.client("reviewer") as reviewer:
        refused = await reviewer.post(f"{book.url}/commands", json=commands[:2])
    assert refused.status_code == 200
    assert (await book.client.post(f"{book.url}/commands", json=commands)).status_code == 200
    rows = await until_rows(site.api, site.person("lead").org_id, book.id, lambda rows: len(rows) >= 33)
    assert [row.result for row in rows] == ["done", "refused", "refused", *["done"] * 30]
    ids = [row.details["command_id"] for row in rows[3:] if isinstance(row.details, dict)]
    assert ids == [command["command_id"] for command in commands]


async def test_reads_of_a_book_and_refusals_are_there_and_lists_are_not(site: Site, book: Book) -> None:
    org_id = site.person("lead").org_id
    async with site.client("viewer") as viewer, site.client("owner") as owner, site.client("lead", 1) as stranger:
        assert (await viewer.get(book.url)).status_code == 200
        assert (await viewer.get(f"{book.url}/slides")).status_code == 200
        assert (await viewer.get(f"{book.url}/runs")).status_code == 200
        assert (await viewer.get("/cims")).status_code == 200
        assert (await viewer.delete(book.url)).status_code == 403
        assert (await owner.get(book.url)).status_code == 403
        assert (await stranger.get(f"{book.url}/runs")).status_code == 404
    rows = await until_rows(site.api, org_id, book.id, lambda rows: len(rows) >= 6)
    told = [(row.action, row.result, row.actor["id"] if isinstance(row.actor, dict) else "") for row in rows]
    viewer_id, owner_id = site.person("viewer").user_id, site.person("owner").user_id
    assert told == [
        ("cim.create", "done", site.person("lead").user_id),
        ("cim.read", "done", viewer_id),
        ("slides.list", "done", viewer_id),
        ("cim.delete", "refused", viewer_id),
        ("cim.read", "refused", owner_id),
        ("runs.list", "refused", site.person("lead", 1).user_id),
    ]
    codes = [row.details.get("code") for row in rows if isinstance(row.details, dict)]
    assert codes == [None, None, None, "forbidden", "forbidden", "unknown_cim"]
    assert await rows_about(site.api, site.person("lead", 1).org_id, book.id) == []


async def test_what_is_nobodys_is_in_the_log_of_no_organisation(site: Site, lead: httpx.AsyncClient) -> None:
    unknown = uuid.uuid4().hex
    assert (await lead.get(f"/cims/{unknown}")).status_code == 404
    async with site.api.client("not.a.token") as forged:
        assert (await forged.get(f"/cims/{unknown}")).status_code == 401
    async with site.api.client() as nobody:
        assert (await nobody.get(f"/cims/{unknown}")).status_code == 401
    rows = await until_rows(site.api, NO_ORGANIZATION, unknown, lambda rows: len(rows) >= 2)
    assert [(row.action, row.result) for row in rows] == [("cim.read", "refused"), ("token.refuse", "refused")]
    assert rows[1].actor == {"kind": "nobody", "id": "unknown", "on_behalf_of": None}


async def test_documents_and_exports(site: Site, book: Book) -> None:
    org_id = site.person("lead").org_id
    uploaded = await book.client.post(f"{book.url}/sources", files={"file": ("notes.md", b"# Sales\n\nUSD 5 million.")})
    source_id = uploaded.json()["id"]
    assert (await book.client.get(f"/sources/{source_id}/passages")).status_code == 200
    started = await book.client.post(f"{book.url}/exports", json={"format": "json"})
    export_id = started.json()["export_id"]
    assert (await book.client.get(f"/exports/{export_id}/file")).status_code in (200, 409)
    sources = await until_rows(site.api, org_id, source_id, lambda rows: len(rows) >= 2)
    assert [(row.action, row.result) for row in sources] == [("source.upload", "accepted"), ("passages.list", "done")]
    assert isinstance(sources[0].details, dict)
    assert sources[0].details["cim_id"] == book.id
    exports = await until_rows(site.api, org_id, export_id, lambda rows: len(rows) >= 2)
    assert [row.action for row in exports] == ["export.start", "export.download"]
    assert exports[0].result == "accepted"


async def test_every_read_is_decided_upon(site: Site) -> None:
    """A new route that reads must say whether its use is recorded; what changes something always is."""
    async with site.api.client() as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    reads = {operations["get"]["operationId"] for operations in paths.values() if "get" in operations}
    assert reads - RECORDED_READS - set(UNRECORDED_READS) == set()
    assert RECORDED_READS & set(UNRECORDED_READS) == set()
