"""Row by row: read, check, and send the commands. What is there already stays as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pydantic import JsonValue

from access import DealStanding, Person
from api.addresses import CIMAddress
from api.dependencies import OpenCIM
from api.parts import Parts
from api.submitting import CommandAnswer, Submitter
from audit import AuditActor, AuditEntry, Target
from cli.import_supabase.book import OldBook, read_book, row_id_of
from cli.import_supabase.commands import cim_id_of, commands_of
from cli.import_supabase.report import ImportReport, RowReport
from cli.import_supabase.shape import Unreadable
from domain.commands import Command
from domain.permissions import COMMANDS_OF
from domain.values import Actor
from workflows.contract import MAX_COMMANDS_PER_UPDATE

IMPORTER = "import-supabase"
ROWS_AT_ONCE = 4
TRIES = 6
FIRST_PAUSE_SECONDS = 0.5
ROWS_BETWEEN_WORDS = 25


class _Refused(Exception):
    """The row is not taken; the message says why."""


class _Unfinished(Exception):
    """The row is not confirmed; the message says why."""


@dataclass(frozen=True)
class _Importer(OpenCIM):
    """A book as this import opens it: acting for the person whose row it is, with that person's rights."""

    @property
    def actor(self) -> Actor:
        return Actor(kind="agent", id=IMPORTER, on_behalf_of=self.person.person_id)


class Rows(Protocol):
    def rows(self) -> AsyncGenerator[dict[str, JsonValue]]: ...


class Import:
    def __init__(self, parts: Parts, source: Rows, *, is_dry_run: bool, tell: Callable[[str], object]) -> None:
        self._parts = parts
        self._source = source
        self._is_dry_run = is_dry_run
        self._tell = tell
        self._room = asyncio.Semaphore(ROWS_AT_ONCE)

    async def run(self, table: str) -> ImportReport:
        """Every row of the table. Raises SourceFailed, and AccessUnavailable while rights cannot be asked."""
        reports: list[RowReport] = []
        under_way: set[asyncio.Task[None]] = set()

        async def take(row: dict[str, object]) -> None:
            async with self._room:
                reports.append(await self._row(row))
            if len(reports) % ROWS_BETWEEN_WORDS == 0:
                self._tell(f"  {len(reports)} rows looked at")

        try:
            async with aclosing(self._source.rows()) as rows:
                async for row in rows:
                    while len(under_way) >= 2 * ROWS_AT_ONCE:
                        done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                        await asyncio.gather(*done)
                    under_way.add(asyncio.create_task(take(dict(row))))
            await asyncio.gather(*under_way)
        finally:
            for task in under_way:
                task.cancel()
        return ImportReport(
            table=table, is_dry_run=self._is_dry_run, rows=tuple(sorted(reports, key=lambda report: report.row_id))
        )

    async def _row(self, row: dict[str, object]) -> RowReport:
        row_id = row_id_of(row)
        try:
            book = read_book(row)
            standing = await self._standing(book)
        except (Unreadable, _Refused) as refused:
            return RowReport(row_id=row_id, outcome="refused", reason=str(refused))
        address = CIMAddress(
            cim_id=cim_id_of(standing.org_id, row_id),
            org_id=standing.org_id,
            deal_id=standing.deal_id,
            project_id=standing.project_id,
        )
        told = RowReport(
            row_id=row_id,
            outcome="can_be_taken",
            cim_id=address.cim_id,
            sections=len(book.sections),
            slides=len(book.slides),
            left_out=book.left_out,
        )
        if self._is_dry_run:
            try:
                parts = await self._parts_of(address)
            except _Refused as refused:
                return told.model_copy(update={"outcome": "refused", "reason": str(refused)})
            is_there = await parts.store.head(address.cim_id) is not None
            return told.model_copy(update={"outcome": "there_already" if is_there else "can_be_taken"})
        told = await self._taken(book, address, standing, told)
        if told.outcome != "there_already":
            self._record(book, address, told)
        return told

    async def _taken(self, book: OldBook, address: CIMAddress, standing: DealStanding, told: RowReport) -> RowReport:
        assert standing.role is not None
        person = Person(id=book.user_id, expires_at=datetime.now(UTC) + timedelta(days=1))
        commands = commands_of(book, address)
        is_new = False
        try:
            parts = await self._parts_of(address)
            submitter = Submitter(parts, _Importer(address=address, person=person, role=standing.role))
            parts.store.belongs(address.cim_id, address.org_id)
            for start in range(0, len(commands), MAX_COMMANDS_PER_UPDATE):
                answers = await self._answered(submitter, commands[start : start + MAX_COMMANDS_PER_UPDATE])
                is_new = is_new or not all(answer.repeated for answer in answers)
        except _Refused as refused:
            return told.model_copy(update={"outcome": "refused", "reason": str(refused)})
        except _Unfinished as unfinished:
            return told.model_copy(update={"outcome": "unfinished", "reason": str(unfinished)})
        return told.model_copy(update={"outcome": "taken" if is_new else "there_already"})

    async def _parts_of(self, address: CIMAddress) -> Parts:
        """Where the book is, or will be: in its organisation's own application, if that has one."""
        if await self._parts.store.head(address.cim_id) is not None:
            return self._parts
        for application, seat in await self._parts.tenancy.seats_of({address.org_id}):
            if application.status != "serving":
                raise _Refused("the application of the organisation is being retired")
            return self._parts.seated(seat)
        return self._parts

    async def _answered(self, submitter: Submitter, commands: Sequence[Command]) -> list[CommandAnswer]:
        """Sent again, with the same ids, until each is answered."""
        pause = FIRST_PAUSE_SECONDS
        for _ in range(TRIES):
            answers = await submitter.execute(commands, starts=True)
            refused = next((answer for answer in answers if answer.status == "refused"), None)
            if refused is None and all(answer.status == "done" for answer in answers):
                return answers
            if refused is not None and refused.problem is not None and refused.problem.status < 500:
                position = answers.index(refused)
                raise _Refused(f"{commands[position].type} was refused: {refused.problem.detail}")
            await asyncio.sleep(pause)
            pause *= 2
        raise _Unfinished("not confirmed in time; it may still come. Run the import again")

    async def _standing(self, book: OldBook) -> DealStanding:
        standing = await self._parts.grants.standing(str(book.user_id), str(book.deal_id))
        if standing is None or standing.role is None:
            raise _Refused("user_id: this person has no role in the deal (or there is no such deal)")
        if book.project_id is not None and str(book.project_id) != standing.project_id:
            raise _Refused("project_id: the deal belongs to another project")
        missing = {"create", "save_slide"} - COMMANDS_OF[standing.role]
        if missing:
            raise _Refused(f"user_id: a {standing.role.value} may not create a book")
        return standing

    def _record(self, book: OldBook, address: CIMAddress, told: RowReport) -> None:
        self._parts.trail.record(
            AuditEntry(
                org_id=address.org_id,
                actor=AuditActor(kind="agent", id=IMPORTER, on_behalf_of=str(book.user_id)),
                action="cim.import",
                target=Target(kind="cim", id=address.cim_id),
                result="done" if told.outcome == "taken" else "refused" if told.outcome == "refused" else "failed",
                details={"row_id": book.row_id, "sections": told.sections, "slides": told.slides},
            )
        )
