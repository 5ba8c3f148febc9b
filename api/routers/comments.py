"""What people say to each other about a slide. Kept beside the book: a comment changes nothing in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints

from api.dependencies import OpenCIM, Opened, OpenedNow, PartsOf, require
from api.headers import IdempotencyKey
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.starting import id_of
from domain.permissions import Action
from domain.values import NO_NUL, Id
from store import Comment, Page

router = APIRouter(tags=["comments"])

CommentText = Annotated[str, StringConstraints(min_length=1, max_length=4_000, pattern=NO_NUL, strip_whitespace=True)]


class NewComment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slide_id: Id
    text: CommentText


class Resolution(BaseModel):
    model_config = ConfigDict(extra="forbid")

    resolved: StrictBool


@router.get("/cims/{cim_id}/comments", operation_id="list_comments", responses=problems(403, 404))
async def list_comments(
    parts: PartsOf, opened: Opened, slide_id: Annotated[Id | None, Query()] = None
) -> Page[Comment]:
    """Those of all slides, or of one, oldest first; resolved ones too."""
    return Page[Comment](items=tuple(await parts.store.comments.of_cim(opened.cim_id, slide_id)))


@router.post("/cims/{cim_id}/comments", operation_id="add_comment", status_code=201, responses=problems(403, 404))
async def add_comment(
    parts: PartsOf, opened: OpenedNow, body: NewComment, response: Response, idempotency_key: IdempotencyKey = None
) -> Comment:
    """Say something about a slide. Whoever has the stream of the book open hears it as `comment`."""
    require(opened, Action.BOOKS_ASK)
    comment_id = id_of("comment", opened.cim_id, opened.person.person_id, idempotency_key)
    said = await parts.store.comments.get(comment_id) if idempotency_key is not None else None
    if said is not None:
        return said
    if await parts.store.books.slide(opened.cim_id, body.slide_id) is None:
        raise ApiProblem("unknown_slide", "There is no such slide.", "Read the slides again.", status=404)
    comment = Comment(
        id=comment_id,
        cim_id=opened.cim_id,
        slide_id=body.slide_id,
        text=body.text,
        author=opened.actor,
        author_email=opened.person.email or "",
        at=datetime.now(UTC),
    )
    await _keep(parts, comment)
    response.headers["Location"] = f"/cims/{opened.cim_id}/comments/{comment_id}"
    return comment


@router.put(
    "/cims/{cim_id}/comments/{comment_id}/resolution", operation_id="resolve_comment", responses=problems(403, 404)
)
async def resolve_comment(
    parts: PartsOf, opened: OpenedNow, comment_id: Annotated[Id, Path()], body: Resolution
) -> Comment:
    """Settle a comment, or open it again."""
    require(opened, Action.BOOKS_ASK)
    comment = await _comment(parts, opened, comment_id)
    if body.resolved == (comment.resolved_at is not None):
        return comment
    settled = {"resolved_at": datetime.now(UTC), "resolved_by": opened.actor}
    opened_again = {"resolved_at": None, "resolved_by": None}
    changed = comment.model_copy(update=settled if body.resolved else opened_again)
    await _keep(parts, changed)
    return changed


async def _keep(parts: Parts, comment: Comment) -> None:
    await parts.store.comments.put(comment)
    await parts.store.feed.publish(comment.cim_id, "comment", comment.model_dump(mode="json"))


async def _comment(parts: Parts, opened: OpenCIM, comment_id: str) -> Comment:
    comment = await parts.store.comments.get(comment_id)
    if comment is None or comment.cim_id != opened.cim_id:
        raise ApiProblem("unknown_comment", "There is no such comment.", "Read the comments again.")
    return comment
