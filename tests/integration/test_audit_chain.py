"""The chain in the database: only ever added to, whole when checked from outside, and every tampering found."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from access import AuditFilter, AuditLog
from audit import NO_ORGANIZATION, AuditActor, AuditEntry, Target
from audit.chain import Mark, Verification
from audit.shipping import open_trail
from deploy.embedded.places import CHECKOUT
from deploy.embedded.stack import Addresses, EmbeddedStack
from store import Store
from tests.integration.store.housekeeping import house_on
from tests.integration.store.masters import MASTERS
from workflows.chores import Chore

from .own_supabase import as_superuser, service, stack_with

TODAY = datetime.now(UTC)
ROWS_READ = """
create function public.rows_of_the_audit_log_read() returns bigint language sql as $$
  select s.seq_tup_read + s.idx_tup_fetch from pg_stat_user_tables s where s.relname = 'audit_logs'
$$;
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStack]:
    with stack_with(tmp_path_factory.mktemp("audit-chain"), ROWS_READ, parts={"supabase"}) as running:
        yield running


@pytest.fixture(scope="module")
def addresses(stack: EmbeddedStack) -> Addresses:
    return stack.addresses


@pytest.fixture
async def log(addresses: Addresses) -> AsyncIterator[AuditLog]:
    opened = AuditLog.connect(str(addresses.supabase_url), str(addresses.service_role_key))
    yield opened
    await opened.close()


@pytest.fixture
def org(addresses: Addresses) -> str:
    """A fresh organisation."""
    org_id = str(uuid.uuid4())
    with service(addresses) as client:
        client.post("/organizations", json={"id": org_id, "name": "Audited & Co"}).raise_for_status()
    return org_id


def entry(org_id: str, number: int, at: datetime = TODAY, **fields: Any) -> AuditEntry:
    return AuditEntry(
        org_id=org_id,
        actor=AuditActor(kind="agent", id='Ünï "quoted" \\ /', on_behalf_of="ada"),
        action="cim.read",
        target=Target(kind="cim", id=str(number)),
        at=at,
        from_ip="::1",
        details={"n": number, "yes": True, "words": ("a", "日本"), "aa": "<&'>", "b": ""},
        **fields,
    )


async def append(log: AuditLog, *entries: AuditEntry) -> None:
    await log.append([one.model_dump_json().encode() for one in entries])


def table(addresses: Addresses, org: str, change: str) -> None:
    """Past the triggers, as whoever owns the database could."""
    as_superuser(
        addresses,
        "alter table public.audit_logs disable trigger user",
        change.format(org=org),
        "alter table public.audit_logs enable trigger user",
    )


async def test_a_chain_that_the_database_made_is_checked_from_outside(log: AuditLog, org: str) -> None:
    await append(log, *(entry(org, n) for n in range(7)))
    await append(log, entry(org, 7, datetime(2026, 1, 1, tzinfo=UTC)), entry(org, 8, TODAY + timedelta(microseconds=1)))
    found = await log.verified(org)
    assert found.faults == ()
    assert found.rows == 9
    assert found.end is not None
    assert found.end.seq == 9


async def test_the_same_entry_is_kept_once_and_batches_at_once_make_one_chain(log: AuditLog, org: str) -> None:
    entries = [entry(org, n) for n in range(40)]
    batches = [entries[n : n + 10] for n in range(0, 40, 5)]
    await asyncio.gather(*(append(log, *batch) for batch in batches))
    found = await log.verified(org)
    assert (found.rows, found.faults) == (40, ())


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ("update public.audit_logs set result = 'refused' where org_id = '{org}' and seq = 3", [("altered", 3)]),
        ("update public.audit_logs set at = at + interval '1 us' where org_id = '{org}' and seq = 3", [("altered", 3)]),
        (
            "update public.audit_logs set actor = jsonb_set(actor, '{{id}}', '1') where org_id = '{org}' and seq = 3",
            [("altered", 3)],
        ),
        (
            "update public.audit_logs l set result = 'failed', hash = private.audit_hash(l) "
            "where org_id = '{org}' and seq = 3",
            [("altered", 3)],
        ),
        ("delete from public.audit_logs where org_id = '{org}' and seq = 3", [("missing", 3)]),
        ("delete from public.audit_logs where org_id = '{org}' and seq = 1", [("missing", 1)]),
        ("delete from public.audit_logs where org_id = '{org}' and seq = 5", [("head_differs", 5)]),
        ("delete from public.audit_logs where org_id = '{org}'", [("head_differs", 5)]),
    ],
)
async def test_an_altered_or_removed_row_is_found(
    log: AuditLog, addresses: Addresses, org: str, change: str, faults: list[tuple[str, int]]
) -> None:
    await append(log, *(entry(org, n) for n in range(5)))
    table(addresses, org, change)
    assert [(fault.kind, fault.seq) for fault in (await log.verified(org)).faults] == faults


