"""The rule for books against a real store: what is announced, what is taken back, and what goes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from activities.retaining import BookRetention
from audit import AuditEntry
from domain.commands import Complete, Delete, Reopen
from domain.head import CIMHead
from domain.refusals import Problem
from domain.retention import BookRule
from store import Notice, Store
from tests.integration.store.housekeeping import house_on
from tests.integration.store.writing import START, Writer
from workflows.chores import Chore
from workflows.contract import CommandResult

BY_CHANGE = BookRule(days=30, after="last_change")
BY_COMPLETION = BookRule(days=30)


class Keeper:
    """The rules of two organisations, a clock, and somebody who deletes."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self.rules: dict[str, BookRule] = {}
        self.entries: list[AuditEntry] = []
        self.refuses = False
        self._now = START
        self._store = store
        self._writer = writer
        self._retention = BookRetention(store, self, self, self, clock=lambda: self._now)

    async def all(self) -> AsyncIterator[tuple[str, BookRule]]:
        for org_id, rule in self.rules.items():
            yield org_id, rule

    async def delete(self, head: CIMHead, command: Delete) -> CommandResult:
        assert (head.id, command.expected_rev) == (self._writer.cim_id, head.rev)
        if self.refuses:
            problem = Problem(code="old_rev", message="It was changed.", next_step="Look again.")
            return CommandResult(command_id=command.command_id, rev=head.rev, problem=problem)
        await self._store.erase(head.id, head.org_id, self._writer.tombstone())
        return CommandResult(command_id=command.command_id, rev=head.rev + 1)

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def on_day(self, day: float) -> int:
        self._now = START + timedelta(days=day)
        async with house_on(self._store, lambda: self._now, books=self._retention) as house:
            return await house.do(Chore.BOOK_RETENTION)

    @property
    def noted(self) -> list[tuple[str, str]]:
        return [(entry.action, entry.result) for entry in self.entries]


@pytest.fixture
def keeper(store: Store, writer: Writer) -> Keeper:
    return Keeper(store, writer)


async def ends_on_day(store: Store, writer: Writer) -> int | None:
    end = await store.book_ends.of_cim(writer.cim_id)
    return None if end is None else (end.ends_at - START).days


async def test_a_book_is_announced_for_a_week_and_then_goes(
    store: Store, other_process: Store, writer: Writer, keeper: Keeper
) -> None:
    await writer.book(store)
    await Writer("org2").book(store)
    assert await keeper.on_day(365) == 0, "without a rule books are kept for ever"
    keeper.rules["org1"] = BY_CHANGE
    assert await keeper.on_day(22) == 0
    async with store.feed.subscribe(writer.cim_id) as heard:
        await anext(heard)
        assert await keeper.on_day(24) == 1
        while not isinstance(notice := await anext(heard), Notice):
            continue
    assert (notice.kind, notice.data["what"]) == ("retention", "announced")
    assert [await keeper.on_day(day) for day in (24, 29, 30)] == [0, 0, 0]
    assert await ends_on_day(other_process, writer) == 31
    assert await keeper.on_day(31.1) == 1
    assert await other_process.head(writer.cim_id) is None
    assert await other_process.book_ends.by_cim() == {}
    assert len((await other_process.heads({"deal1"})).items) == 1, "the book of the other organisation stays"
    assert await keeper.on_day(32) == 0
    assert keeper.noted == [("cim.announce_end", "done"), ("cim.delete", "accepted"), ("cim.delete", "done")]
    assert keeper.entries[-1].details == {"rev": writer.state.rev, "kept_days": 30, "kept_after": "last_change"}


async def test_who_changes_a_book_keeps_it(store: Store, writer: Writer, keeper: Keeper) -> None:
    keeper.rules["org1"] = BY_CHANGE
    await writer.book(store)
    assert await keeper.on_day(24) == 1
    later = Writer(start=START + timedelta(days=28))
    later.cim_id, later.session = writer.cim_id, writer.session
    await later.record(store, later.rename("Still wanted"))
    assert await keeper.on_day(31) == 1
    assert await ends_on_day(store, writer) is None
    assert await keeper.on_day(50) == 0
    assert keeper.noted == [("cim.announce_end", "done"), ("cim.take_back_end", "done")]
    assert await keeper.on_day(52) == 1
    assert await ends_on_day(store, writer) == 59, "a week from its announcement"


async def test_days_after_completion_count_for_complete_books_alone(
    store: Store, writer: Writer, keeper: Keeper
) -> None:
    keeper.rules["org1"] = BY_COMPLETION
    await writer.book(store)
    assert await keeper.on_day(300) == 0
    await writer.record(store, *(writer.approve(slide_id) for slide_id in ("a2", "b1")))
    await writer.record(store, Complete(type="complete", command_id=uuid.uuid4()))
    async with asyncio.timeout(30):
        while await keeper.on_day(100) == 0:
            await asyncio.sleep(0.05)  # heads may be written a moment late
    assert await ends_on_day(store, writer) == 107, "nothing goes unannounced, however long its time is over"
    await writer.record(store, Reopen(type="reopen", command_id=uuid.uuid4()))
    assert await keeper.on_day(108) == 1
    assert await store.head(writer.cim_id) is not None


async def test_a_longer_rule_or_none_takes_the_announcement_back(store: Store, writer: Writer, keeper: Keeper) -> None:
    await writer.book(store)
    keeper.rules["org1"] = BY_CHANGE
    assert await keeper.on_day(24) == 1
    del keeper.rules["org1"]
    assert await keeper.on_day(40) == 1
    assert await ends_on_day(store, writer) is None
    keeper.rules["org1"] = BY_CHANGE
    assert await keeper.on_day(40) == 1
    assert await ends_on_day(store, writer) == 47


async def test_a_book_that_was_changed_just_now_is_looked_at_again(
    store: Store, writer: Writer, keeper: Keeper
) -> None:
    await writer.book(store)
    keeper.rules["org1"] = BY_CHANGE
    await keeper.on_day(24)
    keeper.refuses = True
    assert await keeper.on_day(32) == 0
    assert await store.head(writer.cim_id) is not None
    assert keeper.noted[-2:] == [("cim.delete", "accepted"), ("cim.delete", "refused")]
    ids = {entry.entry_id for entry in keeper.entries}
    await keeper.on_day(32)
    assert {entry.entry_id for entry in keeper.entries} == ids, "what is done again is noted once"
    keeper.refuses = False
    assert await keeper.on_day(33) == 1
    assert await store.head(writer.cim_id) is None
