"""The conversation of a book: read it, add to it. Answers of the AI come with the runs of a later version."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.dependencies import Limit, Opened, PartsOf, require
from api.problems import problems
from domain.permissions import Role
from domain.values import NO_NUL, Id
from store import Message, Page

router = APIRouter(tags=["messages"])


class NewMessage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=NO_NUL)]
    thread_id: Id = "main"
    parent_id: Id | None = None
    mentions: Annotated[tuple[Id, ...], Field(max_length=50)] = ()


@router.post("/cims/{cim_id}/messages", operation_id="add_message", status_code=201, responses=problems(403, 404, 413))
async def add_message(parts: PartsOf, opened: Opened, body: NewMessage) -> Message:
    """Add a message of yours."""
    require(opened, Role.LEAD, Role.EDITOR, Role.REVIEWER)
    message = Message(
        id=_new_id(),
        cim_id=opened.cim_id,
        thread_id=body.thread_id,
        parent_id=body.parent_id,
        role="user",
        text=body.text,
        author=opened.actor,
        created_at=datetime.now(UTC),
        mentions=body.mentions,
    )
    await parts.store.put_message(message)
    return message


@router.get("/cims/{cim_id}/messages", operation_id="list_messages", responses=problems(403, 404))
async def list_messages(
    parts: PartsOf,
    opened: Opened,
    thread_id: Annotated[Id, Query()] = "main",
    before: Annotated[Id | None, Query(description="The oldest message that you have.")] = None,
    limit: Limit = 50,
) -> Page[Message]:
    """The newest messages, or those right before `before`; oldest first. `next_cursor` is the next `before`."""
    return await parts.store.messages(opened.cim_id, thread_id=thread_id, before=before, limit=limit)


def _new_id() -> str:
    """Sorts by time."""
    return f"{time.time_ns() // 1_000:016x}{secrets.token_hex(4)}"
