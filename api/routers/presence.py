"""Who is where in a book just now. A page that has been silent for two minutes is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints

from api.dependencies import Opened, PartsOf
from api.problems import problems
from domain.values import Id, Instant
from store import PresentPage
from workflows.chores import PRESENCE_KEPT

router = APIRouter(tags=["presence"])

View = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class Place(BaseModel):
    """A view of the book, and the slide in it where there is one."""

    model_config = ConfigDict(extra="forbid")

    view: View
    slide_id: Id | None = None
    is_editing: StrictBool = False


class Present(BaseModel):
    """One open page of a person."""

    page_id: str
    person_id: str
    email: str
    place: Place
    at: Instant


class PresentPeople(BaseModel):
    items: list[Present]


class PresenceTold(BaseModel):
    """`page_id`: one open page; a person may have several. `arrived` asks the others to tell where they are."""

    model_config = ConfigDict(extra="forbid")

    page_id: Id
    place: Place
    what: Literal["arrived", "here", "left"] = "here"


@router.post("/cims/{cim_id}/presence", operation_id="tell_presence", status_code=204, responses=problems(403, 404))
async def tell_presence(parts: PartsOf, opened: Opened, body: PresenceTold) -> Response:
    """Tell where you are. Who has the stream of the book open hears it as `presence`; tell it again every minute."""
    page = PresentPage(
        id=body.page_id,
        cim_id=opened.cim_id,
        person_id=opened.person.person_id,
        email=opened.person.email or "",
        at=datetime.now(UTC),
        **body.place.model_dump(),
    )
    if body.what == "left":
        await parts.store.presence.remove(page)
    else:
        await parts.store.presence.put(page)
    await parts.store.feed.publish(opened.cim_id, "presence", page.told(body.what))
    return Response(status_code=204)


@router.get("/cims/{cim_id}/presence", operation_id="list_presence", responses=problems(403, 404))
async def list_presence(parts: PartsOf, opened: Opened) -> PresentPeople:
    """The pages that were heard of in the last two minutes. Later ones are told on the stream."""
    pages = await parts.store.presence.of_cim(opened.cim_id, datetime.now(UTC) - PRESENCE_KEPT)
    return PresentPeople(
        items=[
            Present(
                page_id=page.id,
                person_id=page.person_id,
                email=page.email,
                place=Place(view=page.view, slide_id=page.slide_id, is_editing=page.is_editing),
                at=page.at,
            )
            for page in pages
        ]
    )
