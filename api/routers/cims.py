"""Books: create, list, read, delete."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict

from api.addresses import CIMAddress
from api.dependencies import Caller, CimId, Limit, OpenCIM, Opened, PartsOf, refuse_where_closed, role_of, unknown_cim
from api.headers import IdempotencyKey
from api.noting import note_org, note_target
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.routers.commands import raise_where_all_failed
from api.submitting import CommandAnswer, Submitter
from api.trials import ONE_BOOK, may_begin_book
from domain.commands import Create, Delete
from domain.evolve import fold
from domain.head import CIMHead, head_of
from domain.permissions import action_of, may
from domain.values import CIMStatus, Id, Line, Stage
from store import BadCursor, Page
from store.paging import merged, place_of_head

router = APIRouter(tags=["cims"])

NAMESPACE = uuid.UUID("6c2f9b52-30f4-4c7e-93dd-0e1d7a8b7c11")

MOST_IDS = 100

Ids = Annotated[tuple[Id, ...], Query(max_length=MOST_IDS)]


class NewCIM(BaseModel):
    model_config = ConfigDict(extra="forbid")

    deal_id: uuid.UUID
    title: Line


class Retention(BaseModel):
    """When a book is deleted by the rule of its organisation; null while that is not announced."""

    model_config = ConfigDict(frozen=True)

    ends_at: datetime | None


class AcceptedCIM(BaseModel):
    """The book will be there in a moment; it is not readable yet."""

    id: str


@router.post(
    "/cims",
    operation_id="create_cim",
    status_code=201,
    response_model=CIMHead,
    responses={
        202: {"model": AcceptedCIM, "description": "Durable and on its way; not readable yet."},
        **problems(403, 404, 409, 413),
    },
)
async def create_cim(
    parts: PartsOf, person: Caller, body: NewCIM, response: Response, idempotency_key: IdempotencyKey = None
) -> CIMHead | Response:
    """Begin a book for a deal. The workflow and its first event are made in one call."""
    note_target("deal", str(body.deal_id))
    standing = await parts.grants.standing(person.person_id, str(body.deal_id))
    if standing is None:
        raise ApiProblem("unknown_deal", "There is no such deal.", "Choose one of your deals.")
    note_org(standing.org_id)
    role = role_of(standing)
    await parts.rates.count_tenant(standing.org_id)
    if not may([role], action_of("create")):
        raise ApiProblem("forbidden", f"A {role.value} may not create a book.", "Ask the project lead.")
    parts = await _parts_for_new(parts, standing.org_id)
    await may_begin_book(parts, standing)
    key = ONE_BOOK if standing.on_trial else idempotency_key
    cim_id, command_id = _ids(standing.org_id, person.person_id, key)
    address = CIMAddress(
        cim_id=cim_id, org_id=standing.org_id, deal_id=standing.deal_id, project_id=standing.project_id
    )
    command = Create(
        type="create",
        command_id=command_id,
        cim_id=cim_id,
        org_id=address.org_id,
        deal_id=address.deal_id,
        project_id=address.project_id,
        title=body.title,
    )
    opened = OpenCIM(address=address, person=person, role=role)
    answers = await Submitter(parts, opened).execute([command], starts=True)
    raise_where_all_failed(answers, single=True)
    response.headers["Location"] = f"/cims/{cim_id}"
    if answers[0].status == "accepted":
        accepted = AcceptedCIM(id=cim_id).model_dump_json()
        return Response(accepted, 202, {"Location": f"/cims/{cim_id}"}, "application/json")
    head = await _created(parts, address, answers[0])
    response.headers["ETag"] = f'"{head.rev}"'
    return head


async def _parts_for_new(parts: Parts, org_id: str) -> Parts:
    """New books go to the application of their organisation."""
    for application, seat in await parts.tenancy.seats_of({org_id}):
        refuse_where_closed(application)
        return parts.seated(seat)
    return parts


async def _created(parts: Parts, address: CIMAddress, answer: CommandAnswer) -> CIMHead:
    if answer.repeated:
        head = await parts.store.head(address.cim_id)
        if head is None:
            raise unknown_cim()
        if head.deal_id != address.deal_id:
            raise ApiProblem("key_reused", "This key began a book of another deal.", "Send a key of its own.")
        return head
    state = fold(record.event() for record in answer.events)
    assert state is not None
    parts.addresses.keep(address)
    return head_of(state)


def _ids(org_id: str, person_id: str, key: str | None) -> tuple[str, uuid.UUID]:
    if key is None:
        return uuid.uuid4().hex, uuid.uuid4()
    name = f"{org_id}/{person_id}/{key}"
    return uuid.uuid5(NAMESPACE, f"cim/{name}").hex, uuid.uuid5(NAMESPACE, f"create/{name}")


@router.get("/cims", operation_id="list_cims", responses=problems())
async def list_cims(
    parts: PartsOf,
    person: Caller,
    deal_id: Annotated[uuid.UUID | None, Query()] = None,
    status: Annotated[CIMStatus | None, Query()] = None,
    stage: Annotated[Stage | None, Query()] = None,
    ids: Ids = (),
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 50,
) -> Page[CIMHead]:
    """The books that you may see, the ones that changed last first; with `ids`, those of them that these name."""
    deals = await parts.grants.deals_of(person.person_id)
    allowed = {deal.deal_id for deal in deals if deal_id is None or deal.deal_id == str(deal_id)}
    if not allowed:
        return Page[CIMHead]()
    try:
        pages = [
            await each.store.heads(allowed, status=status, stage=stage, ids=ids, cursor=cursor, limit=limit)
            for each in await parts.everywhere({deal.org_id for deal in deals if deal.deal_id in allowed})
        ]
    except BadCursor:
        raise ApiProblem("invalid_input", "This cursor is not one of a page.", "Begin again without it.") from None
    return merged(pages, limit, place_of_head)


@router.get(
    "/cims/{cim_id}",
    operation_id="read_cim",
    response_model=CIMHead,
    responses={304: {"description": "Not changed since the ETag that you have."}, **problems(403, 404)},
)
async def read_cim(
    parts: PartsOf, opened: Opened, response: Response, if_none_match: Annotated[str | None, Header()] = None
) -> CIMHead | Response:
    """The head of a book: stage, artifacts, sections with progress, counts. Its ETag is its revision."""
    head = await parts.store.head(opened.cim_id)
    if head is None:
        parts.addresses.forget(opened.cim_id)
        raise unknown_cim()
    etag = f'"{head.rev}"'
    if if_none_match is not None and etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]:
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return head


@router.get("/cims/{cim_id}/retention", operation_id="read_retention", responses=problems(403, 404))
async def read_retention(parts: PartsOf, opened: Opened) -> Retention:
    """Whether the end of the book is announced, and for when. It is taken back when the book is changed (or reopened,
    where the days count from its completion), and when the rule is."""
    end = await parts.store.book_ends.of_cim(opened.cim_id)
    return Retention(ends_at=None if end is None else end.ends_at)


@router.delete("/cims/{cim_id}", operation_id="delete_cim", status_code=204, responses=problems(403, 404, 409))
async def delete_cim(cim_id: CimId, parts: PartsOf, opened: Opened) -> Response:
    """Delete a book with everything in it; one tombstone stays in the log. 202 when it is durable but not done yet."""
    command = Delete(type="delete", command_id=uuid.uuid4())
    answers = await Submitter(parts, opened).execute([command])
    raise_where_all_failed(answers, single=True)
    parts.addresses.forget(cim_id)
    await parts.directory.documents.forget_book(cim_id)
    return Response(status_code=202 if answers[0].status == "accepted" else 204)
