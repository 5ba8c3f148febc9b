"""The audit log over HTTP: filters, pages, exports and checks, for owners and admins alone."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from audit import AuditActor, AuditEntry, Target
from audit.shipping import LogUnavailable

from .auditing import until_rows
from .conftest import Book, Site


def url(site: Site, team: int = 0) -> str:
    return f"/orgs/{site.person('owner', team).org_id}/audit"


async def recorded(site: Site, target: str, count: int, user_agent: str | None = None) -> None:
    """Entries of test.write, numbered; they are in the log when it returns."""
    org_id = site.person("owner").org_id
    assert org_id is not None
    for number in range(count):
        site.api.parts.trail.record(
            AuditEntry(
                org_id=org_id,
                actor=AuditActor(kind="user", id="ada"),
                target=Target(kind="test", id=target),
                action="test.write",
                details={"n": number},
                user_agent=user_agent,
            )
        )
    await until_rows(site.api, org_id, target, lambda rows: bool(rows) and rows[-1].details == {"n": count - 1})


async def test_pages_and_filters(site: Site) -> None:
    target = uuid.uuid4().hex
    await recorded(site, target, 7)
    async with site.client("owner") as owner:
        first = (await owner.get(url(site), params={"target": target, "limit": 3})).json()
        numbers, cursor = [item["details"]["n"] for item in first["items"]], first["next_cursor"]
        while cursor is not None:
            page = (await owner.get(url(site), params={"target": target, "limit": 3, "cursor": cursor})).json()
            numbers += [item["details"]["n"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert numbers == [6, 5, 4, 3, 2, 1, 0]
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        for nothing in ({"since": later}, {"actor": "eve"}, {"action": "test.read"}, {"action": "tests."}):
            answer = await owner.get(url(site), params={"target": target, **nothing})
            assert answer.json() == {"items": [], "next_cursor": None}
        found = await owner.get(url(site), params={"target": target, "actor": "ada", "action": "test.", "until": later})
        assert len(found.json()["items"]) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": "x,or(seq.gt.0)"},
        {"actor": 'x"'},
        {"action": "cim"},
        {"action": "cim.%"},
        {"cursor": "-1"},
        {"cursor": "abc"},
        {"limit": "0"},
        {"since": "yesterday"},
        {"target": "a\u0000b"},
    ],
)
async def test_what_is_no_filter_is_refused(site: Site, wrong: dict[str, str]) -> None:
    async with site.client("owner") as owner:
        answer = await owner.get(url(site), params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_owners_read_it_and_nobody_else(site: Site) -> None:
    for path in ("", "/export", "/verify"):
        for role, expected in (("owner", 200), ("lead", 403), ("viewer", 403), ("outsider", 404)):
            async with site.client(role) as client:
                assert (await client.get(url(site) + path)).status_code == expected, (role, path)
        async with site.client("owner", 1) as other:
            assert (await other.get(url(site) + path)).status_code == 404
        async with site.api.client() as nobody:
            assert (await nobody.get(url(site) + path)).status_code == 401


async def test_reading_the_log_is_in_the_log(site: Site) -> None:
    owner = site.person("owner")
    async with site.client("owner") as client:
        assert (await client.get(f"{url(site)}/export", params={"format": "json"})).status_code == 200
    assert owner.org_id is not None
    org_id = owner.org_id
    rows = await until_rows(site.api, org_id, org_id, lambda rows: any(row.action == "audit.export" for row in rows))
    entry = next(row for row in rows if row.action == "audit.export")
    assert (entry.result, entry.target) == ("done", {"kind": "org", "id": owner.org_id})


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
async def test_an_export_holds_no_formulas(site: Site, start: str) -> None:
    target = f"{start}cmd|' /C calc'!A0{uuid.uuid4().hex}"
    kept = Target(kind="test", id=target).id
    await recorded(site, kept, 1, user_agent="=HYPERLINK(1)")
    async with site.client("owner") as owner:
        answer = await owner.get(f"{url(site)}/export", params={"target": kept})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["user_agent"] == "'=HYPERLINK(1)"
    assert row["target_id"] == (kept if kept.startswith("\ufffd") else f"'{kept}")


async def test_exports_of_several_pages(site: Site) -> None:
    target = uuid.uuid4().hex
    await recorded(site, target, 1_050)
    async with site.client("owner") as owner:
        table = await owner.get(f"{url(site)}/export", params={"target": target})
        items = (await owner.get(f"{url(site)}/export", params={"target": target, "format": "json"})).json()
        none = await owner.get(f"{url(site)}/export", params={"target": uuid.uuid4().hex, "format": "json"})
    lines = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [int(line["seq"]) for line in lines] == [item["seq"] for item in items]
    assert [item["details"]["n"] for item in items] == list(range(1_049, -1, -1))
    assert none.json() == []


async def test_a_check_of_the_chain(site: Site, book: Book) -> None:
    await until_rows(site.api, site.person("owner").org_id, book.id)
    async with site.client("owner") as owner:
        found = (await owner.get(f"{url(site)}/verify")).json()
        assert found["faults"] == []
        assert found["rows"] >= 1
        noted = f"{found['end']['seq']}:{found['end']['hash']}"
        again = (await owner.get(f"{url(site)}/verify", params={"known": noted})).json()
        assert again["faults"] == []
        forged = f"{found['end']['seq']}:{'0' * 64}"
        other = (await owner.get(f"{url(site)}/verify", params={"known": forged})).json()
        assert [fault["kind"] for fault in other["faults"]] == ["altered"]


async def test_signing_in_is_in_the_log_of_ones_organisations(site: Site) -> None:
    person = site.person("editor")
    async with site.api.client() as client:
        wrong = await client.post("/auth/sign-in", json={"email": person.email, "password": "wrong password"})
        assert wrong.status_code == 401
        right = await client.post("/auth/sign-in", json={"email": person.email, "password": person.password})
        assert right.status_code == 200
    rows = await until_rows(site.api, person.org_id, person.user_id)
    assert (rows[-1].action, rows[-1].result) == ("session.begin", "done")
    assert rows[-1].actor == {"kind": "user", "id": person.user_id, "on_behalf_of": None}
    assert person.password not in rows[-1].model_dump_json()


async def test_requests_go_on_while_supabase_is_away_and_leave_their_entries(
    site: Site, lead: httpx.AsyncClient, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log alone is away here: what the API knows of rights stays good for a minute."""

    async def away(_: object) -> None:
        raise LogUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(site.api.parts.audit_log, "append", away)
        for _ in range(20):
            assert (await lead.get(book.url)).status_code == 200
    rows = await until_rows(
        site.api, site.person("lead").org_id, book.id, lambda rows: sum(row.action == "cim.read" for row in rows) >= 20
    )
    assert sum(row.action == "cim.read" for row in rows) == 20
