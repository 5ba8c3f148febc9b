"""Books whose time has run out by the rule of their organisation: announced first, and deleted a week later."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from temporalio.client import Client

from activities.each_book import left_out_if_unreadable
from audit import AuditActor, AuditEntry, Result, Target, Trail
from domain.commands import Delete
from domain.head import CIMHead
from domain.retention import ANNOUNCED_DAYS, DAY, BookRule
from domain.values import Actor, content_hash
from workflows.calls import CIMCalls
from workflows.contract import CommandResult, Entry, Submission

if TYPE_CHECKING:
    from access import Assertions
    from store import BookEnd, Store

RETENTION = Actor(kind="system", id="retention")
_IDS = uuid.UUID("6f3c5f0e-6d0c-4c3e-9a55-6a1b7a0f4c11")

logger = logging.getLogger(__name__)


class AsksForRules(Protocol):
    def all(self) -> AsyncIterator[tuple[str, BookRule]]:
        """By organisation."""
        ...


class DeletesBooks(Protocol):
    async def delete(self, head: CIMHead, command: Delete) -> CommandResult: ...


class BookDeletion:
    """Deletes a book as people do: by a command to its workflow, which leaves a tombstone."""

    def __init__(self, client: Client, calls: CIMCalls, proofs: Assertions) -> None:
        self._client = client
        self._calls = calls
        self._proofs = proofs

    async def delete(self, head: CIMHead, command: Delete) -> CommandResult:
        """Raises temporalio errors; safe to call again."""
        proof = self._proofs.of_upkeep(RETENTION, head.id, content_hash(command))
        entry = Entry(actor=RETENTION, command=command, proof=proof)
        submission = Submission(entries=(entry,))
        answer = await self._calls.execute(self._client, head.org_id, head.deal_id, head.id, submission)
        return answer.results[0]


class BookRetention:
    """`day` is shorter where weeks are rehearsed."""

    def __init__(
        self,
        store: Store,
        rules: AsksForRules,
        deletion: DeletesBooks,
        trail: Trail,
        day: timedelta = DAY,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._rules = rules
        self._deletion = deletion
        self._trail = trail
        self._day = day
        self._clock = clock

    async def apply(self) -> int:
        """How many ends of books were announced, taken back or carried out. Broken off, it may begin again.

        Raises StoreError, AccessUnavailable and temporalio errors.
        """
        announced = await self._store.book_ends.by_cim()
        changed = 0
        async for org_id, rule in self._rules.all():
            for cim_id in await self._store.cims_under(org_id, rule, self._soon() - rule.days * self._day):
                known = announced.pop(cim_id, None)
                with left_out_if_unreadable(cim_id):
                    changed += await self._look_at(cim_id, rule, known)
        for end in announced.values():
            await self._take_back(end)
        return changed + len(announced)

    def _soon(self) -> datetime:
        return self._clock() + ANNOUNCED_DAYS * self._day

    async def _look_at(self, cim_id: str, rule: BookRule, known: BookEnd | None) -> int:
        head = await self._store.head(cim_id)
        runs_out = None if head is None else rule.runs_out(head, self._day)
        if head is None or runs_out is None or runs_out > self._soon():
            if known is not None:
                await self._take_back(known)
            return int(known is not None)
        if known is None or known.runs_out != runs_out:
            await self._announce(head, rule, runs_out)
            return 1
        return await self._delete(head, rule, known) if known.ends_at <= self._clock() else 0

    async def _announce(self, head: CIMHead, rule: BookRule, runs_out: datetime) -> None:
        from store import BookEnd

        ends_at = max(runs_out, self._soon())
        end = BookEnd(cim_id=head.id, org_id=head.org_id, runs_out=runs_out, ends_at=ends_at)
        self._note(end, "announce_end", "done", {"ends_at": ends_at.isoformat(), **_why(rule)})
        await self._store.book_ends.put(end)
        await self._tell(end, "announced")

    async def _take_back(self, end: BookEnd) -> None:
        """The book was changed, reopened or deleted, or the rule is another."""
        self._note(end, "take_back_end", "done", {"ends_at": end.ends_at.isoformat()})
        await self._store.book_ends.remove(end)
        await self._tell(end, "taken_back")

    async def _delete(self, head: CIMHead, rule: BookRule, end: BookEnd) -> int:
        """Not when it was changed just now: it is looked at again the next time."""
        command_id = uuid.uuid5(_IDS, f"{head.id}/{end.ends_at.isoformat()}/{head.rev}")
        self._note(end, "delete", "accepted", {"rev": head.rev, **_why(rule)})
        answer = await self._deletion.delete(head, Delete(type="delete", command_id=command_id, expected_rev=head.rev))
        if answer.problem is not None:
            logger.warning("book %s was not deleted: %s", head.id, answer.problem.message)
            self._note(end, "delete", "refused", {"code": answer.problem.code})
            return 0
        self._note(end, "delete", "done", {"rev": answer.rev, **_why(rule)})
        return 1

    async def _tell(self, end: BookEnd, what: Literal["announced", "taken_back"]) -> None:
        await self._store.feed.publish(end.cim_id, "retention", {"what": what, "ends_at": end.ends_at.isoformat()})

    def _note(self, end: BookEnd, verb: str, result: Result, details: Mapping[str, int | str]) -> None:
        """What broke off and is done again is noted once."""
        self._trail.record(
            AuditEntry(
                org_id=end.org_id,
                actor=AuditActor(kind="system", id=RETENTION.id),
                action=f"cim.{verb}",
                target=Target(kind="cim", id=end.cim_id),
                result=result,
                details=details,
                entry_id=uuid.uuid5(_IDS, f"{end.cim_id}/{verb}/{result}/{sorted(details.items())}"),
            )
        )


def _why(rule: BookRule) -> dict[str, int | str]:
    return {"kept_days": rule.days, "kept_after": rule.after}
