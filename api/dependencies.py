"""What routes ask for: the parts, the person behind the token, and the book with that person's role in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BeforeValidator

from access import DealStanding, Person, TokenRefused
from api.actions import let_key_through
from api.addresses import CIMAddress
from api.noting import note_actor, note_org
from api.parts import Parts
from api.problems import ApiProblem
from api.tenancy import SEATED
from audit import AuditActor
from domain.applications import Application
from domain.permissions import Action, Role, may
from domain.values import Actor, Id

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="supabase", description="A Supabase access token of a person."
)


async def get_common_parts(request: Request) -> Parts:
    """Those of the default application. Asynchronous, since FastAPI sends every other function to a thread."""
    parts: Parts = request.state.parts
    return parts


async def get_parts(
    request: Request,
    parts: Annotated[Parts, Depends(get_common_parts)],
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Parts:
    """With the store and the workflows of the application that has what the path names."""
    kind = next((name for name in SEATED if name in request.path_params), None)
    if kind is None or given is None or not await parts.tenancy.applications():
        return parts
    try:
        person = await parts.tokens.verify(given.credentials)
    except TokenRefused:
        return parts
    org_ids = {deal.org_id for deal in await parts.grants.deals_of(person.person_id)}
    found = await parts.tenancy.find(org_ids, kind, request.path_params[kind])
    if found is None:
        return parts
    application, seat = found
    if request.method not in ("GET", "HEAD"):
        refuse_where_closed(application)
    return parts.seated(seat)


PartsOf = Annotated[Parts, Depends(get_parts)]


def refuse_where_closed(application: Application) -> None:
    """Raises `application_closed` while an application is brought to rest for good."""
    if application.status != "serving":
        raise ApiProblem(
            "application_closed", "The application of your organisation is being retired.", "Ask an owner or admin."
        )


async def get_person(
    request: Request,
    parts: Annotated[Parts, Depends(get_common_parts)],
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Person:
    if given is None and request.headers.get("authorization"):
        raise TokenRefused("malformed")
    try:
        person = await parts.tokens.verify(given.credentials if given is not None else None)
    except TokenRefused:
        await parts.rates.count_address(request)
        raise
    await parts.rates.count_person(request, person.person_id)
    note_actor(
        AuditActor(kind="api_key", id=person.person_id, on_behalf_of=person.acts_for)
        if person.is_machine
        else AuditActor.of(actor_of(person))
    )
    let_key_through(request, person)
    return person


Caller = Annotated[Person, Depends(get_person)]
CimId = Annotated[Id, Path(description="The id of a book.")]
Limit = Annotated[int, Query(ge=1, le=500, description="The most items to answer with.")]


def _spelt_out(asked: object) -> object:
    if isinstance(asked, str) and not asked[:5].endswith("-"):
        raise ValueError("a time is spelt as 2026-01-31T09:00:00Z")
    return asked


AskedTime = Annotated[AwareDatetime, BeforeValidator(_spelt_out)]
"""A time in the address of a request; never a number."""


@dataclass(frozen=True)
class OpenCIM:
    """A book that the caller may see, and the caller's role in its deal."""

    address: CIMAddress
    person: Person
    role: Role

    @property
    def cim_id(self) -> str:
        return self.address.cim_id

    @property
    def actor(self) -> Actor:
        return actor_of(self.person)


def actor_of(person: Person) -> Actor:
    return Actor(kind="user", id=person.person_id)


async def open_cim(cim_id: CimId, parts: PartsOf, person: Caller) -> OpenCIM:
    return await _opened(await parts.addresses.find(cim_id), parts, person)


async def open_cim_now(cim_id: CimId, parts: PartsOf, person: Caller) -> OpenCIM:
    return await _opened(await parts.addresses.find(cim_id, now=True), parts, person)


async def _opened(address: CIMAddress | None, parts: Parts, person: Person) -> OpenCIM:
    if address is None:
        raise unknown_cim()
    note_org(address.org_id)
    role = await role_in(parts, person, address)
    await parts.rates.count_tenant(address.org_id)
    opened = OpenCIM(address=address, person=person, role=role)
    require(opened, Action.BOOKS_READ)
    return opened


async def open_cim_behind(cim_id: str, parts: Parts, person: Person, unknown: ApiProblem) -> OpenCIM:
    """The book of a run, a document or an export. Strangers hear `unknown`: that there is no such thing."""
    try:
        return await open_cim(cim_id, parts, person)
    except ApiProblem as problem:
        raise (unknown if problem.details.code == "unknown_cim" else problem) from None


Opened = Annotated[OpenCIM, Depends(open_cim)]
"""For reads, and for commands: its workflow refuses them where another process deleted the book seconds ago."""
OpenedNow = Annotated[OpenCIM, Depends(open_cim_now)]
"""For what is kept without asking the workflow of the book."""


async def count_address(request: Request, parts: PartsOf) -> None:
    """For routes that need no token."""
    await parts.rates.count_address(request)


async def role_in(parts: Parts, person: Person, address: CIMAddress, fresh: bool = False) -> Role:
    """Raises `unknown_cim` for strangers, `forbidden` for colleagues without a role."""
    standing = await parts.grants.standing(person.person_id, address.deal_id, fresh)
    if standing is None or standing.org_id != address.org_id:
        raise unknown_cim()
    return role_of(standing)


def role_of(standing: DealStanding) -> Role:
    if standing.role is None:
        raise ApiProblem("forbidden", "You have no role in this deal.", "Ask the project lead for access.")
    return standing.role


def require(opened: OpenCIM, action: Action) -> None:
    """Raises `forbidden` where the matrix does not allow it."""
    if not may([opened.role], action):
        roles = [role.value for role in Role if may([role], action)]
        raise ApiProblem(
            "forbidden",
            f"A {opened.role.value} may not do this ({action}).",
            f"Ask the project lead; it takes one of: {', '.join(roles)}.",
        )


def unknown_cim() -> ApiProblem:
    return ApiProblem("unknown_cim", "There is no such book.", "Check the address.")
