"""Feature flags as they are set, kept in Supabase with the service key."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

import httpx
from postgrest import AsyncPostgrestClient
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from access.person import AccessUnavailable
from access.rows import opened, rows_of
from domain.flags import FlagKey, FlagRule, FlagSetting, Percent, Subject, Unit
from domain.values import Instant

FLAG_SECONDS = 5.0
KEPT_SECONDS = 5.0
KEPT_WHILE_AWAY_SECONDS = 3_600.0
MOST_SETTINGS = 1_000
MOST_ORGS_KEPT = 1_000


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: FlagKey
    org_id: str | None
    enabled: bool
    rollout_percent: Percent
    unit: Unit
    rules: tuple[FlagRule, ...]
    description: str
    updated_by: str | None
    updated_at: Instant

    def setting(self) -> FlagSetting:
        given = self.model_dump(exclude={"rollout_percent"})
        return FlagSetting(**given, percent=self.rollout_percent)


class _TeamRow(BaseModel):
    model_config = ConfigDict(extra="ignore")

    team_id: str


class _Deleted(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: str


_ROWS = TypeAdapter(list[_Row])
_TEAMS = TypeAdapter(list[_TeamRow])
_DELETED = TypeAdapter(Annotated[list[_Deleted], Field(max_length=MOST_SETTINGS)])


class FlagBook:
    """Every method raises AccessUnavailable while Supabase does not answer.

    What an organisation has set is kept for five seconds, and for an hour while Supabase is away.
    """

    def __init__(self, postgrest: AsyncPostgrestClient, http: httpx.AsyncClient) -> None:
        self._postgrest = postgrest
        self._http = http
        self._kept: dict[str, tuple[float, tuple[FlagSetting, ...]]] = {}

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str, timeout_seconds: float = FLAG_SECONDS) -> Self:
        return cls(*opened(supabase_url, service_role_key, timeout_seconds))

    async def close(self) -> None:
        await self._http.aclose()

    async def settings_of(self, org_id: str) -> Sequence[FlagSetting]:
        """What counts for an organisation: its own settings and those of all. Raises ValueError for what is no id."""
        asked_at, known = self._kept.get(org_id, (float("-inf"), ()))
        age = time.monotonic() - asked_at
        if age < KEPT_SECONDS:
            return known
        query = self._postgrest.from_("features").select("*").or_(f"org_id.is.null,org_id.eq.{UUID(org_id)}")
        try:
            rows = await rows_of(query.order("key").limit(MOST_SETTINGS), _ROWS)
        except AccessUnavailable:
            if age < KEPT_WHILE_AWAY_SECONDS:
                return known
            raise
        found = tuple(row.setting() for row in rows)
        if len(self._kept) >= MOST_ORGS_KEPT:
            self._kept.clear()
        self._kept[org_id] = (time.monotonic(), found)
        return found

    async def set(self, setting: FlagSetting) -> FlagSetting:
        """Set a flag for one organisation, or for all; an earlier setting is replaced."""
        row: dict[str, JsonValue] = setting.model_dump(mode="json", exclude={"percent", "updated_at"})
        row |= {"rollout_percent": setting.percent, "updated_at": datetime.now(UTC).isoformat()}
        query = self._postgrest.from_("features").upsert(row, on_conflict="key,org_id")
        rows = await rows_of(query, _ROWS)
        self._forget(setting.org_id)
        return rows[0].setting()

    async def unset(self, key: str, org_id: str | None) -> bool:
        """Whether there was such a setting."""
        query = self._postgrest.from_("features").delete().eq("key", key)
        query = query.is_("org_id", "null") if org_id is None else query.eq("org_id", org_id)
        gone = await rows_of(query, _DELETED)
        self._forget(org_id)
        return bool(gone)

    async def subject(self, org_id: str, person_id: str | None) -> Subject:
        """A person with their teams in an organisation; without a person the organisation as a whole."""
        if person_id is None:
            return Subject(org_id=org_id)
        query = self._postgrest.from_("team_members").select("team_id, teams!inner(org_id)")
        rows = await rows_of(query.eq("user_id", person_id).eq("teams.org_id", org_id).limit(MOST_SETTINGS), _TEAMS)
        return Subject(org_id=org_id, person_id=person_id, team_ids=tuple(row.team_id for row in rows))

    def _forget(self, org_id: str | None) -> None:
        if org_id is None:
            self._kept.clear()
        else:
            self._kept.pop(org_id, None)
