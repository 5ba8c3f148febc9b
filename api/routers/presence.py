"""Who is where in a book just now. Nothing is kept: pages tell each other, and forget after two minutes of silence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.dependencies import Opened, PartsOf
from api.problems import problems
from domain.values import Id

router = APIRouter(tags=["presence"])

View = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class Place(BaseModel):
    """A view of the book, and the slide in it where there is one."""

    model_config = ConfigDict(extra="forbid")

    view: View
    slide_id: Id | None = None
    is_editing: bool = False


class PresenceTold(BaseModel):
    """`page_id`: one open page; a person may have several. `arrived` asks the others to tell where they are."""

    model_config = ConfigDict(extra="forbid")

    page_id: Id
    place: Place
    what: Literal["arrived", "here", "left"] = "here"


@router.post("/cims/{cim_id}/presence", operation_id="tell_presence", status_code=204, responses=problems(403, 404))
async def tell_presence(parts: PartsOf, opened: Opened, body: PresenceTold) -> Response:
    """Tell where you are. Who has the stream of the book open hears it as `presence`; tell it again every minute."""
    told = {"person_id": opened.person.person_id, "email": opened.person.email, "at": datetime.now(UTC).isoformat()}
    await parts.store.feed.publish(opened.cim_id, "presence", {**told, **body.model_dump(mode="json")})
    return Response(status_code=204)
