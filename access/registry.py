"""The registry of applications, versions and deployments, kept in Supabase with the service key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

import httpx
from postgrest import AsyncPostgrestClient
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from access.rows import opened, rows_of
from domain.applications import Application, ApplicationStatus, Deployment, DeploymentStep, Version

REGISTRY_SECONDS = 5.0
MOST_APPLICATIONS = 10_000
MOST_VERSIONS = 1_000
PAGE_ROWS = 1_000

_APPLICATIONS = TypeAdapter(list[Application])
_VERSIONS = TypeAdapter(list[Version])
_DEPLOYMENTS = TypeAdapter(list[Deployment])
_STEPS = TypeAdapter(list[DeploymentStep])


class _Named(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str


_NAMED = TypeAdapter(list[_Named])


class Registry:
    """Every method raises AccessUnavailable while Supabase does not answer."""

    def __init__(self, postgrest: AsyncPostgrestClient, http: httpx.AsyncClient) -> None:
        self._postgrest = postgrest
        self._http = http

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str, timeout_seconds: float = REGISTRY_SECONDS) -> Self:
        return cls(*opened(supabase_url, service_role_key, timeout_seconds))

    async def close(self) -> None:
        await self._http.aclose()

    async def org_exists(self, org_id: str) -> bool:
        query = self._postgrest.from_("organizations").select("id").eq("id", org_id)
        return bool(await rows_of(query, _NAMED))

    # applications

    async def add_application(self, application: Application) -> None:
        """Raises Taken where the organisation has one that is not archived, or one of this name."""
        row = _row(application)
        await rows_of(self._postgrest.from_("applications").insert(row), _APPLICATIONS)

    async def application(self, application_id: str) -> Application | None:
        query = self._postgrest.from_("applications").select("*").eq("id", application_id)
        return next(iter(await rows_of(query, _APPLICATIONS)), None)

    async def applications(self, org_id: str | None = None) -> Sequence[Application]:
        """The oldest first; of one organisation or of all. At most 10,000."""
        found: list[Application] = []
        while len(found) < MOST_APPLICATIONS:
            query = self._postgrest.from_("applications").select("*")
            if org_id is not None:
                query = query.eq("org_id", org_id)
            page = query.order("created_at").order("id").range(len(found), len(found) + PAGE_ROWS - 1)
            rows = await rows_of(page, _APPLICATIONS)
            found.extend(rows)
            if len(rows) < PAGE_ROWS:
                break
        return tuple(found)

    async def set_application(
        self, application_id: str, status: ApplicationStatus, current_version_id: str | None
    ) -> None:
        change = {"status": status, "current_version_id": current_version_id, "updated_at": _now()}
        query = self._postgrest.from_("applications").update(change).eq("id", application_id)
        await rows_of(query, _APPLICATIONS)

    async def configure(self, application: Application) -> None:
        """Take over its name, settings and scale."""
        row = _row(application)
        change = {name: row[name] for name in ("name", "settings", "scale")} | {"updated_at": _now()}
        query = self._postgrest.from_("applications").update(change).eq("id", application.id)
        await rows_of(query, _APPLICATIONS)

    # versions

    async def add_version(self, version: Version) -> None:
        """Raises Taken where there is one with this build."""
        await rows_of(self._postgrest.from_("versions").insert(_row(version)), _VERSIONS)

    async def version(self, version_id: str) -> Version | None:
        query = self._postgrest.from_("versions").select("*").eq("id", version_id)
        return next(iter(await rows_of(query, _VERSIONS)), None)

    async def versions(self) -> Sequence[Version]:
        """The newest first; at most 1000."""
        query = self._postgrest.from_("versions").select("*").order("created_at", desc=True).limit(MOST_VERSIONS)
        return tuple(await rows_of(query, _VERSIONS))

    async def retire_version(self, version_id: str) -> None:
        change = {"retired_at": _now()}
        query = self._postgrest.from_("versions").update(change).eq("id", version_id).is_("retired_at", "null")
        await rows_of(query, _VERSIONS)

    # deployments

    async def add_deployment(self, deployment: Deployment) -> None:
        """Raises Taken where there is one with this id."""
        await rows_of(self._postgrest.from_("deployments").insert(_row(deployment)), _DEPLOYMENTS)

    async def deployment(self, deployment_id: str) -> Deployment | None:
        query = self._postgrest.from_("deployments").select("*").eq("id", deployment_id)
        return next(iter(await rows_of(query, _DEPLOYMENTS)), None)

    async def deployments(self, application_id: str, before: datetime | None, limit: int) -> Sequence[Deployment]:
        """The newest first."""
        query = self._postgrest.from_("deployments").select("*").eq("application_id", application_id)
        if before is not None:
            query = query.lt("created_at", before.isoformat())
        page = query.order("created_at", desc=True).order("id", desc=True).limit(limit)
        return tuple(await rows_of(page, _DEPLOYMENTS))

    async def set_deployment(self, deployment: Deployment) -> None:
        """Take over its status, previous version, error and end."""
        row = _row(deployment)
        change = {name: row[name] for name in ("status", "previous_version_id", "error", "finished_at")}
        query = self._postgrest.from_("deployments").update(change).eq("id", deployment.id)
        await rows_of(query, _DEPLOYMENTS)

    async def call_off(self, deployment_id: str, person_id: str) -> bool:
        """False for one that has not begun or is over."""
        change = {"called_off_by": person_id}
        query = self._postgrest.from_("deployments").update(change).eq("id", deployment_id).eq("status", "running")
        return bool(await rows_of(query, _DEPLOYMENTS))

    async def put_step(self, step: DeploymentStep) -> None:
        """A step of the same position is replaced."""
        await rows_of(self._postgrest.from_("deployment_steps").upsert(_row(step)), _STEPS)

    async def steps(self, deployment_id: str) -> Sequence[DeploymentStep]:
        """In the order in which they were taken."""
        query = self._postgrest.from_("deployment_steps").select("*").eq("deployment_id", deployment_id)
        return tuple(await rows_of(query.order("position"), _STEPS))


def _row(value: Application | Version | Deployment | DeploymentStep) -> dict[str, JsonValue]:
    row: dict[str, JsonValue] = value.model_dump(mode="json")
    return row


def _now() -> str:
    return datetime.now(UTC).isoformat()