async def test_a_whole_chain_made_anew_is_found_by_the_end_that_was_noted(
    log: AuditLog, addresses: Addresses, org: str
) -> None:
    await append(log, *(entry(org, n) for n in range(5)))
    noted = (await log.verified(org)).end
    table(addresses, org, "delete from public.audit_logs where org_id = '{org}'")
    as_superuser(addresses, f"delete from public.audit_heads where org_id = '{org}'")
    await append(log, *(entry(org, n) for n in range(6)))
    assert (await log.verified(org)).is_whole
    assert noted is not None
    assert [fault.kind for fault in (await log.verified(org, noted)).faults] == ["altered"]
    assert [fault.kind for fault in (await log.verified(org, Mark(seq=9, hash=noted.hash))).faults] == ["missing"]


async def test_nobody_changes_or_removes_a_row(log: AuditLog, addresses: Addresses, org: str) -> None:
    await append(log, entry(org, 1))
    with service(addresses) as client:
        params = {"org_id": f"eq.{org}"}
        assert client.patch("/audit_logs", params=params, json={"result": "refused"}).status_code in (401, 403)
        assert client.delete("/audit_logs", params=params).status_code in (401, 403)
        for change in (
            f"update public.audit_logs set result = 'refused' where org_id = '{org}'",
            f"delete from public.audit_logs where org_id = '{org}'",
            "truncate public.audit_logs",
        ):
            assert client.post("/rpc/as_superuser", json={"statement": change}).status_code == 403
    owner = next(person for person in addresses.people() if person.role == "owner")
    headers = {"apikey": str(addresses.anon_key), "Authorization": f"Bearer {owner.access_token}"}
    with httpx.Client(base_url=f"{addresses.supabase_url}/rest/v1", headers=headers, trust_env=False) as person:
        assert not person.post("/rpc/append_audits", json={"entries": []}).is_success
        assert not person.post("/rpc/cut_audits", json={}).is_success
    assert (await log.verified(org)).is_whole


async def test_entries_older_than_the_rule_go_and_the_chain_stays_checkable(
    log: AuditLog, addresses: Addresses, org: str
) -> None:
    as_superuser(addresses, f"update public.organizations set retention_days = 30 where id = '{org}'")
    old = [entry(org, n, TODAY - timedelta(days=40 - n)) for n in range(6)]
    await append(log, *old, *(entry(org, n) for n in range(10, 14)))
    assert await log.cut(org) == 6
    assert await log.cut(org) == 0
    await append(log, entry(org, 20))
    found = await log.verified(org)
    assert (found.faults, found.rows) == ((), 6)
    assert found.begin is not None
    assert found.begin.seq == 7
    cut = (await log.page(org, AuditFilter(action="audit.cut"), None, 10))[0]
    assert isinstance(cut.details, dict)
    assert (cut.details["rows"], cut.details["last_seq"]) == (6, 6)
    table(addresses, org, "delete from public.audit_logs where org_id = '{org}' and seq = 7")
    assert [(fault.kind, fault.seq) for fault in (await log.verified(org)).faults] == [("missing", 7)]


async def test_the_chore_cuts_what_is_older_than_the_rule_and_nothing_the_second_time(
    log: AuditLog, addresses: Addresses, org: str
) -> None:
    as_superuser(addresses, f"update public.organizations set retention_days = 30 where id = '{org}'")
    await append(log, *(entry(org, n, TODAY - timedelta(days=days)) for n, days in enumerate((32, 31, 29))))
    store = await Store.connect("mongodb://127.0.0.1:1", "not-asked", MASTERS)
    async with house_on(store, lambda: TODAY, audit=log) as house:
        assert await house.do(Chore.AUDIT_RETENTION) == 2
        left = await log.page(org, AuditFilter(), None, 10)
        assert [row.action for row in left] == ["audit.cut", "cim.read"]
        assert await house.do(Chore.AUDIT_RETENTION) == 0
        assert await log.page(org, AuditFilter(), None, 10) == left
    await store.close()


