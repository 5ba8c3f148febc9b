"""Payloads of Temporal's histories in clear, as its web UI asks for them (`--ui-codec-endpoint <api>/codec`)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import APIRouter, Cookie, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, ConfigDict, Field
from temporalio.api.common.v1 import Payload

from access import Person
from api.addresses import CIMAddress
from api.dependencies import Caller, PartsOf, bearer, get_person, unknown_cim
from api.noting import note_details, note_org, note_target
from api.organisations import require
from api.parts import Parts
from api.problems import ApiProblem, problems
from domain.permissions import Action, may
from vault import KeysUnavailable, VaultError
from vault.payloads import DEPLOYMENT, Place, is_sealed_payload, opened, place_in

SESSION = "bookrunner_codec"
PREFIX = "/codec"
MOST_PAYLOADS = 500
MOST_BOOKS = 20
MOST_FIELDS = 20

Base64 = Annotated[str, Field(pattern=r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")]

router = APIRouter(prefix=PREFIX, tags=["codec"])


class EncodedPayload(BaseModel):
    """A payload as Temporal's JSON has it: values of `metadata` and `data` in base64."""

    model_config = ConfigDict(frozen=True)

    metadata: dict[str, Base64] = Field(default_factory=dict[str, Base64], max_length=MOST_FIELDS)
    data: Base64 = ""

    def decoded(self) -> Payload:
        metadata = {name: base64.b64decode(value) for name, value in self.metadata.items()}
        return Payload(metadata=metadata, data=base64.b64decode(self.data))

    @classmethod
    def of(cls, payload: Payload) -> Self:
        metadata = {name: base64.b64encode(value).decode() for name, value in payload.metadata.items()}
        return cls(metadata=metadata, data=base64.b64encode(payload.data).decode())


class EncodedPayloads(BaseModel):
    model_config = ConfigDict(frozen=True)

    payloads: tuple[EncodedPayload, ...] = Field(max_length=MOST_PAYLOADS)


async def get_reader(
    request: Request,
    parts: PartsOf,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    session: Annotated[str | None, Cookie(alias=SESSION, description="Instead of a token: see /codec/session.")] = None,
) -> Person:
    if given is None and session:
        given = HTTPAuthorizationCredentials(scheme="Bearer", credentials=session)
    return await get_person(request, parts, given)


Reader = Annotated[Person, Depends(get_reader)]


@router.post("/decode", operation_id="decode_payloads", responses=problems(403, 404, 413))
async def decode_payloads(parts: PartsOf, person: Reader, given: EncodedPayloads) -> EncodedPayloads:
    """All of them, or none: every sealed payload must be of a book that you lead, or of a deployment of an application
    that you may look after.

    What was never sealed, or whose keys were destroyed, comes back as it is.
    """
    payloads = [payload.decoded() for payload in given.payloads]
    places = [place for payload in payloads if is_sealed_payload(payload) for place in _place(payload)]
    await _check(parts, person, list({(place.tenant, place.cim_id): place for place in places}.values()))
    return EncodedPayloads(payloads=tuple([EncodedPayload.of(await _opened(parts, payload)) for payload in payloads]))


@router.post("/session", operation_id="open_codec_session", status_code=204, responses=problems())
async def open_codec_session(
    request: Request,
    response: Response,
    person: Caller,
    given: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> None:
    """Lets this browser ask for payloads until your token expires, without sending the token itself.

    Temporal's web UI sends the cookie once "include cross-origin credentials" is switched on in its codec settings.
    """
    response.set_cookie(
        SESSION,
        given.credentials,
        expires=person.expires_at,
        path=PREFIX,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


@router.delete("/session", operation_id="close_codec_session", status_code=204, responses=problems())
async def close_codec_session(response: Response, person: Reader) -> None:
    response.delete_cookie(SESSION, path=PREFIX)


def _place(payload: Payload) -> Sequence[Place]:
    try:
        return (place_in(payload),)
    except VaultError:
        return ()


async def _check(parts: Parts, person: Person, places: Sequence[Place]) -> None:
    if len(places) > MOST_BOOKS:
        raise ApiProblem(
            "too_large", f"These are payloads of more than {MOST_BOOKS} books.", "Ask for one workflow at a time."
        )
    for place in places:
        await _check_one(parts, person, place)
    note_details(payloads_of=tuple(place.cim_id or place.tenant for place in places))


async def _check_one(parts: Parts, person: Person, place: Place) -> None:
    """Payloads say whose they are, and open only if that is true."""
    if not place.cim_id:
        await _check_platform(parts, person, place.tenant)
        return
    address = await _address(parts, place)
    if address is None or address.org_id != place.tenant:
        raise unknown_cim()
    note_org(address.org_id)
    note_target("cim", address.cim_id)
    standing = await parts.grants.standing(person.person_id, address.deal_id)
    if standing is None or standing.org_id != address.org_id:
        raise unknown_cim()
    await parts.rates.count_tenant(address.org_id)
    if not may((standing.org_role, standing.role), Action.PAYLOADS_READ):
        raise ApiProblem("forbidden", "Payloads of a book are shown to its lead.", "Ask the project lead.")


async def _address(parts: Parts, place: Place) -> CIMAddress | None:
    """Of a book in the default application, or in that of its organisation."""
    known = await parts.addresses.find(place.cim_id)
    if known is not None:
        return known
    for _, seat in await parts.tenancy.seats_of({place.tenant}):
        return await seat.addresses.find(place.cim_id)
    return None


async def _check_platform(parts: Parts, person: Person, tenant: str) -> None:
    """What belongs to no book: deployments of an organisation's application; all else is for operators."""
    if person.person_id in parts.operators:
        return
    organisation = None if tenant == DEPLOYMENT else await parts.directory.organisations.find(person.person_id, tenant)
    if organisation is None:
        raise ApiProblem("unknown_org", "There is no such organisation.", "Choose one that you belong to.")
    note_org(tenant)
    note_target("org", tenant)
    require(person, Action.APPLICATIONS_READ, organisation.role)
    await parts.rates.count_tenant(tenant)


async def _opened(parts: Parts, payload: Payload) -> Payload:
    if not is_sealed_payload(payload):
        return payload
    try:
        return await opened(parts.store.keys, payload)
    except KeysUnavailable:
        raise
    except VaultError:
        return payload
