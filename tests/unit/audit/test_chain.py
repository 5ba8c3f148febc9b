"""A check of a chain finds whatever was done to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest

from audit.chain import GENESIS, AuditRow, Mark, Verification, hash_of, verify

ORG = "7d4e2a10-0000-4000-8000-000000000001"


def chain(count: int, after: Mark | None = None, cut: Mark | None = None) -> list[AuditRow]:
    rows: list[AuditRow] = []
    previous = after or Mark(seq=0, hash=GENESIS)
    for n in range(count):
        is_cut = cut is not None and n == count - 1
        row = AuditRow(
            org_id=ORG,
            seq=previous.seq + 1,
            entry_id=f"e{n}",
            at=datetime(2026, 1, 1, 12, 0, n, tzinfo=UTC),
            actor={"kind": "user", "id": "ada"},
            action="audit.cut" if is_cut else "cim.read",
            target={"kind": "cim", "id": "b1"},
            result="done",
            details={"last_seq": cut.seq, "last_hash": cut.hash} if cut is not None and is_cut else {"status": 200},
            previous_hash=previous.hash,
            hash="",
        )
        row = row.model_copy(update={"hash": hash_of(row)})
        rows.append(row)
        previous = Mark(seq=row.seq, hash=row.hash)
    return rows


def mark(row: AuditRow) -> Mark:
    return Mark(seq=row.seq, hash=row.hash)


async def check(rows: Sequence[AuditRow], head: Mark, *cuts: Mark, known: Mark | None = None) -> Verification:
    async def each() -> AsyncIterator[AuditRow]:
        for row in rows:
            yield row

    return await verify(ORG, each(), head=head, cuts=cuts, known=known)


def told(found: Verification) -> list[tuple[str, int]]:
    return [(fault.kind, fault.seq) for fault in found.faults]


async def test_a_whole_chain() -> None:
    rows = chain(5)
    found = await check(rows, mark(rows[-1]))
    assert found.is_whole
    assert (found.rows, found.begin, found.end) == (5, mark(rows[0]), mark(rows[-1]))


@pytest.mark.parametrize(
    "change",
    [
        {"result": "refused"},
        {"actor": {"kind": "user", "id": "bob"}},
        {"details": {"status": 403}},
        {"from_ip": "10.0.0.1"},
        {"at": datetime(2026, 1, 1, 12, 0, 2, 1, tzinfo=UTC)},
        {"entry_id": "other"},
    ],
)
async def test_an_altered_row(change: dict[str, object]) -> None:
    rows = chain(5)
    head = mark(rows[-1])
    rows[2] = rows[2].model_copy(update=change)
    assert told(await check(rows, head)) == [("altered", 3)]


async def test_an_altered_row_with_its_hash_made_again() -> None:
    rows = chain(5)
    head = mark(rows[-1])
    changed = rows[2].model_copy(update={"result": "refused"})
    rows[2] = changed.model_copy(update={"hash": hash_of(changed)})
    assert told(await check(rows, head)) == [("unlinked", 4)]


@pytest.mark.parametrize("gone", [0, 2, 4])
async def test_a_removed_row(gone: int) -> None:
    rows = chain(5)
    head = mark(rows[-1])
    del rows[gone]
    assert told(await check(rows, head)) == [("missing", gone + 1) if gone < 4 else ("head_differs", 5)]


async def test_a_chain_that_was_written_anew_from_the_start_is_found_by_what_was_noted() -> None:
    rows = chain(5)
    noted = mark(rows[3])
    rewritten = [row.model_copy(update={"result": "failed"}) for row in rows]
    previous = GENESIS
    for n, row in enumerate(rewritten):
        linked = row.model_copy(update={"previous_hash": previous})
        rewritten[n] = linked.model_copy(update={"hash": hash_of(linked)})
        previous = rewritten[n].hash
    assert (await check(rewritten, mark(rewritten[-1]))).is_whole
    assert told(await check(rewritten, mark(rewritten[-1]), known=noted)) == [("altered", 4)]
    assert told(await check(rows[:3], mark(rows[2]), known=noted)) == [("missing", 4)]


async def test_a_chain_cut_by_its_rule() -> None:
    first = chain(4)
    cut = mark(first[-1])
    rest = chain(3, cut, cut)
    assert (await check(rest, mark(rest[-1]), cut)).is_whole
    assert told(await check(rest[1:], mark(rest[-1]), cut)) == [("missing", 5)]


async def test_a_cut_that_the_chain_says_nothing_of() -> None:
    first = chain(4)
    cut = mark(first[-1])
    rest = chain(3, cut)
    assert told(await check(rest, mark(rest[-1]), cut)) == [("cut_differs", 4)]
