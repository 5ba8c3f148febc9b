"""The conversation of a book, as it reads now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import Limit, OpenCIM, Opened, PartsOf
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.streaming import Cursor
from domain.values import Id
from store import Branch, Message, Page, SpokenNow, Thread

router = APIRouter(tags=["messages"])


class MessageNow(Message):
    """A message with the text that it has by now. `attempt`: deltas of an earlier one do not count."""

    attempt: int = 0


class Messages(Page[MessageNow]):
    """`stream_cursor`: open the stream with it as Last-Event-ID, and it goes on right after these texts."""

    stream_cursor: str


@router.get("/cims/{cim_id}/messages", operation_id="list_messages", responses=problems(403, 404))
async def list_messages(
    parts: PartsOf,
    opened: Opened,
    thread_id: Annotated[Id, Query()] = "main",
    branch: Annotated[Id | None, Query(description="The last message of a branch; absent: the active one.")] = None,
    before: Annotated[Id | None, Query(description="The oldest message that you have.")] = None,
    limit: Limit = 50,
) -> Messages:
    """The last messages of a branch, or those right before `before`, oldest first.

    `next_cursor` is the next `before`.
    """
    store, cim_id = parts.store, opened.cim_id
    head = await store.head(cim_id)
    spoken = await store.unfinished.now(cim_id)
    thread = await store.threads.get(thread_id, of_cim=cim_id)
    if before is not None:
        last_id = (await _message(parts, opened, before, thread_id)).parent_id
    elif branch is not None:
        last_id = (await _message(parts, opened, branch, thread_id)).id
    else:
        last_id = thread.leaf_id if thread is not None else None
    found = await store.messages.path(last_id, limit + 1) if last_id is not None else []
    items = found[-limit:]
    return Messages(
        items=tuple(_now(message, spoken) for message in items),
        next_cursor=items[0].id if len(found) > limit else None,
        stream_cursor=str(Cursor(head.rev if head is not None else 0, spoken.n)),
    )


@router.get("/cims/{cim_id}/messages/{message_id}", operation_id="read_message", responses=problems(403, 404))
async def read_message(parts: PartsOf, opened: Opened, message_id: Annotated[Id, Path()]) -> MessageNow:
    spoken = await parts.store.unfinished.now(opened.cim_id)
    return _now(await _message(parts, opened, message_id), spoken)


@router.get("/cims/{cim_id}/threads", operation_id="list_threads", responses=problems(403, 404))
async def list_threads(parts: PartsOf, opened: Opened) -> Page[Thread]:
    """All threads, in the order in which they were begun."""
    return Page[Thread](items=tuple(await parts.store.threads.of_cim(opened.cim_id)))


@router.get("/cims/{cim_id}/threads/{thread_id}/branches", operation_id="list_branches", responses=problems(403, 404))
async def list_branches(parts: PartsOf, opened: Opened, thread_id: Annotated[Id, Path()]) -> Page[Branch]:
    """The branches of a thread, the latest last. A branch is read by its `leaf_id`."""
    thread = await parts.store.threads.get(thread_id, of_cim=opened.cim_id)
    return Page[Branch](items=() if thread is None else tuple(await parts.store.messages.branches(thread)))


async def _message(parts: Parts, opened: OpenCIM, message_id: str, thread_id: str | None = None) -> Message:
    message = await parts.store.messages.get(message_id)
    if message is None or message.cim_id != opened.cim_id or thread_id not in (None, message.thread_id):
        raise ApiProblem("unknown_message", "The thread has no such message.", "Read the thread again.")
    return message


def _now(message: Message, spoken: SpokenNow) -> MessageNow:
    said = None if message.is_final else spoken.texts.get(message.id)
    if said is None:
        return MessageNow.model_validate(dict(message))
    return MessageNow.model_validate({**dict(message), "text": said.text, "attempt": said.attempt})