async def test_a_cut_that_was_made_up_is_found(log: AuditLog, addresses: Addresses, org: str) -> None:
    await append(log, *(entry(org, n) for n in range(5)))
    third = next(row for row in await log.page(org, AuditFilter(), None, 10) if row.seq == 3)
    table(addresses, org, "delete from public.audit_logs where org_id = '{org}' and seq <= 3")
    as_superuser(addresses, f"insert into public.audit_anchors (org_id, seq, hash) values ('{org}', 3, '{third.hash}')")
    assert [(fault.kind, fault.seq) for fault in (await log.verified(org)).faults] == [("cut_differs", 3)]


async def test_the_command_line_tells_by_its_exit_code(log: AuditLog, addresses: Addresses, org: str) -> None:
    await append(log, *(entry(org, n) for n in range(3)))

    def checked() -> tuple[int, Verification]:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "audit", "verify", org, "--json"],
            cwd=CHECKOUT,
            env={**os.environ, **addresses.environment()},
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.returncode, Verification.model_validate_json(done.stdout)

    code, found = await asyncio.to_thread(checked)
    assert (code, found.rows, found.faults) == (0, 3, ())
    table(addresses, org, "delete from public.audit_logs where org_id = '{org}' and seq = 2")
    code, found = await asyncio.to_thread(checked)
    assert code == 1
    assert [(fault.kind, fault.seq) for fault in found.faults] == [("missing", 2)]


async def test_organisations_that_do_not_exist_get_no_chain(log: AuditLog) -> None:
    made_up = str(uuid.uuid4())
    sent = entry(made_up, 1, entry_id=uuid.uuid4())
    await append(log, sent)
    assert (await log.verified(made_up)).rows == 0
    found = await log.page(NO_ORGANIZATION, AuditFilter(), None, 500)
    assert str(sent.entry_id) in {row.entry_id for row in found}


async def test_to_add_an_entry_the_log_is_not_read(log: AuditLog, addresses: Addresses, org: str) -> None:
    """By a session that began while the log was short, as that of an embedded Supabase did."""
    await append(log, *(entry(org, n) for n in range(300)))
    sent = [entry(org, n, entry_id=uuid.uuid4()) for n in range(300)]
    before = rows_read(addresses)
    await append(log, *sent)
    assert rows_read(addresses) - before <= FEW
    await append(log, *sent)
    assert rows_read(addresses) - before <= len(sent) + FEW, "those that are there already are looked up"
    found = await log.verified(org)
    assert (found.rows, found.faults) == (600, ())


MANY = """
insert into public.audit_logs (org_id, seq, entry_id, at, actor, action, target, result, previous_hash, hash)
select '{org}', n, gen_random_uuid(), now(), jsonb_build_object('kind', 'agent', 'id', 'p' || n % 7) ||
    case when n = 3 then '{{"id": "eve"}}' when n = 4 then '{{"on_behalf_of": "eve"}}' else '{{}}' end::jsonb,
  case when n = 5 then 'export.start' else 'cim.read' end,
  jsonb_build_object('kind', 'cim', 'id', case when n = 6 then 'other' else 'c' || n % 5 end), 'done', '', ''
from generate_series(1, 5000) n
"""
FEW = 8


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (AuditFilter(actor="eve"), [4, 3]),
        (AuditFilter(target="other"), [6]),
        (AuditFilter(action="export.start"), [5]),
        (AuditFilter(action="export."), [5]),
        (AuditFilter(until=datetime(2026, 1, 1, tzinfo=UTC)), []),
        (AuditFilter(), [5000, 4999, 4998, 4997, 4996]),
        (AuditFilter(actor="p2"), [5000, 4993, 4986, 4979, 4972]),
    ],
)
async def test_a_page_reads_little_more_than_it_answers_with(
    log: AuditLog, addresses: Addresses, long_log: str, wanted: AuditFilter, seqs: list[int]
) -> None:
    before = rows_read(addresses)
    rows = await log.page(long_log, wanted, None, 5)
    assert [row.seq for row in rows] == seqs
    often_named = 7
    assert rows_read(addresses) - before <= often_named * len(seqs) + FEW


