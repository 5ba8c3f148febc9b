"""Who may do what with a deal, asked of Supabase with the service key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, Self, TypeVar
from uuid import UUID

import httpx
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from access.person import AccessUnavailable
from domain.permissions import Role
from domain.values import Value

QUICK_SECONDS = 2.0
MOST_DEALS = 1_000

_Row = TypeVar("_Row", bound=BaseModel)


class _Answer(Protocol):
    @property
    def data(self) -> object: ...


class _Query(Protocol):
    async def execute(self) -> _Answer: ...


OrgRole = Literal["owner", "admin", "member", "billing"]


class DealStanding(Value):
    """How a person stands to a deal. Without a `role` a colleague of the same organisation, who has no right in it."""

    deal_id: str
    org_id: str
    project_id: str
    role: Role | None = None
    org_role: OrgRole | None = None


class VisibleDeal(Value):
    """A deal that a person has a role in."""

    deal_id: str
    org_id: str
    project_id: str
    name: str
    role: Role


class _AccessRow(BaseModel):
    deal_id: UUID
    org_id: UUID
    project_id: UUID
    project_role: Role | None
    org_role: OrgRole | None


class _MemberRow(BaseModel):
    role: Role


class _ProjectRow(BaseModel):
    org_id: UUID
    project_members: list[_MemberRow] = Field(min_length=1)


class _DealRow(BaseModel):
    id: UUID
    name: str
    project_id: UUID
    projects: _ProjectRow


_ACCESS_ROWS = TypeAdapter(list[_AccessRow])
_DEAL_ROWS = TypeAdapter(list[_DealRow])


class DealAccess:
    """One round trip per question. Every method raises AccessUnavailable when Supabase does not answer in time."""

    def __init__(self, postgrest: AsyncPostgrestClient, http: httpx.AsyncClient) -> None:
        self._postgrest = postgrest
        self._http = http

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str, timeout_seconds: float = QUICK_SECONDS) -> Self:
        headers = {"apikey": service_role_key, "Authorization": f"Bearer {service_role_key}"}
        address = f"{supabase_url.rstrip('/')}/rest/v1"
        http = httpx.AsyncClient(base_url=address, headers=headers, timeout=timeout_seconds)
        postgrest = AsyncPostgrestClient(address, headers=headers, http_client=http, retry_enabled=False)
        return cls(postgrest, http)

    async def close(self) -> None:
        await self._http.aclose()

    async def ping(self) -> None:
        await self._ask(self._postgrest.from_("deals").select("id").limit(1))

    async def standing(self, person_id: str, deal_id: str) -> DealStanding | None:
        """None for an unknown deal, and for people outside its organisation and project."""
        if not (_is_uuid(person_id) and _is_uuid(deal_id)):
            return None
        data = await self._ask(self._postgrest.rpc("deal_access", {"wanted_user": person_id, "wanted_deal": deal_id}))
        rows = _checked(_ACCESS_ROWS, data)
        if not rows:
            return None
        row = rows[0]
        return DealStanding(
            deal_id=str(row.deal_id),
            org_id=str(row.org_id),
            project_id=str(row.project_id),
            role=row.project_role,
            org_role=row.org_role,
        )

    async def role(self, person_id: str, org_id: str, deal_id: str) -> Role | None:
        """The person's role in the deal; None also when the deal is not one of this organisation."""
        standing = await self.standing(person_id, deal_id)
        return standing.role if standing is not None and standing.org_id == org_id else None

    async def deals_of(self, person_id: str) -> Sequence[VisibleDeal]:
        """The deals that the person has a role in; at most 1000, by name."""
        if not _is_uuid(person_id):
            return ()
        data = await self._ask(
            self._postgrest.from_("deals")
            .select("id, name, project_id, projects!inner(org_id, project_members!inner(role))")
            .eq("projects.project_members.user_id", person_id)
            .order("name")
            .limit(MOST_DEALS)
        )
        return tuple(
            VisibleDeal(
                deal_id=str(row.id),
                org_id=str(row.projects.org_id),
                project_id=str(row.project_id),
                name=row.name,
                role=row.projects.project_members[0].role,
            )
            for row in _checked(_DEAL_ROWS, data)
        )

    async def _ask(self, query: _Query) -> object:
        try:
            return await _executed(query)
        except (httpx.HTTPError, APIError, ValidationError) as error:
            raise AccessUnavailable(f"Supabase did not answer: {type(error).__name__}") from error


async def _executed(query: _Query) -> object:
    """Asked again once when a kept connection turns out to be closed."""
    try:
        return (await query.execute()).data
    except (httpx.NetworkError, httpx.RemoteProtocolError):
        return (await query.execute()).data


def _checked(adapter: TypeAdapter[list[_Row]], data: object) -> list[_Row]:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise AccessUnavailable("Supabase answered with something else than expected") from error


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
