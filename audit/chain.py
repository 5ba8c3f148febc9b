"""The chain of hashes: how each row's is made, and what a check of a chain finds.

The database makes the hashes (deploy/supabase, `append_audits`); here they are made again from the rows alone, so that
a check need not trust the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue

from domain.values import Instant, Value

GENESIS = "0" * 64
MOST_FAULTS = 100

FaultKind = Literal["altered", "missing", "unlinked", "head_differs", "cut_differs"]


def _instant(value: object) -> object:
    """PostgreSQL's own way of writing a time too, with `+00`."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class AuditRow(BaseModel):
    """An entry as it is kept. Whatever the database holds is read, since a check must also read what was tampered."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    org_id: str
    seq: int
    entry_id: str
    at: Annotated[Instant, BeforeValidator(_instant)]
    actor: JsonValue
    action: str
    target: JsonValue
    result: str
    from_ip: str | None = None
    user_agent: str | None = None
    details: JsonValue = {}
    previous_hash: str
    hash: str


class Mark(Value):
    """A place in a chain: the number of a row and its hash."""

    seq: int
    hash: str


class Fault(Value):
    """What is wrong, and at which row.

    `altered`: the row is not what was recorded. `missing`: there is none. `unlinked`: it does not follow on the one
    before. `head_differs`: the chain does not end where it was last added to. `cut_differs`: the chain itself says
    nothing of the last cut.
    """

    kind: FaultKind
    seq: int


class Verification(Value):
    """What a check found. Note `end` somewhere else: a later check can be held against it."""

    org_id: str
    rows: int
    begin: Mark | None = None
    end: Mark | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.faults


async def verify(
    org_id: str,
    rows: AsyncIterable[AuditRow],
    *,
    cuts: tuple[Mark, ...] = (),
    head: Mark | None = None,
    known: Mark | None = None,
) -> Verification:
    """Walk a chain from its first row.

    `cuts`: where the retention rule cut it, the last cut last. `head`: where it was last added to. `known`: a place
    that somebody noted earlier. At most 100 faults are told.
    """
    start = cuts[-1] if cuts else Mark(seq=0, hash=GENESIS)
    faults: list[Fault] = []
    told_cuts: set[tuple[int, str]] = set()
    seq, previous, count, begin = start.seq, start.hash, 0, None
    async for row in rows:
        count += 1
        if row.seq != seq + 1:
            faults.append(Fault(kind="missing", seq=seq + 1))
        elif row.previous_hash != previous:
            faults.append(Fault(kind="unlinked", seq=row.seq))
        if hash_of(row) != row.hash:
            faults.append(Fault(kind="altered", seq=row.seq))
        if known is not None and row.seq == known.seq and row.hash != known.hash:
            faults.append(Fault(kind="altered", seq=row.seq))
        told_cuts |= _told_cut(row)
        seq, previous = row.seq, row.hash
        begin = begin or Mark(seq=row.seq, hash=row.hash)
    end = Mark(seq=seq, hash=previous)
    if head is not None and head != end:
        faults.append(Fault(kind="head_differs", seq=head.seq))
    if known is not None and known.seq > end.seq:
        faults.append(Fault(kind="missing", seq=known.seq))
    if cuts and (cuts[-1].seq, cuts[-1].hash) not in told_cuts:
        faults.append(Fault(kind="cut_differs", seq=cuts[-1].seq))
    return Verification(org_id=org_id, rows=count, begin=begin, end=end, faults=tuple(faults[:MOST_FAULTS]))


def hash_of(row: AuditRow) -> str:
    """SHA-256 (hex) of the row with the hash before it, in the words of PostgreSQL's jsonb."""
    at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    content: dict[str, JsonValue] = {**row.model_dump(exclude={"hash", "at"}), "at": at}
    return hashlib.sha256(_jsonb(content).encode()).hexdigest()


def _jsonb(value: JsonValue) -> str:
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(", ", ": "))


def _ordered(value: JsonValue) -> JsonValue:
    """With keys as jsonb has them: the shorter first, then by bytes."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _told_cut(row: AuditRow) -> set[tuple[int, str]]:
    """The cut that a row of the chain itself speaks of."""
    details = row.details
    if row.action != "audit.cut" or not isinstance(details, dict):
        return set()
    seq, hash_ = details.get("last_seq"), details.get("last_hash")
    return {(seq, hash_)} if isinstance(seq, int) and isinstance(hash_, str) else set()