@pytest.fixture(scope="module")
def long_log(addresses: Addresses) -> str:
    """An organisation with five thousand entries, a few of which are unlike all others."""
    org_id = str(uuid.uuid4())
    table(addresses, org_id, MANY)
    as_superuser(addresses, "analyze public.audit_logs")
    return org_id


def rows_read(addresses: Addresses) -> int:
    """So far, of the audit log."""
    as_superuser(addresses, "select pg_stat_force_next_flush()")
    with service(addresses) as client:
        return int(client.post("/rpc/rows_of_the_audit_log_read").raise_for_status().json())


async def test_filters(log: AuditLog, org: str) -> None:
    def made(number: int, actor: AuditActor, action: str, target: str) -> AuditEntry:
        at = TODAY + timedelta(minutes=number)
        return entry(org, number).model_copy(
            update={"actor": actor, "action": action, "target": Target(kind="cim", id=target), "at": at}
        )

    ada, eve = AuditActor(kind="user", id="ada"), AuditActor(kind="user", id="eve@a.example")
    bot = AuditActor(kind="agent", id="bot", on_behalf_of="ada")
    await append(log, made(1, ada, "cim.read", "x"), made(2, eve, "cim.rename", "x"), made(3, bot, "export.start", "y"))

    async def numbers(**wanted: Any) -> list[int]:
        return [row.seq for row in await log.page(org, AuditFilter(**wanted), None, 10)]

    assert await numbers() == [3, 2, 1]
    assert await numbers(actor="ada") == [3, 1]
    assert await numbers(actor="eve@a.example") == [2]
    with pytest.raises(ValidationError):
        AuditFilter(actor='ada",result.eq.done')
    assert await numbers(action="cim.") == [2, 1]
    assert await numbers(action="cim.read") == [1]
    assert await numbers(target="x", since=TODAY + timedelta(seconds=90)) == [2]
    assert await numbers(until=TODAY + timedelta(seconds=90)) == [1]
    assert [row.seq for row in await log.page(org, AuditFilter(), 3, 1)] == [2]


WRITER = """
import asyncio, sys
from pathlib import Path
from access import AuditLog
from audit import *
from audit.shipping import open_trail

async def main(url, key, folder, org):
    log = AuditLog.connect(url, key)
    async with open_trail(Path(folder), log) as trail:
        for n in range(10**9):
            trail.record(AuditEntry(org_id=org, actor=AuditActor(kind="system", id="w"), action="test.write",
                target=Target(kind="test", id=str(n))))
            print(n, flush=True)
            await asyncio.sleep(0.002)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_supabase_is_killed_and_so_is_the_writer_and_every_entry_is_there_once(
    stack: EmbeddedStack, log: AuditLog, org: str, tmp_path: Path
) -> None:
    url, key = str(stack.addresses.supabase_url), str(stack.addresses.service_role_key)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url, key, str(tmp_path), org],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert writer.stdout is not None
    lines = writer.stdout

    def until(number: int) -> int:
        while (told := int(lines.readline())) < number:
            pass
        return told

    await asyncio.to_thread(until, 200)
    await asyncio.to_thread(stack.kill, "supabase")
    await asyncio.to_thread(until, 500)
    writer.send_signal(signal.SIGKILL)
    last = max([500, *map(int, (await asyncio.to_thread(lines.read)).split())])
    writer.wait()
    lines.close()
    await asyncio.to_thread(stack.start_again, "supabase")
    deadline = time.monotonic() + 60
    async with open_trail(tmp_path, log):
        while list(tmp_path.iterdir()):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
    found = await log.verified(org)
    assert found.faults == ()
    rows: list[int] = []
    before = None
    while page := await log.page(org, AuditFilter(), before, 500):
        rows += [int(str(row.target["id"])) for row in page if isinstance(row.target, dict)]
        before = page[-1].seq
    assert sorted(rows) == list(range(len(rows)))
    assert len(rows) > last
