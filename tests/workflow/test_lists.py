"""What is sent as a list is never carried out in another order, however often it is sent."""

from __future__ import annotations

import asyncio
import base64
import uuid
from collections import Counter

import pytest
from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError

from activities.recording import CommandQuestion, ContentQuestion
from domain.commands import ApproveSlide, Rename, Restore
from domain.receipts import FILTER_BITS, KEPT_EXACTLY, Receipt, Receipts
from domain.session import CIMSession
from domain.state import CIMContent
from domain.values import Actor
from workflows.contract import MAX_COMMANDS_PER_UPDATE, CommandResult

from .conftest import LEA, Desk
from .doubles import StoreDouble


def codes(results: list[CommandResult]) -> list[str | None]:
    return [result.problem and result.problem.code for result in results]


def approve(slide_id: str) -> ApproveSlide:
    return ApproveSlide(type="approve_slide", command_id=uuid.uuid4(), slide_id=slide_id)


def rename(title: str) -> Rename:
    return Rename(type="rename", command_id=uuid.uuid4(), title=title)


def types(desk: Desk) -> list[str]:
    return [event.type for event in desk.store.log[desk.cim_id]]


async def test_what_was_refused_is_not_done_behind_the_rest_of_its_list(desk: Desk) -> None:
    """An approval must not come to mean what its list saved afterwards."""
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        commands = (approve("s1"), desk.save_slide("s1"))
        assert codes(await desk.execute(*commands)) == ["unknown_slide", None]
        again = await desk.execute(*commands)
        assert (codes(again), again[1].repeated) == (["old_rev", None], True)
        assert again[0].problem is not None
        assert again[0].problem.rev == len(types(desk))
        assert "slide_approved" not in types(desk)
        assert codes(await desk.execute(commands[0])) == [None]


async def test_a_list_that_is_handed_over_after_it_was_sent_keeps_its_order(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        commands = (approve("s1"), desk.save_slide("s1"), rename("Later"))
        await desk.signal(*commands)
        await desk.signal(*commands)
        await desk.execute(rename("Last"))
        assert types(desk)[-3:] == ["slide_saved", "renamed", "renamed"]


async def test_each_sender_has_an_order_of_their_own(desk: Desk) -> None:
    """Commands of several people travel together; only one's own come after each other."""
    ed = Actor(kind="user", id="ed")
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        approval, slide = approve("s1"), desk.save_slide("s1")
        assert codes(await desk.execute(approval)) == ["unknown_slide"]
        await desk.execute(slide, actor=ed)
        both = desk.submission(LEA, approval).entries + desk.submission(ed, slide).entries
        submission = desk.submission(LEA, approval).model_copy(update={"entries": both})
        answer = await desk.calls.execute(desk.client, "org1", "deal1", desk.cim_id, submission)
        assert codes(list(answer.results)) == [None, None]
        assert types(desk)[-1] == "slide_approved"


async def test_a_list_is_known_again_long_after(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        commands = (approve("s1"), desk.save_slide("s1"))
        await desk.execute(*commands)
        for start in range(0, KEPT_EXACTLY, MAX_COMMANDS_PER_UPDATE):
            await desk.execute(*(rename(f"Title {start + n}") for n in range(MAX_COMMANDS_PER_UPDATE)))
        assert codes(await desk.execute(*commands)) == ["old_rev", None]
        assert "slide_approved" not in types(desk)


class _SlowToLookBack(StoreDouble):
    """Looks back when it is told to; `read_again` when the log was read a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.looks_back = asyncio.Event()
        self.read_again = asyncio.Event()
        self._reads = 0

    @activity.defn
    async def content_at(self, question: ContentQuestion) -> CIMContent | None:
        await self.looks_back.wait()
        return await super().content_at(question)

    @activity.defn
    async def resume_session(self, cim_id: str) -> CIMSession:
        session = await super().resume_session(cim_id)
        self._reads += 1
        if self._reads > 1:
            self.read_again.set()
        return session


async def test_a_list_does_not_go_on_where_its_beginning_was_lost(desk: Desk) -> None:
    """The log said something else than was decided on the first command, while the second was still looked up."""
    desk.store = store = _SlowToLookBack()
    async with desk.worker():
        await desk.create()
        store.conflicts = True
        commands = (rename("First"), Restore(type="restore", command_id=uuid.uuid4(), to_seq=1))
        sent = asyncio.create_task(desk.execute(*commands))
        async with asyncio.timeout(30):
            await store.read_again.wait()
        store.conflicts = False
        store.looks_back.set()
        with pytest.raises(WorkflowUpdateFailedError):
            await sent
        assert types(desk) == ["cim_created"]
        assert codes(await desk.execute(*commands)) == [None, None]
        assert types(desk) == ["cim_created", "renamed", "restored"]


class _TakesAllForOld(StoreDouble):
    """The filter of old commands knows every id; `looked_up` counts how often the log was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: Counter[uuid.UUID] = Counter()

    @activity.defn
    async def resume_session(self, cim_id: str) -> CIMSession:
        session = await super().resume_session(cim_id)
        full = base64.b64encode(b"\xff" * (FILTER_BITS // 8)).decode()
        return session.model_copy(update={"receipts": Receipts(newest=session.receipts.newest, filter=full)})

    @activity.defn
    async def receipt_in_log(self, question: CommandQuestion) -> Receipt | None:
        self.looked_up[question.command_id] += 1
        return await super().receipt_in_log(question)


async def test_what_is_not_in_the_log_is_looked_up_once_for_a_list(desk: Desk) -> None:
    desk.store = store = _TakesAllForOld()
    async with desk.worker():
        await desk.create()
        assert codes(await desk.execute(*(rename(f"Title {n}") for n in range(20)))) == [None] * 20
        assert max(store.looked_up.values()) == 1
